"""From the driver's errors to ours; neither its classes nor its texts leave this package.

    CloneError (api.domain.errors)
    ├── Duplicate            the name belongs to another cluster or namespace on the same server
    └── DatabaseUnavailable  everything else: may be tried again

The server quotes statements in its messages, and statements hold passwords. So an error of ours carries the number of
the server's (MySQL Server Error Message Reference), and the driver's exception is not chained to it.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pymysql

from api.domain.errors import DatabaseUnavailable

logger = logging.getLogger(__name__)

UNKNOWN_DATABASE = 1049
UNKNOWN_TABLE = 1146
LOCK_WAIT_TIMEOUT = 1205
NO_SUCH_THREAD = 1094


class StatementFailed(DatabaseUnavailable):
    """The server refused a statement; `number` is its error number, 0 if the connection itself failed."""

    def __init__(self, number: int) -> None:
        super().__init__(_sentence(number))
        self.number = number

    @property
    def is_connection_lost(self) -> bool:
        """Whether it was the connection that failed and not the statement."""
        return _is_connection(self.number)


@contextmanager
def translated() -> Iterator[None]:
    """Turn what the driver raises into StatementFailed, without its text."""
    try:
        yield
    except pymysql.MySQLError as error:
        number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
        logger.debug("the database server answered with error %d (%s)", number, type(error).__name__)
        raise StatementFailed(number) from None
    except OSError as error:
        logger.debug("no connection to the database server (%s)", type(error).__name__)
        raise StatementFailed(0) from None


def _is_connection(number: int) -> bool:
    return number == 0 or 2000 <= number < 3000  # the client's own range (MySQL Client Error Message Reference)


def _sentence(number: int) -> str:
    if _is_connection(number):
        return "The database server does not answer."
    return f"The database server refused a statement (error {number})."
