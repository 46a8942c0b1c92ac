"""Sources may have certificates of an authority of their own: facade and engine trust it beside the public ones."""

from __future__ import annotations

import datetime as dt
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from api.source.transport import tls_context
from local.certificates import issue
from migrator.channel import trusting
from migrator.errors import SettingsInvalid

CONTEXTS: list[Callable[[Path | None], ssl.SSLContext]] = [tls_context, trusting]


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """An authority's certificate."""
    file = tmp_path / "sources.crt"
    file.write_text(issue(["shop.internal"], dt.datetime.now(dt.UTC)).authority)
    return file


@pytest.mark.parametrize("context", CONTEXTS)
def test_it_is_trusted_beside_the_public_ones(
    context: Callable[[Path | None], ssl.SSLContext], authority: Path
) -> None:
    with_it, without = context(authority), context(None)
    assert len(with_it.get_ca_certs()) == len(without.get_ca_certs()) + 1
    assert with_it.verify_mode == ssl.CERT_REQUIRED
    assert with_it.check_hostname


@pytest.mark.parametrize("context", CONTEXTS)
def test_it_need_not_be_there(context: Callable[[Path | None], ssl.SSLContext], tmp_path: Path) -> None:
    assert context(tmp_path / "sources.crt").verify_mode == ssl.CERT_REQUIRED


@pytest.mark.parametrize(("context", "refused"), [(tls_context, ValueError), (trusting, SettingsInvalid)])
def test_a_file_without_certificates_is_refused_by_its_name(
    context: Callable[[Path | None], ssl.SSLContext], refused: type[Exception], tmp_path: Path
) -> None:
    file = tmp_path / "sources.crt"
    file.write_text("no certificate")
    with pytest.raises(refused, match=r"sources\.crt"):
        context(file)
