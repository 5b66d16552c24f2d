"""Checks before every API operation: log-in, rate limit, and the form of ids in the address."""

from __future__ import annotations

from flask import Flask, Response, current_app, request
from flask_login import current_user

from taskforge.api.scopes import require_scope
from taskforge.errors import NotAuthenticated
from taskforge.http import rate_limits
from taskforge.http.urls import API_PREFIX
from taskforge.identity.current import current_identity
from taskforge.identity.token_requests import current_token, why_refused
from taskforge.text.values import parse_uuid

OPENAPI_ENDPOINT = "api-docs.openapi_json"


def init_access(app: Flask) -> None:
    """Admit API requests after the session, CSRF and host checks of the application."""
    app.before_request(admit)
    app.after_request(_say_how_to_log_in)


def admit() -> None:
    """Let a request pass to its operation. With an API token its owner's limits hold, however many tokens they have.

    Raises:
        NotAuthenticated: nobody is logged in, and the operation needs a log-in.
        RateLimited: the person sent too many requests.
        Forbidden: an API token whose scope does not include the operation.
        NotFound: an id in the address is not in its canonical form.
    """
    if not request.path.startswith(API_PREFIX):
        return
    if current_user.is_authenticated:
        rate_limits.limit_api(current_identity().user_id)
        if (token := current_token()) is not None:
            require_scope(token)
    elif request.routing_exception is None and not _is_open():
        raise NotAuthenticated(why_refused())
    for name, value in (request.view_args or {}).items():
        if name.endswith("_id"):
            parse_uuid(value)


def _is_open() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return request.endpoint == OPENAPI_ENDPOINT or getattr(view, "open_to_everybody", False)


def _say_how_to_log_in(response: Response) -> Response:
    if response.status_code == 401 and request.path.startswith(API_PREFIX):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
