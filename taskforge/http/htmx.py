"""Distinguishes requests of htmx, of our scripts and of a browser, and answers each in its format."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue


def wants_partial() -> bool:
    """Whether htmx will swap the answer into a page; to restore its history it needs a full page instead."""
    return (
        request.headers.get("HX-Request") == "true"
        and "HX-History-Restore-Request" not in request.headers
    )


def wants_json() -> bool:
    """Whether one of our scripts sent the request and expects JSON."""
    return request.headers.get("Accept") == "application/json"


def render(page: str, partial: str, /, **context: object) -> str:
    """Render the template `partial` for htmx, `page` for a browser; both with the same context."""
    return render_template(partial if wants_partial() else page, **context)


def go_to(address: str) -> ResponseReturnValue:
    """Redirect to an address of ours after a change: a 303, or for htmx a 204 with ``HX-Redirect``."""
    if wants_partial():
        return "", 204, {"HX-Redirect": address}
    return redirect(address, code=303)
