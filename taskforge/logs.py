"""Structured logs: one JSON line for each event, with the request's id; values under secret names are hidden."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog
from flask import Flask, Response, g

from taskforge.ids import new_id

SECRET_NAMES = ("password", "secret", "token", "cookie", "authorization", "sid", "csrf", "key")
HIDDEN = "(hidden)"
_SECRET_TEXTS = (
    re.compile(r"\$argon2[\w$,=+/.-]*"),
    re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]+"),  # JSON Web Tokens
    # What PostgreSQL adds to an error: the values of the row, and a piece of the statement.
    re.compile(r"(?<=DETAIL:  ).*?(?=\n(?:HINT:|CONTEXT:|\n|\[SQL|\(Background)|\Z)", re.DOTALL),
    re.compile(r"(?<=LINE )\d+: .*(?:\n *\^)?"),
)


def configure_logs(level: str) -> None:
    """Send structlog and the standard library's warnings to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(ScrubbingFormatter("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _redact,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def init_logs(app: Flask) -> None:
    """Give every request an id, which log entries have and answers carry in ``X-Request-Id``."""

    @app.before_request
    def begin() -> None:
        g.request_id = new_id()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        return response


class ScrubbingFormatter(logging.Formatter):
    """Formats what libraries log, without the secrets that exceptions of a driver may name."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, and its traceback, scrubbed."""
        return scrub(super().format(record))


def scrub(text: str) -> str:
    """A text without what no log may hold: hashes of passwords, tokens, and the rows and statements in errors."""
    for pattern in _SECRET_TEXTS:
        text = pattern.sub(HIDDEN, text)
    return text


def _redact(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: _redacted(name, value) for name, value in event.items()}


def _redacted(name: object, value: object) -> object:
    """A value as it may be logged; mappings and lists with their content."""
    if any(secret in str(name).lower() for secret in SECRET_NAMES):
        return HIDDEN
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, Mapping):
        return {key: _redacted(key, each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted("", each) for each in value]
    return value
