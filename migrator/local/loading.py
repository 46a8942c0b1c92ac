"""LOAD DATA LOCAL out of memory, and only that: a server that asks for a file of ours gets nothing.

In MySQL's protocol it is the server that names the file which a client sends. A hostile or broken one could name any
file, in answer to any statement. So no file is ever opened here: what is sent are the bytes that were given with a
statement of ours, once.
"""

from typing import TYPE_CHECKING, Any

import pymysql
from pymysql.connections import MySQLResult
from pymysql.constants import CR
from pymysql.protocol import MysqlPacket

if TYPE_CHECKING:
    _Session = pymysql.Connection[Any]
else:  # the class takes no parameters when it runs
    _Session = pymysql.Connection

_PIECE = 262_144  # bytes per packet


class LoadingConnection(_Session):
    """A PyMySQL session that can send lines to the server; made with `local_infile=True` for that."""

    _lines: bytes | None = None

    def query_with(self, lines: bytes, sql: bytes) -> int:
        """Run a statement that reads a local file; these lines are the file. Returns the number of rows added."""
        self._lines = lines
        try:
            return int(self.query(sql))
        finally:
            self._lines = None

    @property
    def warning_count(self) -> int:
        """Warnings of the statement that ran last."""
        return int(self._result.warning_count) if self._result is not None else 0

    def _read_query_result(self, unbuffered: bool = False) -> int:  # noqa: ARG002 - PyMySQL's signature
        result = _Result(self)
        self._result = None
        result.read()
        self._result = result
        if result.server_status is not None:
            self.server_status = result.server_status
        return int(result.affected_rows or 0)

    def send_lines(self) -> MysqlPacket:
        """Answer the server's request for a file; returns what it says then. Without a statement of ours: an error."""
        lines, self._lines = self._lines, None
        for start in range(0, len(lines or b""), _PIECE):
            self.write_packet(lines[start : start + _PIECE] if lines else b"")
        self.write_packet(b"")
        answer: MysqlPacket = self._read_packet()  # type: ignore[no-untyped-call]
        if lines is None:
            raise pymysql.OperationalError(CR.CR_LOAD_DATA_LOCAL_INFILE_REJECTED, "a file was asked for")
        return answer


class _Result(MySQLResult):
    connection: LoadingConnection

    def _read_load_local_packet(self, first_packet: MysqlPacket) -> None:  # noqa: ARG002 - names a file
        answer = self.connection.send_lines()
        if not answer.is_ok_packet():
            raise pymysql.OperationalError(CR.CR_COMMANDS_OUT_OF_SYNC, "no end of a file")
        self._read_ok_packet(answer)  # type: ignore[attr-defined]
