"""What a server gets that asks for a file: the lines of our own statement, once, and nothing else ever."""

from collections.abc import Iterator
from typing import Any

import pymysql
import pytest
from pymysql.protocol import MysqlPacket

from migrator.errors import DatabaseRefused
from migrator.local.database import Connection
from migrator.local.loading import LoadingConnection

PASSWD = b"\xfb/etc/passwd"
OK = b"\0\2\0\2\0\1\0"  # 2 rows, 1 warning
BROKEN = b"\xff\x26\x04#23000"  # error 1062


class Answering(LoadingConnection):
    """A session whose server says what it likes."""

    def __init__(self, *answers: bytes) -> None:
        super().__init__(defer_connect=True, local_infile=True)
        self._answers: Iterator[bytes] = iter(answers)
        self.sent: list[bytes] = []

    def _execute_command(self, command: int, sql: Any) -> None:
        """Sends nothing."""

    def _read_packet(self, packet_type: Any = MysqlPacket) -> Any:
        packet = MysqlPacket(next(self._answers), "utf8mb4")
        if packet.is_error_packet():
            packet.raise_for_error()
        return packet

    def write_packet(self, payload: bytes) -> None:
        """Keeps what would travel."""
        self.sent.append(bytes(payload))


def test_the_lines_of_our_statement_are_the_file_whatever_name_the_server_says() -> None:
    raw = Answering(PASSWD, OK)
    connection = Connection(raw)
    lines = b"1\ta\n" * 100_000
    assert connection.load(b"LOAD DATA LOCAL INFILE 'lines' INTO TABLE t", lines, "rows of t") == 2
    assert b"".join(raw.sent) == lines
    assert raw.sent[-1] == b""
    assert connection.warning_count == 1


def test_a_server_that_asks_for_a_file_in_answer_to_anything_else_gets_none() -> None:
    raw = Answering(PASSWD, OK)
    with pytest.raises(pymysql.OperationalError):
        raw.query("SELECT 1")
    assert raw.sent == [b""]


def test_a_server_that_asks_twice_gets_the_lines_once() -> None:
    raw = Answering(PASSWD, PASSWD, PASSWD, OK)
    connection = Connection(raw)
    with pytest.raises(DatabaseRefused):
        connection.load(b"LOAD", b"1\n", "rows of t")
    with pytest.raises(pymysql.OperationalError):
        raw.query("SELECT 1")
    assert raw.sent == [b"1\n", b"", b""]


def test_a_statement_that_fails_leaves_no_lines_behind() -> None:
    raw = Answering(BROKEN, PASSWD, OK)
    with pytest.raises(DatabaseRefused) as refused:
        Connection(raw).load(b"LOAD", b"1\n", "rows of t")
    assert refused.value.number == 1062
    with pytest.raises(pymysql.OperationalError):
        raw.query("SELECT 1")
    assert raw.sent == [b""]
