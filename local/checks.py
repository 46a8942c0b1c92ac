"""Compares a clone with its source from the outside, as a visitor would, and by row counts in both databases.

Used by `make demo` and by the cluster tests, so that the demo claims nothing the tests do not hold. Every check raises
`Mismatch` with both values; nothing here trusts the engine's own report.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import httpx


class Mismatch(AssertionError):
    """Clone and source differ, or the clone points at its source."""


@dataclass(frozen=True)
class Site:
    """A WordPress site as a visitor sees it; `url` is its home without a trailing slash."""

    url: str
    http: httpx.Client

    def page(self, address: str) -> httpx.Response:
        """GET one address, which may redirect inside the site only, once.

        Raises Mismatch on a redirect chain, a redirect out of the site, or a status other than 200.
        """
        answer = self.http.get(address, follow_redirects=False)
        if answer.is_redirect:
            target = str(answer.next_request.url) if answer.next_request else ""
            if not target.startswith(self.url + "/"):
                raise Mismatch(f"{address} redirects out of the site, to {target}")
            answer = self.http.get(target, follow_redirects=False)
        if answer.status_code != httpx.codes.OK:
            raise Mismatch(f"{address} answers {answer.status_code}")
        return answer

    def rest(self, route: str, **parameters: str | int) -> list[dict[str, Any]]:
        """Items of a REST collection, oldest first, by the form of URL that plain permalinks understand too."""
        query = {"rest_route": f"/wp/v2/{route}", "orderby": "id", "order": "asc", **parameters}
        answer = self.http.get(f"{self.url}/", params=query)
        answer.raise_for_status()
        return list(answer.json())

    def total(self, route: str) -> int:
        """How many items a REST collection has, by WordPress's own count."""
        answer = self.http.get(f"{self.url}/", params={"rest_route": f"/wp/v2/{route}", "per_page": 1})
        answer.raise_for_status()
        return int(answer.headers["X-WP-Total"])


def same_front_page(source: Site, clone: Site) -> str:
    """The clone's front page answers under its path and has the source's title, which is returned."""
    title = _title(source.page(source.url + "/").text)
    if _title(clone.page(clone.url + "/").text) != title:
        raise Mismatch("the front pages have different titles")
    return title


def _title(page: str) -> str:
    return html.unescape(page.partition("<title>")[2].partition("</title>")[0])


def same_posts(source: Site, clone: Site, count: int) -> int:
    """`count` posts have the same rendered content, addresses aside; returns how many were compared."""
    originals = source.rest("posts", per_page=count)
    copies = {post["id"]: post for post in clone.rest("posts", per_page=count)}
    for post in originals:
        copy = copies.get(post["id"])
        if copy is None:
            raise Mismatch(f"post {post['id']} is missing")
        for field in ("title", "content", "excerpt"):
            if _as_source(copy[field]["rendered"], source, clone) != post[field]["rendered"]:
                raise Mismatch(f"{field} of post {post['id']} differs")
        clone.page(copy["link"])
    return len(originals)


def _as_source(text: str, source: Site, clone: Site) -> str:
    return text.replace(clone.url, source.url)


def same_pictures(source: Site, clone: Site, count: int) -> int:
    """`count` uploaded pictures are equal byte for byte; returns how many bytes were compared."""
    compared = 0
    for media in source.rest("media", per_page=count):
        address = media["source_url"]
        original = source.page(address).content
        if clone.page(address.replace(source.url, clone.url)).content != original:
            raise Mismatch(f"picture {media['id']} differs")
        compared += len(original)
    return compared


def same_totals(source: Site, clone: Site, routes: Iterable[str]) -> dict[str, int]:
    """WordPress counts the same number of items on both sides; returns the counts."""
    totals = {}
    for route in routes:
        totals[route] = source.total(route)
        if clone.total(route) != totals[route]:
            raise Mismatch(f"{route}: {totals[route]} at the source, {clone.total(route)} in the clone")
    return totals


def no_link_to_source(source: Site, clone: Site, addresses: Iterable[str]) -> int:
    """No page of the clone names the source's host, in any spelling; returns how many pages were read."""
    host = httpx.URL(source.url).host
    pages = 0
    for address in addresses:
        if host in clone.page(address).text:
            raise Mismatch(f"{address} still names {host}")
        pages += 1
    return pages


def counts_differ(
    source: dict[str, int], clone: dict[str, int], expected: dict[str, int]
) -> dict[str, tuple[int, int]]:
    """Tables whose counts differ by anything but what a clone changes on purpose (`expected`: table → difference)."""
    return {
        table: (rows, clone.get(table, -1))
        for table, rows in source.items()
        if clone.get(table, -1) - rows != expected.get(table, 0)
    }
