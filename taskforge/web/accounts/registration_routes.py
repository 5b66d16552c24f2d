"""Signing up where mails are sent: the pages behind the form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, render_template
from flask.typing import ResponseReturnValue

from taskforge.accounts import registration
from taskforge.errors import Conflict, NotFound
from taskforge.http.htmx import go_to
from taskforge.http.urls import safe_next
from taskforge.identity import current
from taskforge.identity.actors import client_details, make_followup_actor
from taskforge.web.accounts.routes import blueprint
from taskforge.web.invitations.presenters import token_in
from taskforge.web.mailbox import routes as mailbox
from taskforge.web.onboarding.routes import create_home


@blueprint.get("/register/sent")
def registration_sent() -> ResponseReturnValue:
    """What to do now."""
    return render_template(
        "accounts/registration_sent.html", mailbox_address=mailbox.find_address()
    )


@blueprint.get("/register/confirm/<token>")
def confirm_registration(token: str) -> ResponseReturnValue:
    """The button that makes the account, or why the link does not work."""
    try:
        return _confirm_page(token, registration.find_registration(token), None)
    except NotFound as error:
        return _confirm_page(token, None, error)


@blueprint.post("/register/confirm/<token>")
def confirm_registration_submitted(token: str) -> ResponseReturnValue:
    """Make the account, with a team and a sample board unless somebody is invited into one, and log the person in."""
    try:
        made = registration.complete_registration(token, **client_details())
    except (NotFound, Conflict) as error:
        return _confirm_page(token, None, error)
    next_path = safe_next(made["next_path"])
    home = ""
    if token_in(next_path or "") is None:
        home = create_home(make_followup_actor(made["user_id"], "home"))
    current.start_browser_session(made["user_id"])
    return go_to(next_path or home)


def _confirm_page(
    token: str, pending: Mapping[str, Any] | None, problem: NotFound | Conflict | None
) -> Response:
    """The page of a link. Browsers tell no other page its address, which holds the token."""
    page = render_template(
        "accounts/confirm_registration.html",
        token=token,
        name=pending["first_name"] if pending else None,
        email=pending["email"] if pending else None,
        problem=problem.message if problem else None,
    )
    response = current_app.make_response((page, problem.status if problem else 200))
    response.headers["Referrer-Policy"] = "strict-origin"
    return response
