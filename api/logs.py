"""Log lines as JSON, one object a line, without secrets.

Nothing of ours logs a secret; the formatter still blanks out what looks like one, for texts that come from elsewhere.
Libraries that log URLs (a WordPress nonce stands in some) are kept quiet.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

from api.domain.text import redact

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}
_QUIET = ("httpx", "httpcore", "kubernetes", "urllib3", "uvicorn.access", "asyncio")


class JsonFormatter(logging.Formatter):
    """Formats a record with its `extra` fields as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        entry |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return redact(json.dumps(entry, default=str, ensure_ascii=False))


def configure_logging(stream: TextIO | None = None) -> None:
    """Send all logging of this process to a stream, standard output where none is given, as JSON."""
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
