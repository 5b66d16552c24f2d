"""Limits of reading: a request's time for formatting texts, and the end of its work when its client has left."""

from __future__ import annotations

from flask import Flask, request

from taskforge.http.asgi import CLIENT_GONE
from taskforge.http.cross_site import SAFE_METHODS
from taskforge.text.effort import begin_request, end_request


def init_reading(app: Flask) -> None:
    """Begin each request with its own time. What changes something is never stopped half way."""
    app.before_request(_begin)
    app.teardown_request(lambda _error: end_request())


def _begin() -> None:
    is_gone = request.environ.get(CLIENT_GONE)
    begin_request(is_gone if is_gone and request.method in SAFE_METHODS else lambda: False)
