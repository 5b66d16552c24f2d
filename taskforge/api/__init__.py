"""The JSON API under /api, and its OpenAPI document, generated from the same declarations that check requests."""

from __future__ import annotations

from threading import Lock
from typing import Any

from flask import Flask, Response, current_app
from flask_smorest import Api

from taskforge.api import (
    admin,
    api_tokens,
    attachments,
    auth,
    boards,
    comments,
    departures,
    invitations,
    leaving,
    notifications,
    push,
    reminders,
    reports,
    search,
    tasks,
    team_activity,
    team_invitations,
    team_life,
    team_two_factor,
    teams,
    two_factor,
    users,
    views,
    watching,
)
from taskforge.api.access import OPENAPI_ENDPOINT, init_access
from taskforge.api.blueprints import AnyIdConverter
from taskforge.api.schemas.base import Error
from taskforge.api.scopes import describe_scopes

BLUEPRINTS = (
    auth.blueprint,
    users.blueprint,
    two_factor.blueprint,
    api_tokens.blueprint,
    leaving.blueprint,
    teams.blueprint,
    team_activity.blueprint,
    team_two_factor.blueprint,
    departures.blueprint,
    team_life.blueprint,
    team_invitations.blueprint,
    invitations.blueprint,
    boards.blueprint,
    tasks.blueprint,
    comments.blueprint,
    attachments.blueprint,
    notifications.blueprint,
    push.blueprint,
    watching.blueprint,
    reminders.blueprint,
    views.blueprint,
    reports.blueprint,
    search.blueprint,
    admin.blueprint,
)
DESCRIPTION = (
    "Log in for a session id and a one-hour token, or make an API token; send one of them with every request. Errors"
    " have one form; objects carry a version, and changing an older one is refused with the present one. More in"
    " docs/api.md."
)
OF_PROGRAMS = "apiToken"
SECURITY_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "session": {"type": "apiKey", "in": "header", "name": "X-Session-Id"},
    OF_PROGRAMS: {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "tf_…",
        "description": "An API token that its person made; operations name the scope that it needs.",
    },
}
OF_SESSIONS = ("token", "session")


class _Api(Api):
    """Smorest's OpenAPI document, with our errors and no error handlers of its own.

    It is written when it is asked for first, which few processes ever are.
    """

    ERROR_SCHEMA = Error

    def __init__(self, app: Flask) -> None:
        self._document = ""
        self._lock = Lock()
        super().__init__(app)

    def _register_error_handlers(self) -> None:
        """Leave errors to `taskforge.http.error_pages`, which answers them in one form."""

    def _openapi_json(self) -> Response:
        with self._lock:
            self._document = self._document or _write_document(self._app, self)
        return current_app.response_class(self._document, mimetype="application/json")


def init_api(app: Flask) -> None:
    """Register the routes of the API."""
    app.config.update(
        API_TITLE="TaskForge",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "info": {"description": DESCRIPTION},
            "security": [{name: []} for name in OF_SESSIONS],
            "tags": [{"name": name} for name in dict.fromkeys(one.topic for one in BLUEPRINTS)],
        },
    )
    app.url_map.converters["any_id"] = AnyIdConverter
    init_access(app)
    api = _Api(app)
    api.register_converter(AnyIdConverter, lambda _: {"type": "string", "format": "uuid"})
    for name, scheme in SECURITY_SCHEMES.items():
        api.spec.components.security_scheme(name, scheme)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)


def _write_document(app: Flask, api: Api) -> str:
    for blueprint in BLUEPRINTS:
        blueprint.describe_views(api, app)
    _describe_document(app, api)
    document: dict[str, Any] = api.spec.to_dict()
    describe_scopes(app, document, OF_PROGRAMS, [{name: []} for name in OF_SESSIONS])
    return app.json.dumps(document)


def _describe_document(app: Flask, api: Api) -> None:
    operation = {
        "operationId": "getOpenapi",
        "summary": "This document.",
        "tags": [auth.blueprint.topic],
        "security": [],
        "responses": {"200": {"description": "OK"}},
    }
    rule = next(app.url_map.iter_rules(OPENAPI_ENDPOINT))
    api.spec.path(rule=rule, operations={"get": operation})
