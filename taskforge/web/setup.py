"""Registers the pages of all features, the limit of their writes, and the report of denials."""

from __future__ import annotations

from flask import Flask, Response, g, request
from flask_login import current_user

from taskforge.audit import security_events
from taskforge.errors import ConfirmationRequired, NotFound
from taskforge.events import Event
from taskforge.extensions import config_of
from taskforge.http import rate_limits, sessions
from taskforge.http.cross_site import SAFE_METHODS
from taskforge.http.urls import API_PREFIX, IdConverter
from taskforge.identity import viewing
from taskforge.identity.actors import client_details
from taskforge.web.accounts import (
    address_routes,
    confirm_routes,
    leaving_routes,
    passkey_routes,
    profile_routes,
    registration_routes,
    reset_routes,
    second_step_routes,
    session_routes,
    token_routes,
    two_factor_routes,
)
from taskforge.web.accounts import routes as accounts
from taskforge.web.analytics import routes as analytics
from taskforge.web.attachments import file_routes, upload_routes
from taskforge.web.attachments import routes as attachments
from taskforge.web.boards import (
    archive_routes,
    calendar_routes,
    column_deletion_routes,
    column_settings_routes,
    index_routes,
    people_routes,
    picture_routes,
    saved_view_routes,
    settings_routes,
    show_routes,
    table_routes,
    timeline_routes,
    unseen_routes,
    view_routes,
)
from taskforge.web.boards import (
    blueprint as boards,
)
from taskforge.web.comments import routes as comments
from taskforge.web.feeds import routes as feeds
from taskforge.web.history import routes as board_history
from taskforge.web.invitations import routes as invitations
from taskforge.web.mailbox import routes as mailbox
from taskforge.web.notifications import reminder_routes, watch_routes
from taskforge.web.notifications import routes as notifications
from taskforge.web.notifications import settings_routes as notification_settings_routes
from taskforge.web.onboarding import routes as onboarding
from taskforge.web.people import routes as people
from taskforge.web.reports import routes as reports
from taskforge.web.reports import week_routes as report_week_routes
from taskforge.web.search import routes as search
from taskforge.web.tasks import (
    checklist_routes,
    create_routes,
    field_routes,
    history_routes,
    move_routes,
    my_work_routes,
    peek_routes,
    select_routes,
)
from taskforge.web.tasks import routes as tasks
from taskforge.web.teams import (
    access_routes,
    activity_routes,
    board_limit_routes,
    departure_routes,
    invitation_routes,
    life_routes,
    locked_out,
    permission_routes,
)
from taskforge.web.teams import routes as teams
from taskforge.web.teams import two_factor_routes as team_two_factor_routes
from taskforge.web.teams import view_routes as view_routes_of_teams
from taskforge.web.unsubscribe import routes as unsubscribe

# Imported because they add their views to the blueprint of their feature.
PARTS = (
    address_routes,
    confirm_routes,
    leaving_routes,
    passkey_routes,
    profile_routes,
    registration_routes,
    reset_routes,
    second_step_routes,
    token_routes,
    session_routes,
    two_factor_routes,
    team_two_factor_routes,
    view_routes_of_teams,
    report_week_routes,
    index_routes,
    show_routes,
    picture_routes,
    settings_routes,
    column_deletion_routes,
    calendar_routes,
    column_settings_routes,
    saved_view_routes,
    table_routes,
    timeline_routes,
    view_routes,
    unseen_routes,
    create_routes,
    onboarding,
    move_routes,
    my_work_routes,
    history_routes,
    field_routes,
    checklist_routes,
    peek_routes,
    select_routes,
    invitation_routes,
    permission_routes,
    access_routes,
    activity_routes,
    board_limit_routes,
    departure_routes,
    life_routes,
    archive_routes,
    people_routes,
    watch_routes,
    reminder_routes,
    notification_settings_routes,
    file_routes,
    upload_routes,
)

FEATURES = (
    analytics,
    accounts,
    teams,
    invitations,
    boards,
    tasks,
    comments,
    attachments,
    notifications,
    reports,
    search,
    board_history,
    people,
    feeds,
    unsubscribe,
)


def init_web(app: Flask) -> None:
    """Register the pages; count the changes that people make through them, and record denials in the audit log."""
    app.url_map.converters["id"] = IdConverter
    for feature in FEATURES:
        app.register_blueprint(feature.blueprint)
    if not config_of(app).is_production:
        app.register_blueprint(mailbox.blueprint)
    app.register_error_handler(ConfirmationRequired, confirm_routes.ask_for_confirmation)
    app.register_error_handler(NotFound, locked_out.answer_not_found)
    viewing.init_viewing(app)
    app.before_request(_limit_writes)
    app.after_request(_report_denial)


def _limit_writes() -> None:
    """Count a request that changes something against the user's limit; the API counts its own."""
    if request.method in SAFE_METHODS or request.path.startswith(API_PREFIX):
        return
    if current_user.is_authenticated:
        rate_limits.limit_writes(current_user.user_id, sessions.opened_session().counted_write)


def _report_denial(response: Response) -> Response:
    user_id = g.get(
        "user_id"
    )  # set by identification; `current_user` could query a failing store again
    is_asked = g.get("is_confirmation_required") or g.get("is_two_factor_required")
    is_denied = response.status_code == 403 and not is_asked
    if (is_denied or g.get("is_denied")) and user_id is not None:
        security_events.report(
            Event.USER_ACCESS_DENIED,
            user_id=user_id,
            details={"method": request.method, "path": request.path[:400]},
            **client_details(),
        )
    return response
