"""After a copy the source is as it was: files, options, tables, users, but for a short list that is documented."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.engine.harness import Bench
from tests.engine.process import Clone
from tests.engine.proxy import running_proxy
from tests.wayin.entering import Visitor
from tests.wayin.exceptions import EXCEPTIONS, unexplained
from tests.wayin.losing import LosingTransport
from tests.wayin.web import HOST
from tests.wayin.wordpress import PLUGIN, WordPress

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "your-site.md"
PICTURE = "wp-content/uploads/2026/10/tulip.jpg"


@contextmanager
def clone(bench: Bench, folder: Path) -> Iterator[Clone]:
    """A database and a folder to copy into."""
    account = bench.source.new_account("wp")
    made = Path(tempfile.mkdtemp(dir=folder))
    try:
        yield Clone(bench.source, account, made)
    finally:
        bench.source.drop(account)
        shutil.rmtree(made)


@pytest.mark.engine
def test_a_source_is_as_it_was(site: WordPress, endpoint: str, bench: Bench, tmp_path: Path) -> None:
    site.put(PICTURE, "a picture")
    site.use(["email-confirmation", "maintained"])
    before = site.state()
    visitor = Visitor(site, endpoint, plain_hosts=frozenset({HOST}))
    key = visitor.enter(url=f"http://{HOST}")
    assert (site.root / PLUGIN).is_dir()
    with clone(bench, tmp_path) as copy, running_proxy(site.web.ports[80]) as proxy:
        outcome = copy.start(f"http://{HOST}", key.text, proxy.url).wait()
        assert outcome.status == 0, outcome.text
        assert (copy.root / PICTURE).read_text(encoding="utf-8") == "a picture"
        assert proxy.by_op["key.revoke"]
    assert not (site.root / PLUGIN).exists()
    assert site.logins == ["accepted"]
    left = unexplained(before, site.state())
    assert not left, left


@pytest.mark.engine
@pytest.mark.parametrize("seed", [48, 390])  # in which something of each kind is lost
def test_a_host_that_loses_a_tenth_of_all_answers_is_prepared(site: WordPress, endpoint: str, seed: int) -> None:
    """But for the login's, which is sent once whatever becomes of it."""
    before = site.state()
    line = LosingTransport(site.web.transport(), seed, spared="POST /wp-login.php")
    visitor = Visitor(site, endpoint, transport=lambda: line)
    key = visitor.enter()
    assert len(line.lost) >= 3, line.lost
    visitor.end_copy(key)
    assert site.logins == ["accepted"]
    left = unexplained(before, site.state())
    assert not left, left


@pytest.mark.parametrize("named", sorted(set(EXCEPTIONS.values())))
def test_the_document_names_what_stays(named: str) -> None:
    assert named in DOCUMENT.read_text(encoding="utf-8")
