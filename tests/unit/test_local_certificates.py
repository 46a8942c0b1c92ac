"""The database's certificate is one that Python's strict verification accepts, for the names that clones use."""

from __future__ import annotations

import datetime as dt
import ssl
from pathlib import Path

import pytest

from local.certificates import ServerIdentity, issue

NOW = dt.datetime.now(dt.UTC)


@pytest.fixture(scope="module")
def identity() -> ServerIdentity:
    return issue(["mysql.database.svc", "localhost"], NOW)


def handshake(identity: ServerIdentity, name: str, folder: Path) -> None:
    (folder / "tls.pem").write_text(identity.certificate + identity.key)
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(folder / "tls.pem")
    client_side = ssl.create_default_context(cadata=identity.authority)
    client_side.verify_flags |= ssl.VERIFY_X509_STRICT
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_side.wrap_bio(to_client, to_server, server_hostname=name)
    server = server_side.wrap_bio(to_server, to_client, server_side=True)
    waiting = {client, server}
    while waiting:
        for side in list(waiting):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            waiting.discard(side)


@pytest.mark.parametrize("name", ["mysql.database.svc", "localhost", "127.0.0.1"])
def test_its_names_are_accepted(identity: ServerIdentity, name: str, tmp_path: Path) -> None:
    handshake(identity, name, tmp_path)


def test_another_name_is_not(identity: ServerIdentity, tmp_path: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(identity, "other.database.svc", tmp_path)


def test_keys_stay_out_of_texts(identity: ServerIdentity) -> None:
    assert "PRIVATE" not in repr(identity)
