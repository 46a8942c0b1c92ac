"""Make the report of a finished run out of what its sides know."""

import resource
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from migrator import __version__, report
from migrator.extensions import missing_extensions
from migrator.fetching import CopyLog
from migrator.file_check import FilesVerified
from migrator.file_side import FileSide
from migrator.finalise.finish import Finalised
from migrator.plan import Plan
from migrator.report import LISTED, Reason, Report
from migrator.rewrite import RewriteStatistics
from migrator.rewrite.pairs import Url
from migrator.schema import Target
from migrator.table_side import TableSide
from migrator.tables import TableResult

_LONGEST_WARNING = 200  # characters


@dataclass(frozen=True)
class Outcome:
    """All that a run has done."""

    plan: Plan
    target: Target
    files: FileSide
    tables: TableSide
    finalised: Finalised
    verified: FilesVerified
    leftovers: list[dict[str, object]]


def make_report(outcome: Outcome, clone_url: str, php: str, seconds: Mapping[str, float]) -> Report:
    """The report; `php` is the version of the clone's, `seconds` are per step."""
    results = sorted(outcome.tables.results, key=lambda result: result.name)
    return Report(
        engine=__version__,
        seconds=dict(seconds),
        peak_memory_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        source=_source(outcome.plan, php),
        target=report.Target(url=clone_url, database=outcome.target.version),
        files=_files(outcome.plan, outcome.files.log),
        tables=[_table(result) for result in results],
        schema_objects=_schema(outcome.plan, outcome.tables),
        rewriting=_rewriting(outcome.plan, results),
        finalise=report.Finalised(**outcome.finalised.as_report()),
        verify=_verified(outcome, results),
    )


def _source(plan: Plan, php: str) -> report.Source:
    site = plan.site
    return report.Source(
        home=site.wordpress.home,
        wordpress=site.wordpress.version,
        php=site.php.version,
        php_extensions_missing=missing_extensions(site.php.extensions, php)[:LISTED],
        database=f"{site.database.server} {site.database.version}".strip(),
        agent=site.agent_version,
    )


def _files(plan: Plan, log: CopyLog) -> report.Files:
    skipped = plan.manifest.skipped + log.skipped
    return report.Files(
        classes={root: report.FileClass(files=files, bytes=size) for root, (files, size) in log.classes.items()},
        skipped=_reasons(skipped),
        skipped_count=len(skipped),
        skipped_reasons=dict(Counter(reason for _, reason in skipped)),
        changed_while_read=log.unsteady[:LISTED],
        resumed=log.resumed,
        refetched=log.refetched,
        removed=log.removed,
        generated_css=report.GeneratedCss(files=log.css_files, replacements=log.css_replacements),
    )


def _table(result: TableResult) -> report.Table:
    warnings = [report.Warned(code=code, message=message[:_LONGEST_WARNING]) for code, message in result.warnings]
    return report.Table(
        name=result.name,
        rows=result.rows,
        bytes=result.bytes,
        seconds=round(result.seconds, 3),
        source_digest=result.digest,
        rows_moved=result.moved,
        still_moving=result.still_moving,
        values_rewritten=result.rewritten.values,
        replacements=result.rewritten.replacements,
        values_unparsed=result.rewritten.unparsed,
        binary_values_with_source_url=result.binary_hits,
        definition_changes=result.changes,
        warnings=warnings,
        last_key=result.last_key,
        vanished=result.vanished,
    )


def _schema(plan: Plan, tables: TableSide) -> report.SchemaObjects:
    return report.SchemaObjects(
        views=len(plan.views),
        views_refused=_reasons(tables.views_refused),
        triggers=len(plan.catalogue.triggers),
        triggers_refused=_reasons(tables.triggers_refused),
        skipped=_reasons(plan.catalogue.skipped),
    )


def _rewriting(plan: Plan, results: Iterable[TableResult]) -> report.Rewriting:
    total = RewriteStatistics()
    for result in results:
        total.add(result.rewritten)
    return report.Rewriting(
        urls=[(_url(pair.old), _url(pair.new)) for pair in plan.urls],
        paths=[("/" + "/".join(pair.old), "/" + "/".join(pair.new)) for pair in plan.paths],
        values=total.values,
        replacements=total.replacements,
        values_unparsed=total.unparsed,
    )


def _verified(outcome: Outcome, results: Iterable[TableResult]) -> report.Verified:
    return report.Verified(
        files=outcome.verified.digests,
        tables=sum(not result.vanished for result in results),
        leftovers=[report.Leftover.model_validate(leftover) for leftover in outcome.leftovers],
    )


def _reasons(items: Iterable[tuple[str, str]]) -> list[Reason]:
    return [Reason(name=name, reason=reason) for name, reason in list(items)[:LISTED]]


def _url(url: Url) -> str:
    port = f":{url.port}" if url.port else ""
    return f"{url.scheme}://{url.host}{port}" + "".join(f"/{segment}" for segment in url.path)
