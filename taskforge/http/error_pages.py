"""The answers to exceptions: JSON for the API and our scripts, a page for a browser, a toast for htmx."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import (
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import AnonymousUserMixin, current_user
from werkzeug.exceptions import HTTPException

from taskforge.errors import ClientLeft, NotAuthenticated, TaskForgeError, Unavailable
from taskforge.http.htmx import wants_json, wants_partial
from taskforge.http.sent_forms import note_log_in_required
from taskforge.http.urls import API_PREFIX, safe_next
from taskforge.messaging.breaker import POSTGRESQL, breaker_of

log = structlog.get_logger()

TITLES = {
    400: "That request makes no sense to us",
    401: "Please log in",
    403: "Not yours to do",
    404: "Nothing here",
    405: "Not that way",
    409: "Somebody was faster",
    413: "Too much at once",
    415: "Wrong kind of content",
    422: "Something needs correcting",
    429: "A little slower, please",
    500: "Something broke",
    503: "Back in a moment",
}
HTTP_CODES = {
    400: "malformed",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_type",
}
HTTP_MESSAGES = {
    404: "There is nothing here, or you do not have access to it.",
    405: "This address does not support that method.",
    413: "The request is too large.",
}
TYPED_FIELDS = (
    "content",
    "description",
    "title",
    "name",
    "bio",
    "email",
    "first_name",
    "last_name",
)


def init_error_pages(app: Flask) -> None:
    """Register handlers that answer every exception in the form that the client reads."""
    app.register_error_handler(TaskForgeError, answer_error)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_unexpected)


def answer_error(error: TaskForgeError) -> Response:
    """The answer to an error of `taskforge.errors`, with ``Retry-After`` (seconds) where waiting helps.

    A browser that is not logged in is redirected to the log-in page instead. Nobody reads the answer to `ClientLeft`.
    """
    if isinstance(error, ClientLeft):
        return Response(status=error.status)
    if isinstance(error, NotAuthenticated) and not (_is_api() or wants_json()):
        return _to_login()
    response = _answer(error.status, error.as_dict(), getattr(error, "retry_after", None))
    if retry_after := getattr(error, "retry_after", None):
        response.headers["Retry-After"] = str(retry_after)
    return response


def _answer_http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return make_response(error)
    message = HTTP_MESSAGES.get(status, "The request could not be understood.")
    response = _answer(status, {"code": HTTP_CODES.get(status, "error"), "message": message})
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _answer_unexpected(error: Exception) -> Response:
    log.exception("unexpected_error", endpoint=request.endpoint)
    message = "Something went wrong on our side. It has been noted; please try again."
    return _answer(500, {"code": "internal", "message": message})


def _forget_user_if_unknown(status: int) -> None:
    """Set an anonymous user while PostgreSQL can't be queried, so that the error page does not wait for it again."""
    if "_login_user" in g:
        return
    if status == Unavailable.status or breaker_of(POSTGRESQL).has_failed:
        g._login_user = AnonymousUserMixin()
        return
    try:
        _ = current_user.is_authenticated
    except TaskForgeError:
        g._login_user = AnonymousUserMixin()


def _answer(status: int, body: dict[str, Any], retry_after: int | None = None) -> Response:
    _forget_user_if_unknown(status)
    if _is_api() or wants_json():
        response = jsonify({"error": body})
    elif wants_partial():
        response = make_response(
            render_template(
                "errors/_toast.html", message=f"{body['message']} {_hint(body)}".strip()
            )
        )
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#toasts", "beforeend"
    else:
        response = make_response(
            render_template(
                "errors/error.html",
                status=status,
                title=TITLES.get(status, TITLES[500]),
                message=body["message"],
                hint=_hint(body),
                request_id=g.get("request_id", ""),
                typed_text=_typed_text(),
                retry_after=retry_after,
            )
        )
    response.status_code = status
    return response


def _hint(body: dict[str, Any]) -> str:
    """The sentences about single fields that are not part of the message."""
    return " ".join(why for why in body.get("fields", {}).values() if why not in body["message"])


def _typed_text() -> str:
    """The text fields of the failed form, which the error page shows so that they can be copied."""
    try:
        typed = [request.form[name] for name in TYPED_FIELDS if request.form.get(name)]
    except Exception:  # the body can be malformed: that is often the error
        return ""
    return "\n\n".join(typed)


def _to_login() -> Response:
    """Lead to the log-in, and from there back to the page that is open.

    A page that sent a form, or requested a part of itself, was opened by somebody who was logged in: their session has
    ended, and the log-in says so (``ended``).
    """
    note_log_in_required()
    is_visit = request.method in ("GET", "HEAD") and not wants_partial()
    target = request.full_path.rstrip("?") if is_visit else _open_page()
    address = url_for("accounts.login", next=target, ended=None if is_visit else 1)
    if wants_partial():
        response = make_response("", 401)
        response.headers["HX-Redirect"] = address
        return response
    return make_response(redirect(address, code=303))


def _open_page() -> str | None:
    """The path of the page from which the browser sent this request, if it is one that a browser can open again."""
    try:
        page = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    except ValueError:  # a header can hold anything
        return None
    if page.netloc != request.host:
        return None
    adapter = current_app.url_map.bind(request.host)
    if not adapter.test(page.path, method="GET"):
        return None
    return safe_next(f"{page.path}?{page.query}" if page.query else page.path)


def _is_api() -> bool:
    return request.path.startswith(API_PREFIX)
