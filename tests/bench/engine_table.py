"""The benchmark's numbers as a table of docs/benchmarks.md, between two markers."""

from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- engine -->", "<!-- /engine -->"
NAMES = {
    "engine": "engine, over HTTP, rewriting and verifying",
    "dump_and_tar": "`mysqldump \\| mysql` beside `tar \\| tar`",
    "dump_then_tar": "`mysqldump \\| mysql`, then `tar \\| tar`",
    "mydumper_and_rsync": "`mydumper`, `myloader` beside `rsync`",
}


def table(result: dict[str, Any]) -> str:
    """The table in Markdown."""
    site, wall, cpu = result["site"], result["wall_seconds"], result["cpu_seconds"]
    lines = [
        (
            f"{site['files']:,} files, {site['file_bytes'] / 1e6:,.0f} MB; {site['rows']:,} rows,"
            f" {site['row_bytes'] / 1e6:,.0f} MB; {result['processors']} processors; median of {result['rounds']}."
        ),
        f"The engine's peak memory: {result['engine_peak_rss_mb']:.0f} MB.",
        "",
        "| way | wall s | engine's wall over it | CPU s: tool | PHP | source's server | target's server |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, title in NAMES.items():
        used = " | ".join(f"{cpu[name][who]:.1f}" for who in ("tool", "php", "source", "target"))
        lines.append(f"| {title} | {wall[name]:.1f} | {wall['engine'] / wall[name]:.2f} | {used} |")
    return "\n".join(lines)


def write_docs(result: dict[str, Any]) -> None:
    """Replace what stands between the markers; they are added at the end where they are missing."""
    text = DOCS.read_text(encoding="utf-8") if DOCS.exists() else "# Benchmarks\n"
    if BEGIN not in text:
        text += f"\n## A copy from end to end\n\n{BEGIN}\n{END}\n"
    head, _, rest = text.partition(BEGIN)
    tail = rest.partition(END)[2]
    DOCS.write_text(f"{head}{BEGIN}\n{table(result)}\n{END}{tail}", encoding="utf-8")
