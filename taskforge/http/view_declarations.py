"""What a view says of the requests that it takes, beside its route: files, and fields that are sent several times.

The request guard refuses the rest before the view is called, and the web server does not read a body that is longer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Flask, current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

MAX_BODY_BYTES = 256 * 1024  # without files
# Fields that may be sent more than once on every route; others are declared by ``accept_lists``.
LIST_FIELDS = frozenset({"tags"})

_LISTS, _FILES = "accepts_lists", "accepts_files"
_NOTHING: frozenset[str] = frozenset()
_NO_FILES: Mapping[str, Any] = {}

View = TypeVar("View", bound=Callable[..., Any])
Limit = int | Callable[[], int]


def accept_lists(*names: str) -> Callable[[View], View]:
    """Decorate a view that takes these fields several times in one request, such as a filter by many tags.

    Everywhere else a field that is sent twice is refused.
    """

    def mark(view: View) -> View:
        view.__dict__[_LISTS] = frozenset(names)
        return view

    return mark


def accept_files(**limits: Limit) -> Callable[[View], View]:
    """Decorate a view that takes a file in each of these fields of a multipart form, of at most so many bytes.

    A limit that is a setting is given as a function, which is called in the application's context. The files are read
    by `taskforge.http.sent_files`. Everywhere else a form with a file is refused.
    """

    def mark(view: View) -> View:
        view.__dict__[_FILES] = limits
        return view

    return mark


def declared_lists() -> frozenset[str]:
    """The fields that the current request may hold several times."""
    names: frozenset[str] = _declared(_view(), request.method, _LISTS, _NOTHING)
    return names | LIST_FIELDS


def file_limits() -> dict[str, int]:
    """The most bytes of a file in each field in which the current request may have one."""
    return _in_bytes(_declared(_view(), request.method, _FILES, _NO_FILES))


def body_limit(app: Flask, method: str, path: str) -> int:
    """The most bytes that the body of a request may have, by what the view behind its address declares."""
    try:
        endpoint, _ = app.url_map.bind("").match(path, method)
    except (HTTPException, RequestRedirect):
        return MAX_BODY_BYTES
    limits = _declared(app.view_functions[endpoint], method, _FILES, _NO_FILES)
    with app.app_context():
        return MAX_BODY_BYTES + sum(_in_bytes(limits).values())


def _view() -> Any:
    return current_app.view_functions.get(request.endpoint or "")


def _declared(view: Any, method: str, name: str, default: Any) -> Any:
    """What a view, or its method for a request's, declares."""
    handler = getattr(getattr(view, "view_class", None), method.lower(), None)
    return getattr(handler, name, getattr(view, name, default))


def _in_bytes(limits: Mapping[str, Limit]) -> dict[str, int]:
    return {name: limit() if callable(limit) else limit for name, limit in limits.items()}
