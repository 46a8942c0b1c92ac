"""Rewriting alone, rows per second of one core, beside PHP code in the manner of wp-cli, on the same rows.

The rows are those of a postmeta table: every tenth value is serialized or JSON and holds URLs, every tenth is HTML with
a link, the others are plain text. PHP gets the values as its database client would give them, and the eight spellings
of a URL that one has to hand it (http and https, with and without www, plain and as JSON has it); ours gets pages of
lines as the engine does, and looks for all spellings. Both must come to the same bytes.

Run: `python -m tests.bench.rewriting`.
"""

import json
import random
import statistics
import subprocess
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from migrator.lines import escape, rows_of, unescape
from migrator.rewrite import PathPair, PlainReplacer, Rewriter, UrlPair
from tests.unit.migrator.php_values import serialize

OLD, NEW = "https://example.com", "http://s1.clones.test:8080/c1"
ROWS = 200_000
ROUNDS = 3
_PAGE = 4_000  # rows; about a megabyte
_TEXT = (2, 3)  # the columns that hold text
_PHP = Path(__file__).with_name("rewriting.php")
_LOREM = """
    lorem ipsum dolor sit amet, consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore
    magna aliqua. Ut enim ad minim veniam quis nostrud exercitation ullamco laboris nisi. 12.50 2026-03-01
"""
_WORDS = _LOREM.split()

Row = tuple[bytes, bytes, bytes, bytes]


def measure(rows: int = ROWS, rounds: int = ROUNDS) -> dict[str, float]:
    """Rewrite the same rows in both ways, in turn.

    Returns the medians: our wall and CPU seconds over PHP's, and rows per second (wall) of both.
    """
    table = list(_rows(rows))
    pages = [_page(table[start : start + _PAGE]) for start in range(0, rows, _PAGE)]
    ours, theirs = [], []
    with tempfile.NamedTemporaryFile(suffix=".rows") as file:
        for row in table:
            file.write(b"\t".join(b64encode(row[column]) for column in _TEXT) + b"\n")
        file.flush()
        for _ in range(rounds):
            theirs.append(_php(file.name))
            ours.append(_engine(pages))
            if ours[-1][2] != theirs[-1][2]:
                raise AssertionError("The two ways give different rows.")
    wall, cpu = _median(ours)
    php_wall, php_cpu = _median(theirs)
    return {
        "rewrite_over_php_wall": wall / php_wall,
        "rewrite_over_php_cpu": cpu / php_cpu,
        "rewrite_rows_per_second": rows / wall,
        "php_rows_per_second": rows / php_wall,
    }


def _median(runs: list[tuple[float, float, str]]) -> tuple[float, float]:
    return statistics.median(wall for wall, _, _ in runs), statistics.median(cpu for _, cpu, _ in runs)


def _rows(count: int) -> Iterator[Row]:
    chance = random.Random(4)
    for number in range(count):
        yield b"%d" % number, b"%d" % (number // 20), b"_meta_key_%d" % (number % 40), _value(number, chance)


def _value(number: int, chance: random.Random) -> bytes:
    text = " ".join(chance.choices(_WORDS, k=40))
    picture = f"{OLD}/wp-content/uploads/2026/05/picture-{number}.jpg"
    if number % 20 == 0:
        return serialize(_attachment(number, picture))
    if number % 20 == 10:
        widget = {"title": text[:100], "image": {"url": picture, "id": number}, "link": {"url": f"{OLD}/page/"}}
        return json.dumps({"id": f"a{number}", "settings": widget}).replace("/", "\\/").encode()
    if number % 10 == 5:
        return f'<p>{text}</p>\n<p><a href="{picture}">{text[:90]}</a></p>'.encode()
    return text.encode()


def _attachment(number: int, picture: str) -> dict[str | int, object]:
    small = {"file": f"picture-{number}-150x150.jpg", "width": 150, "height": 150, "url": picture}
    medium = {"file": f"picture-{number}-300x200.jpg", "width": 300, "height": 200, "mime-type": "image/jpeg"}
    sizes = {"thumbnail": small, "medium": medium}
    return {"width": 1200, "height": 800, "file": f"2026/05/picture-{number}.jpg", "url": picture, "sizes": sizes}


def _page(rows: list[Row]) -> bytes:
    return b"".join([b"\t".join(map(escape, row)) + b"\n" for row in rows])


def _php(file: str) -> tuple[float, float, str]:
    host, new = OLD.partition("//")[2], NEW.partition("//")[2]
    pairs: dict[str, str] = {}
    for old in (f"https://{host}", f"http://{host}", f"https://www.{host}", f"http://www.{host}"):
        pairs |= {old: f"http://{new}", old.replace("/", "\\/"): f"http://{new}".replace("/", "\\/")}
    command = ["php", str(_PHP), file, json.dumps(pairs)]
    run = subprocess.run(command, capture_output=True, check=True)
    found = json.loads(run.stdout)
    return found["wall"], found["cpu"], found["sha256"]


def _engine(pages: list[bytes]) -> tuple[float, float, str]:
    plain = PlainReplacer([UrlPair.of(OLD, NEW)], [pair for pair in [PathPair.of("/var/www/html", "/srv/c1")] if pair])
    rewriter = Rewriter(plain)
    wall, cpu = time.perf_counter(), time.process_time()
    written = [_rewritten(page, rewriter) for page in pages]
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    digest = sha256()
    for page in written:
        for row in rows_of(page):
            values = row.split(b"\t")
            digest.update(b"\t".join([unescape(values[column]) or b"" for column in _TEXT]) + b"\n")
    return wall, cpu, digest.hexdigest()


def _rewritten(page: bytes, rewriter: Rewriter) -> bytes:
    pieces, done = list[bytes](), 0
    for start, end, new in rewriter.rewrite_lines(page):
        pieces += [page[done:start], _row(page[start:end], rewriter) if new is None else new]
        done = end
    return b"".join([*pieces, page[done:]])


def _row(row: bytes, rewriter: Rewriter) -> bytes:
    values = row.split(b"\t")
    for column in _TEXT:
        values[column] = escape(rewriter.rewrite(unescape(values[column]) or b""))
    return b"\t".join(values)


def main() -> None:
    """Measure and print."""
    for name, value in measure().items():
        print(f"{name}: {value:,.2f}")


if __name__ == "__main__":
    main()
