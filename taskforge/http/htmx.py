"""Telling htmx's and our scripts' requests from a browser's own, and answering each with what it can use."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue


def wants_partial() -> bool:
    """Whether the answer is swapped into a page. A full page is sent when htmx restores its history."""
    return (
        request.headers.get("HX-Request") == "true"
        and "HX-History-Restore-Request" not in request.headers
    )


def wants_json() -> bool:
    """Whether one of our scripts asks, which reads the answer itself."""
    return request.headers.get("Accept") == "application/json"


def render(page: str, partial: str, /, **context: object) -> str:
    """The partial for htmx, the page for everybody else; both from the same context."""
    return render_template(partial if wants_partial() else page, **context)


def go_to(address: str) -> ResponseReturnValue:
    """Lead the browser to an address of ours after a change: a 303, or htmx's header for it."""
    if wants_partial():
        return "", 204, {"HX-Redirect": address}
    return redirect(address, code=303)
