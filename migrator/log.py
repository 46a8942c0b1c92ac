"""Structured log lines: one JSON object per line on stdout, nothing else there.

Fields hold numbers, names and our own sentences; never settings, bodies, values of rows, or secrets.
"""

import traceback

import stamina.instrumentation
import structlog


def configure() -> None:
    """Make every line JSON with level and UTC time, and retries lines of the same kind."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    stamina.instrumentation.set_on_retry_hooks([_on_retry])


def log(event: str, /, **fields: object) -> None:
    """Write one line of level info."""
    structlog.get_logger().info(event, **fields)


def warn(event: str, /, **fields: object) -> None:
    """Write one line of level warning."""
    structlog.get_logger().warning(event, **fields)


def error(event: str, /, **fields: object) -> None:
    """Write one line of level error."""
    structlog.get_logger().error(event, **fields)


def where(failure: BaseException) -> list[str]:
    """Where an error was raised, innermost last, without any value."""
    return [
        f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(failure.__traceback__)
    ]


def _on_retry(details: stamina.instrumentation.RetryDetails) -> None:
    code = getattr(details.caused_by, "code", type(details.caused_by).__name__)
    warn("retry", code=code, attempt=details.retry_num, wait_seconds=round(details.wait_for, 2))
