"""Structured logs: one JSON line for each event, with the request's id; values under secret names are hidden."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import Flask, Response, g, request

from taskforge.ids import new_id

SECRET_NAMES = ("password", "secret", "token", "cookie", "authorization", "sid", "csrf", "key")
SLOW_MS = 1000


def configure_logs(level: str) -> None:
    """Send structlog and the standard library's warnings to standard error as JSON lines."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s %(message)s"
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _redact,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def init_logs(app: Flask) -> None:
    """Give every request an id, which answers carry in ``X-Request-Id``, and log slow and failed ones."""

    @app.before_request
    def begin() -> None:
        g.request_id, g.began = new_id(), time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        took_ms = round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1)
        response.headers["X-Request-Id"] = g.get("request_id", "")
        if response.status_code >= 500 or took_ms >= SLOW_MS:
            structlog.get_logger().warning(
                "request",
                method=request.method,
                endpoint=request.endpoint,
                status=response.status_code,
                took_ms=took_ms,
                user_id=g.get("user_id"),
            )
        return response


def _redact(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name in event:
        if any(secret in name.lower() for secret in SECRET_NAMES):
            event[name] = "(hidden)"
    return event
