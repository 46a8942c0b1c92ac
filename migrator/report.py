"""The report of a finished run: what was copied, changed, skipped and why. docs/engine.md describes its fields."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from migrator import __version__
from migrator.files import CopyLog
from migrator.plan import Plan
from migrator.rewrite import RewriteStatistics
from migrator.tables import TableResult

_LISTED = 200  # entries of each list that may be long; all are counted


def source_part(plan: Plan) -> dict[str, Any]:
    """What was copied from."""
    site = plan.site
    return {
        "home": site.wordpress.home,
        "wordpress": site.wordpress.version,
        "php": site.php.version,
        "database": f"{site.database.server} {site.database.version}".strip(),
        "agent": site.agent_version,
    }


def files_part(plan: Plan, log: CopyLog) -> dict[str, Any]:
    """Files by root, and those that were not copied."""
    classes: dict[str, dict[str, int]] = {}
    for place, copied in log.copied.items():
        entry = plan.manifest.files.get(place)
        if entry is not None:
            counts = classes.setdefault(entry.root, {"files": 0, "bytes": 0})
            counts["files"] += 1
            counts["bytes"] += copied.size
    skipped = plan.manifest.skipped + log.skipped
    return {
        "classes": classes,
        "skipped": _pairs(skipped, "path", "reason"),
        "skipped_count": len(skipped),
        "skipped_reasons": dict(Counter(reason for _, reason in skipped)),
        "changed_while_read": log.unsteady[:_LISTED],
        "calls": log.calls,
    }


def tables_part(results: list[TableResult], moved: dict[str, int]) -> list[dict[str, Any]]:
    """One entry per table."""
    return [
        {
            "name": result.name,
            "rows": result.rows,
            "bytes": result.bytes,
            "seconds": round(result.seconds, 3),
            "rows_moved_at_source": moved.get(result.name, 0),
            "values_rewritten": result.rewritten.values,
            "replacements": result.rewritten.replacements,
            "values_unparsed": result.rewritten.unparsed,
            "binary_values_with_source_url": result.binary_hits,
            "definition_changes": result.changes,
            "warnings": [{"code": code, "message": message[:200]} for code, message in result.warnings],
            "last_key": result.last_key,
            "vanished": result.vanished,
        }
        for result in sorted(results, key=lambda result: result.name)
    ]


def schema_part(plan: Plan, views: list[tuple[str, str]], triggers: list[tuple[str, str]]) -> dict[str, Any]:
    """Views and triggers: how many there are, which the target refused; tables that the source left out."""
    return {
        "views": len(plan.views),
        "views_refused": _pairs(views, "name", "reason"),
        "triggers": len(plan.catalogue.triggers),
        "triggers_refused": _pairs(triggers, "name", "reason"),
        "tables_skipped": _pairs(plan.catalogue.skipped, "name", "reason"),
    }


def rewriting_part(plan: Plan, results: list[TableResult]) -> dict[str, Any]:
    """What was replaced by what, and how often."""
    total = RewriteStatistics()
    for result in results:
        total.add(result.rewritten)
    return {
        "urls": [[_url(pair.old), _url(pair.new)] for pair in plan.urls],
        "paths": [["/" + "/".join(pair.old), "/" + "/".join(pair.new)] for pair in plan.paths],
        "values": total.values,
        "replacements": total.replacements,
        "values_unparsed": total.unparsed,
    }


def engine_part(seconds: dict[str, float]) -> dict[str, Any]:
    """Which engine made the report, and how long each step took."""
    return {"schema": 1, "engine": __version__, "seconds": {step: round(took, 3) for step, took in seconds.items()}}


def _pairs(items: Iterable[tuple[str, str]], first: str, second: str) -> list[dict[str, str]]:
    return [{first: a, second: b} for a, b in list(items)[:_LISTED]]


def _url(url: Any) -> str:
    port = f":{url.port}" if url.port else ""
    return f"{url.scheme}://{url.host}{port}" + "".join(f"/{segment}" for segment in url.path)
