"""The first step of a run: what is the source, can it be copied, what is to be copied, and what becomes of its URLs."""

import re
from dataclasses import dataclass

from migrator.ends import Catalogue, SourceEnd
from migrator.errors import SourceDataInvalid, SourceUnsupported
from migrator.finalise.agent_key import agent_tables
from migrator.layout import Layout, path_changes, url_changes
from migrator.manifest import Manifest, read_manifest
from migrator.names import require_own_names, require_readable
from migrator.rewrite import PathPair, PlainReplacer, UrlPair
from migrator.schema import OWN_TABLES, Target
from migrator.site import Site, Table
from migrator.workers import once, run_lanes

PROTOCOL = 1
OLDEST_WORDPRESS = (5, 2)  # what the agent needs; see docs/protocol.md


@dataclass(frozen=True)
class Plan:
    """All that a run needs to know before it copies."""

    site: Site
    layout: Layout
    manifest: Manifest
    tables: list[Table]
    views: list[Table]
    catalogue: Catalogue
    urls: list[UrlPair]
    paths: list[PathPair]
    plain: PlainReplacer
    charset: str


def make_plan(source: SourceEnd, target: Target, *, source_url: str, clone_url: str, site_root: str) -> Plan:
    """Ask the source and decide; raises SourceUnsupported for a site that cannot be copied."""
    site = source.hello()
    require_supported(site)
    source.confirm()
    layout = Layout.of(site)
    manifest, catalogue = _list(source, site, layout)
    tables = [table for table in catalogue.tables if table.name not in _left_out(site)]
    if f"{site.wordpress.prefix}options" not in {table.name for table in tables}:
        raise SourceDataInvalid("The source's database has no table of options.")
    charset = target.dialect.collations.charset(site.wordpress.charset or "utf8mb4")
    require_own_names(site, tables)
    require_readable(charset, catalogue)
    urls = url_changes(site, layout, clone_url, source_url)
    paths = path_changes(site, layout, site_root)
    return Plan(
        site=site,
        layout=layout,
        manifest=manifest,
        tables=sorted((t for t in tables if t.type == "table"), key=lambda t: t.bytes, reverse=True),
        views=[t for t in tables if t.type == "view"],
        catalogue=catalogue,
        urls=urls,
        paths=paths,
        plain=PlainReplacer(urls, paths),
        charset=charset,
    )


def require_supported(site: Site) -> None:
    """Raise SourceUnsupported if the site is of a kind that we cannot copy."""
    if site.protocol != PROTOCOL:
        raise SourceUnsupported("The source's copying agent is of another version.", code="AGENT_PROTOCOL")
    if site.wordpress.multisite:
        raise SourceUnsupported("The source is a network of sites (multisite).", code="MULTISITE_UNSUPPORTED")
    version = re.match(r"(\d+)\.(\d+)", site.wordpress.version)
    if version is None or (int(version[1]), int(version[2])) < OLDEST_WORDPRESS:
        raise SourceUnsupported("The source's WordPress is older than 5.2.", code="WORDPRESS_TOO_OLD")
    walked = {name for name, _ in site.roots_to_walk}
    if not walked >= {"core", "content"}:
        raise SourceDataInvalid("The source does not say where its files are.")


def _list(source: SourceEnd, site: Site, layout: Layout) -> tuple[Manifest, Catalogue]:
    found: list[Manifest] = []
    tables: list[Catalogue] = []
    roots = [name for name, _ in site.roots_to_walk]
    run_lanes(
        once("manifest", lambda: found.append(read_manifest(source, layout, roots))),
        once("catalogue", lambda: tables.append(source.catalogue())),
    )
    return found[0], tables[0]


def _left_out(site: Site) -> set[str]:
    return {*OWN_TABLES, *agent_tables(site.wordpress.prefix)}
