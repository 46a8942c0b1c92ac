"""The demonstration: one clone through the ingress, as a migration UI would make it, and a look at what came out.

Everything is asked for over HTTP with the demo token; only the row counts are read in the two databases themselves.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from local import browser, checks, rows
from local.settings import BUILD, DEMO_HOST, FACADE_HOST, HTTP_PORT

FACADE = f"http://{FACADE_HOST}:{HTTP_PORT}"
SOURCE = f"http://{DEMO_HOST}:{HTTP_PORT}"
POSTS = 10
PICTURES = 10
REST_ROUTES = ("posts", "pages", "media", "comments", "categories", "tags")
# A load balancer's patience; the facade answers 202 before.
ANSWER_TIMEOUT = 70.0
FINAL = ("Ready", "Failed", "Lost")


class DemoFailed(Exception):
    """The demo could not show what it promises; the text says which part."""


@dataclass
class Order:
    """A running `POST /clone`, in a thread of its own so that progress can be shown meanwhile."""

    facade: httpx.Client
    body: dict[str, Any]
    answer: httpx.Response | None = None
    error: Exception | None = None
    _thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._post, daemon=True)
        self._thread.start()

    def _post(self) -> None:
        try:
            self.answer = self.facade.post("/clone", json=self.body, timeout=ANSWER_TIMEOUT)
        except httpx.HTTPError as error:
            self.error = error

    def finished(self, seconds: float) -> bool:
        """Wait up to `seconds`; whether the answer is there."""
        self._thread.join(seconds)
        return not self._thread.is_alive()


def run(console: Console) -> None:
    """Clone the demo source, check the copy and print how to reach it.

    Args:
        console: where progress and results go.

    Raises:
        DemoFailed, checks.Mismatch: with a sentence that says what differs or what does not answer.
    """
    try:
        _run(console)
    except httpx.HTTPError as error:
        raise DemoFailed(f"{type(error).__name__} on the way to facade, source or clone: {error}") from error


def _run(console: Console) -> None:
    accounts = json.loads((BUILD / "demo-source.json").read_text())
    token = (BUILD / "token").read_text().strip()
    facade = httpx.Client(base_url=FACADE, headers={"Authorization": f"Bearer {token}"}, timeout=30)
    with facade, httpx.Client(timeout=30) as visitor:
        started = time.monotonic()
        clone = order_clone(facade, accounts, console)
        seconds = time.monotonic() - started
        timed_checks(clone, visitor, console)
    print_result(clone, seconds, console)


def order_clone(facade: httpx.Client, accounts: dict[str, str], console: Console) -> dict[str, Any]:
    """POST /clone and follow it; returns the answer's body."""
    known = {clone["name"] for clone in facade.get("/clones").raise_for_status().json()["clones"]}
    source = {"url": SOURCE, "username": "siteowner", "password": accounts["admin-password"]}
    order = Order(facade, {"source": source, "ttl_minutes": 60})
    columns = (TextColumn("[bold]{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task("POST /clone", total=100)
        while not order.finished(0.5):
            for clone in facade.get("/clones").raise_for_status().json()["clones"]:
                if clone["name"] not in known:
                    progress.update(
                        task, completed=clone["percent"], description=f"{clone['phase']}: {clone['message']}"
                    )
        progress.update(task, completed=100, description="answered")
    if order.answer is None:
        raise DemoFailed(f"POST /clone got no answer: {order.error}")
    if order.answer.status_code == httpx.codes.ACCEPTED:
        return await_ready(facade, order.answer.headers["Location"], console)
    if order.answer.status_code != httpx.codes.OK:
        raise DemoFailed(f"POST /clone answered {order.answer.status_code}: {order.answer.text}")
    answer: dict[str, Any] = order.answer.json()
    return answer


def await_ready(facade: httpx.Client, location: str, console: Console) -> dict[str, Any]:
    """Follow a clone that was answered with 202 to its end; returns what a 200 would have held, without timings."""
    with console.status("202: the clone goes on") as status:
        while (view := facade.get(location).raise_for_status().json())["phase"] not in FINAL:
            status.update(f"{view['phase']}: {view['message']}")
            time.sleep(0.5)
    if view["phase"] != "Ready":
        raise DemoFailed(f"the clone is {view['phase']}: {view['message']}")
    credentials: dict[str, Any] = facade.get(f"{location}/credentials").raise_for_status().json()
    return {**view, **credentials, "timings": {}}


def timed_checks(clone: dict[str, Any], visitor: httpx.Client, console: Console) -> None:
    """Run every check and print what it compared and how long that took."""
    source, copy = checks.Site(SOURCE, visitor), checks.Site(clone["clone_url"], visitor)
    screenshots = BUILD.parent / "demo"
    screenshots.mkdir(exist_ok=True)
    steps: dict[str, Callable[[], str]] = {
        "front page": lambda: f"{checks.same_front_page(source, copy)!r}, no redirect out of the path",
        "posts": lambda: f"{checks.same_posts(source, copy, POSTS)} equal",
        "pictures": lambda: f"{PICTURES} equal, {checks.same_pictures(source, copy, PICTURES):,} bytes",
        "totals": lambda: ", ".join(f"{n} {what}" for what, n in public_totals(source, copy).items()),
        "links to the source": lambda: f"none on {checks.no_link_to_source(source, copy, addresses(copy))} pages",
        "rows": lambda: f"{rows.compare(clone['name']):,} rows in equal tables",
        "login": lambda: browser.login(clone, screenshots / "dashboard.png"),
    }
    for name, step in steps.items():
        started = time.monotonic()
        console.print(f"  {name}: {step()} [dim]({time.monotonic() - started:.1f} s)[/dim]")


def public_totals(source: checks.Site, copy: checks.Site) -> dict[str, int]:
    """Items that a visitor may count."""
    return checks.same_totals(source, copy, REST_ROUTES)


def addresses(copy: checks.Site) -> list[str]:
    """The clone's front page and its posts."""
    return [copy.url + "/", *(post["link"] for post in copy.rest("posts", per_page=POSTS))]


def print_result(clone: dict[str, Any], seconds: float, console: Console) -> None:
    """What the user takes home."""
    for phase, share in clone["timings"].items():
        console.print(f"  {phase}: {share:.1f} s")
    console.print(f"\nPOST /clone answered after {seconds:.1f} s")
    console.print(f"URL      {clone['clone_url']}\nuser     {clone['wordpress_username']}")
    console.print(f"password {clone['wordpress_password']}\nexpires  {clone['expires_at']}", highlight=False)
