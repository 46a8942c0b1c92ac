"""The driver's errors become ours, and none of its texts gets out: they quote statements with passwords."""

import logging
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import certifi
import pymysql
import pytest

from api.database.connect import DatabaseServer
from api.database.errors import StatementFailed, translated
from api.domain.errors import CloneError, DatabaseUnavailable

SYNTAX = "You have an error in your SQL syntax near 'IDENTIFIED BY 's3cret''"


@pytest.mark.parametrize(
    ("error", "number", "is_connection_lost"),
    [
        (pymysql.ProgrammingError(1064, SYNTAX), 1064, False),
        (pymysql.OperationalError(1045, "Access denied"), 1045, False),
        (pymysql.OperationalError(2003, "Can't connect"), 2003, True),
        (pymysql.OperationalError(2013, "Lost connection"), 2013, True),
        (pymysql.InterfaceError(0, ""), 0, True),
        (pymysql.InternalError("Packet sequence number wrong"), 0, True),
        (ConnectionRefusedError(111, "refused"), 0, True),
        (TimeoutError("timed out"), 0, True),
        (ssl.SSLCertVerificationError("bad certificate"), 0, True),
        (FileNotFoundError(2, "no password file"), 0, True),
    ],
)
def test_every_error_is_one_of_ours(
    error: Exception, number: int, is_connection_lost: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(CloneError) as raised, translated():
        raise error
    failure = raised.value
    assert isinstance(failure, StatementFailed)
    assert isinstance(failure, DatabaseUnavailable)
    assert (failure.number, failure.is_connection_lost) == (number, is_connection_lost)
    assert failure.__cause__ is None
    assert failure.__suppress_context__
    assert "s3cret" not in f"{failure!r}{failure.detail}{caplog.text}"


def test_what_is_no_error_of_the_servers_passes() -> None:
    with pytest.raises(ZeroDivisionError), translated():
        raise ZeroDivisionError


GREETING = (
    b"\x0a8.4.0\x00"  # protocol, version
    b"\x01\x00\x00\x00abcdefgh\x00"  # thread, first part of the nonce
    b"\xff\xf7\xff\x02\x00\xff\xdf\x15"  # capabilities but for TLS (0x0800), charset, status
    + b"\x00" * 10
    + b"ijklmnopqrst\x00caching_sha2_password\x00"
)


def test_a_server_without_tls_gets_no_password(tmp_path: Path) -> None:
    """A greeting without the TLS capability ends the connection (MySQL internals, "Connection Phase")."""
    (tmp_path / "password").write_text("s3cret", encoding="utf-8")
    (tmp_path / "ca.crt").write_text(certifi.contents(), encoding="utf-8")
    heard = b""
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as threads:
        port = listening.getsockname()[1]
        server = DatabaseServer("db", port, "us", tmp_path / "password", tmp_path / "ca.crt", address="127.0.0.1")
        opening = threads.submit(server.open)
        accepted, _ = listening.accept()
        with accepted:
            accepted.settimeout(5)
            accepted.sendall(len(GREETING).to_bytes(3, "little") + b"\x00" + GREETING)
            while received := accepted.recv(4096):
                heard += received
        with pytest.raises(DatabaseUnavailable):
            opening.result(5)
    assert heard == b""
