"""The pages behind the links into teams, and the answers to one's own invitations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from taskforge.errors import Forbidden, NotFound
from taskforge.http.forms import Form
from taskforge.http.htmx import go_to
from taskforge.identity import invited
from taskforge.identity.current import current_actor
from taskforge.stores.operations import Change
from taskforge.teams.invitations import service, team_links
from taskforge.teams.invitations.access import FOR_SOMEBODY_ELSE, OPEN, WHY_CLOSED, find_by_token
from taskforge.web.invitations.presenters import show_invitation, show_join_link

GONE = 410

blueprint = Blueprint("invitations", __name__)


@blueprint.get("/invitations/<token>")
def show(token: str) -> ResponseReturnValue:
    """What the link of an invitation leads to: who invites into what; the way to log in or sign up, or to accept it."""
    return _invitation_page(token)


@blueprint.post("/invitations/<string(length=43):token>/accept")
def accept(token: str) -> ResponseReturnValue:
    """Join the team, by the invitation's link."""
    actor = current_actor()
    return _answer(
        lambda: service.accept_invitation(actor, token=token),
        lambda problems: _invitation_page(token, problems),
    )


@blueprint.post("/invitations/<string(length=43):token>/decline")
def decline(token: str) -> ResponseReturnValue:
    """Refuse an invitation, by its link."""
    actor = current_actor()
    form = Form()
    if form.attempt(lambda: service.decline_invitation(actor, token=token)) is None:
        return _invitation_page(token, form.sentences)
    return _after_decline()


@blueprint.post("/invitations/<id:invitation_id>/accept")
def accept_own(invitation_id: str) -> ResponseReturnValue:
    """Join the team of an invitation to one's own account."""
    actor = current_actor()
    return _answer(
        lambda: service.accept_invitation(actor, invitation_id=invitation_id), _back_to_teams
    )


@blueprint.post("/invitations/<id:invitation_id>/decline")
def decline_own(invitation_id: str) -> ResponseReturnValue:
    """Refuse an invitation to one's own account."""
    actor = current_actor()
    form = Form()
    if form.attempt(lambda: service.decline_invitation(actor, invitation_id=invitation_id)) is None:
        return _back_to_teams(form.sentences)
    return _after_decline()


@blueprint.get("/join/<token>")
def join(token: str) -> ResponseReturnValue:
    """What a team's join link leads to."""
    return _join_page(token)


@blueprint.post("/join/<string(length=43):token>")
def join_submitted(token: str) -> ResponseReturnValue:
    """Join a team by its link."""
    actor = current_actor()
    return _answer(
        lambda: invited.join_by_link(actor, token), lambda problems: _join_page(token, problems)
    )


def _answer(
    use_case: Callable[[], Change], refused: Callable[[list[str]], ResponseReturnValue]
) -> ResponseReturnValue:
    form = Form()
    change = form.attempt(use_case)
    if change is None:
        return refused(form.sentences)
    flash("You are in the team now.", "ok")
    return go_to(url_for("teams.show", team_id=change.entity_id))


def _after_decline() -> ResponseReturnValue:
    flash("You have declined the invitation.", "ok")
    return go_to(url_for("teams.index"))


def _back_to_teams(problems: list[str]) -> ResponseReturnValue:
    flash(" ".join(problems), "danger")
    return go_to(url_for("teams.index"))


def _invitation_page(token: str, problems: list[str] | None = None) -> ResponseReturnValue:
    user_id = current_user.user_id if current_user.is_authenticated else None
    try:
        found = find_by_token(token, user_id)
    except NotFound as error:
        return _page("closed", status=error.status, why=error.message)
    if found["status"] != OPEN:
        return _page("closed", status=GONE, why=WHY_CLOSED[found["status"]])
    if user_id is not None and not found["is_for_actor"]:
        return _page("other", status=Forbidden.status, why=FOR_SOMEBODY_ELSE)
    state = "ready" if user_id is not None else "anonymous"
    shown = show_invitation(found, token)
    why_not = invited.why_not_register(token) if user_id is None else None
    status = 409 if problems else 200
    return _page(state, status=status, link=shown, problems=problems or [], why_not=why_not)


def _join_page(token: str, problems: list[str] | None = None) -> ResponseReturnValue:
    try:
        found = team_links.find_join_link(token)
    except NotFound as error:
        return _page("closed", status=error.status, why=error.message)
    if not found["is_held"]:
        return _page("closed", status=GONE, why=team_links.OFF)
    state = "ready" if current_user.is_authenticated else "anonymous"
    why_not = invited.why_not_register(None) if state == "anonymous" else None
    status = 409 if problems else 200
    shown = show_join_link(found, token)
    return _page(state, status=status, link=shown, problems=problems or [], why_not=why_not)


def _page(state: str, *, status: int, **context: Any) -> ResponseReturnValue:
    return render_template("invitations/show.html", state=state, **context), status
