"""Tables of docs/benchmarks.md: each stands between two comments with the name of its benchmark."""

from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"


def replace_table(name: str, table: str) -> None:
    """Put a benchmark's table in the place of the one that is there.

    Raises:
        ValueError: the page has no place for it.
    """
    before, begin, rest = DOCS.read_text(encoding="utf-8").partition(f"<!-- {name} -->")
    _, end, after = rest.partition(f"<!-- /{name} -->")
    if not begin or not end:
        raise ValueError(f"{DOCS} has no place for the table of {name}")
    DOCS.write_text(f"{before}{begin}\n{table}\n{end}{after}", encoding="utf-8")
