"""The pages of all features, and what holds for each of them."""

from __future__ import annotations

from flask import Flask, Response, g, request
from flask_login import current_user

from taskforge import rate_limits
from taskforge.accounts import profile_routes
from taskforge.accounts import routes as accounts
from taskforge.accounts.actors import circumstances
from taskforge.audit import security
from taskforge.boards import column_sheet, settings_routes, view_routes, visit_routes
from taskforge.boards import routes as boards
from taskforge.comments import routes as comments
from taskforge.notifications import routes as notifications
from taskforge.search import routes as search
from taskforge.security_headers import SAFE_METHODS
from taskforge.tasks import (
    checklist_routes,
    create_routes,
    field_routes,
    first_run_routes,
    history_routes,
    move_routes,
    peek_routes,
    select_routes,
)
from taskforge.tasks import routes as tasks
from taskforge.teams import routes as teams
from taskforge.travel import routes as travel
from taskforge.urls import API_PREFIX, IdConverter

# Imported for the views that they add to the blueprint of their feature.
PARTS = (
    profile_routes,
    settings_routes,
    column_sheet,
    view_routes,
    visit_routes,
    create_routes,
    first_run_routes,
    move_routes,
    history_routes,
    field_routes,
    checklist_routes,
    peek_routes,
    select_routes,
)

FEATURES = (accounts, teams, boards, tasks, comments, notifications, search, travel)


def init_pages(app: Flask) -> None:
    """Add the pages, count what people change through them, and put denials on record."""
    app.url_map.converters["id"] = IdConverter
    for feature in FEATURES:
        app.register_blueprint(feature.blueprint)
    app.before_request(_limit_writes)
    app.after_request(_report_denial)


def _limit_writes() -> None:
    """The API counts its own requests; everything else that changes something counts here, whatever it is."""
    if request.method in SAFE_METHODS or request.path.startswith(API_PREFIX):
        return
    if current_user.is_authenticated:
        rate_limits.limit_writes(current_user.user_id)


def _report_denial(response: Response) -> Response:
    user_id = g.get("user_id")  # set when somebody was recognised; asking anew could fail here
    if response.status_code == 403 and user_id is not None:
        security.report(
            "user.access_denied",
            user_id=user_id,
            details={"method": request.method, "path": request.path[:400]},
            **circumstances(),
        )
    return response
