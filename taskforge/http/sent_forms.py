"""Tells the page's script which of its submissions was carried out, so that it discards that draft and no other.

The answer to a form's operation has the header ``X-Operation``. A redirect after a page load also sets a cookie for
the page that follows: without it, a script can't tell the page of a success from a log-in page or a proxy's error.
"""

from __future__ import annotations

from flask import Flask, Response, current_app, g, request

from taskforge.text.values import is_uuid

HEADER = "X-Operation"
COOKIE = "sent"
MAX_OPERATIONS = 8  # submissions of several tabs, until one of their pages reads the cookie
COOKIE_SECONDS = 600


def init_sent_forms(app: Flask) -> None:
    """Add the header and the cookie to every answer to a form that was carried out."""
    app.after_request(_tell)


def note_log_in_required() -> None:
    """Note that this request is not carried out: its redirect leads to the log-in page."""
    g.is_log_in_required = True


def _tell(response: Response) -> Response:
    if request.method != "POST" or not 200 <= response.status_code < 400:
        return response
    if g.get("is_log_in_required"):
        return response
    operation = request.form.get("op", "")
    if not is_uuid(operation):
        return response
    response.headers[HEADER] = operation
    if response.status_code == 303:
        earlier = [each for each in request.cookies.get(COOKIE, "").split(".") if is_uuid(each)]
        response.set_cookie(
            COOKIE,
            ".".join([*earlier, operation][-MAX_OPERATIONS:]),
            max_age=COOKIE_SECONDS,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=False,  # for the script; it holds nothing but ids of the browser's own operations
            samesite="Lax",
        )
    return response
