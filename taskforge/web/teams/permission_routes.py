"""The permission matrix of a team: its page, its changes, the defaults, and the way back."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from taskforge.errors import StaleVersion
from taskforge.http.forms import Form, VersionForm
from taskforge.http.htmx import go_to, wants_json
from taskforge.identity.current import current_actor
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change
from taskforge.teams import matrix_service as service
from taskforge.teams.access import access_team
from taskforge.teams.matrix import DEFAULT_MATRIX, UNTOUCHABLE, Grant, Matrix
from taskforge.teams.permissions import ROLES, Permission
from taskforge.web.teams.matrix_presenter import cell_name, show_changes, show_matrix
from taskforge.web.teams.routes import blueprint
from taskforge.web.ways_back import (
    WayBack,
    kind_of_restoration,
    offer_way_back,
    way_back_answer,
)


@blueprint.get("/teams/<id:team_id>/permissions")
def permissions(team_id: str) -> ResponseReturnValue:
    """What each role may do, for everybody in the team; with controls for who may change it."""
    return _page(current_actor(), team_id)


@blueprint.post("/teams/<id:team_id>/permissions")
def permissions_submitted(team_id: str) -> ResponseReturnValue:
    """Set what each role may do: the roles and permissions whose boxes are ticked."""
    actor = current_actor()
    form, sent = VersionForm(), _sent_matrix()
    change = form.attempt(
        lambda version: service.change_permissions(actor, team_id, version=version, grants=sent)
    )
    return _answer(actor, team_id, form, change, sent=sent)


@blueprint.post("/teams/<id:team_id>/permissions/reset")
def reset_permissions(team_id: str) -> ResponseReturnValue:
    """Set what each role may do as it is in a new team."""
    actor = current_actor()
    form = VersionForm()
    change = form.attempt(
        lambda version: service.change_permissions(
            actor, team_id, version=version, grants=DEFAULT_MATRIX
        )
    )
    return _answer(actor, team_id, form, change)


@blueprint.post("/teams/<id:team_id>/permissions/<id:change_id>/undo")
def undo_permissions(team_id: str, change_id: str) -> ResponseReturnValue:
    """Take one change of the matrix back."""
    actor = current_actor()
    form = Form()
    change = form.attempt(lambda: service.undo_permissions(actor, team_id, change_id))
    return _answer(actor, team_id, form, change)


def _sent_matrix() -> Matrix:
    ticked = {
        Grant(role, one.value)
        for role in ROLES
        for one in Permission
        if cell_name(role, one.value) in request.form
    }
    return frozenset(ticked | {UNTOUCHABLE})  # its box can't be changed, so no browser sends it


def _answer(
    actor: Actor, team_id: str, form: Form, change: Change | None, *, sent: Matrix | None = None
) -> ResponseReturnValue:
    """The page again: with the way back of what was done, or with why not, and what was ticked."""
    if change is None:
        if form.refusal is not None and wants_json():
            raise form.refusal
        return form.refused(_page(actor, team_id, form, sent))
    if not change.event_id:
        flash("Nothing was changed: the rights are like this already.", "info")
        return go_to(url_for("teams.permissions", team_id=team_id))
    address = url_for("teams.undo_permissions", team_id=team_id, change_id=change.event_id)
    text = "The rights are changed, for everybody at once."
    way = WayBack(text=text, address=address, kind=kind_of_restoration())
    if wants_json():
        return way_back_answer(way)
    offer_way_back(way)
    return go_to(url_for("teams.permissions", team_id=team_id))


def _page(actor: Actor, team_id: str, form: Form | None = None, sent: Matrix | None = None) -> str:
    membership = access_team(actor.user_id, team_id)
    matrix = service.get_matrix(actor, team_id)
    problems = list(form.sentences) if form else []
    if form and isinstance(form.refusal, StaleVersion):
        problems = [f"{form.refusal.message} Your ticks are kept; saving again replaces theirs."]
    shown = matrix if sent is None else replace(matrix, grants=sent)
    return render_template(
        "teams/permissions.html",
        team={"team_id": team_id, "name": membership.team_name, "version": matrix.version},
        groups=show_matrix(shown.grants),
        is_default=matrix.grants == DEFAULT_MATRIX,
        changes=show_changes(service.list_matrix_changes(actor, team_id)),
        problems=problems,
        may_change=membership.may(Permission.TEAM_MANAGE_PERMISSIONS),
    )
