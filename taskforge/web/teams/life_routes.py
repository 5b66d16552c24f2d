"""Archiving, deleting and restoring teams, and the lists of what is archived or deleted."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from taskforge.boards.archive import archive_team, unarchive_team
from taskforge.boards.queries import list_archived_boards, list_teams
from taskforge.errors import Forbidden
from taskforge.http.forms import Form, cleaned
from taskforge.http.htmx import go_to, wants_json
from taskforge.identity.confirmation import needs_confirmation
from taskforge.identity.current import current_actor
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change
from taskforge.teams import deletion, queries
from taskforge.teams.models import NAME_LENGTH
from taskforge.teams.permissions import Permission, Role
from taskforge.text.people import person_of
from taskforge.text.validation import clean_line
from taskforge.web.teams.routes import blueprint
from taskforge.web.ways_back import WayBack, kind_of_restoration, offer_way_back, way_back_answer


class DeleteTeamForm(Form):
    """The name of the team, typed to show that this one is meant."""

    name = StringField("Name of the team", [cleaned(clean_line, max_length=NAME_LENGTH)])


@blueprint.post("/teams/<id:team_id>/archive")
def archive(team_id: str) -> ResponseReturnValue:
    """Make a team and its boards read-only."""
    way_back = url_for("teams.unarchive", team_id=team_id)
    return _change_archive(team_id, archive_team, "The team is archived.", way_back)


@blueprint.post("/teams/<id:team_id>/unarchive")
def unarchive(team_id: str) -> ResponseReturnValue:
    """Let a team be changed again."""
    way_back = url_for("teams.archive", team_id=team_id)
    return _change_archive(team_id, unarchive_team, "The team is out of the archive.", way_back)


@blueprint.get("/teams/archived")
def archived() -> ResponseReturnValue:
    """The teams and boards that are archived."""
    actor = current_actor()
    boards = [
        {**board, "may_unarchive": Permission.BOARD_DELETE in board["permissions"]}
        for board in list_archived_boards(actor)
    ]
    teams = [
        {**team, "may_unarchive": team["role"] == Role.ADMIN}
        for team in list_teams(actor, archived=True)
    ]
    return render_template("teams/archived.html", teams=teams, boards=boards)


@blueprint.get("/teams/<id:team_id>/delete")
@needs_confirmation
def delete(team_id: str) -> ResponseReturnValue:
    """What deleting a team means, and the form for its name."""
    return _delete_page(current_actor(), team_id, DeleteTeamForm())


@blueprint.post("/teams/<id:team_id>/delete")
@needs_confirmation
def delete_submitted(team_id: str) -> ResponseReturnValue:
    """Delete a team with everything in it."""
    actor, form = current_actor(), DeleteTeamForm()
    change = form.attempt(lambda name: deletion.delete_team(actor, team_id, name=name))
    if change is None:
        return form.refused(_delete_page(actor, team_id, form))
    address = url_for("teams.restore", team_id=team_id)
    offer_way_back(WayBack(text=f"“{form.values['name']}” is deleted.", address=address))
    return go_to(url_for("teams.deleted"))


@blueprint.post("/teams/<id:team_id>/restore")
def restore(team_id: str) -> ResponseReturnValue:
    """Take the deletion of a team back, and go there; where that is refused, back to the deleted teams."""
    actor, form = current_actor(), Form()
    if form.attempt(lambda: deletion.restore_team(actor, team_id)) is None:
        if form.refusal is not None and wants_json():
            raise form.refusal
        flash(" ".join(form.sentences), "danger")
        return go_to(url_for("teams.deleted"))
    text = f"“{queries.get_team(actor, team_id)['name']}” is back."
    if wants_json():  # deleting it again asks for its name
        return way_back_answer(WayBack(text=text, address=url_for("teams.delete", team_id=team_id)))
    flash(text, "ok")
    return go_to(url_for("teams.show", team_id=team_id))


@blueprint.get("/teams/deleted")
def deleted() -> ResponseReturnValue:
    """The teams that the person can restore."""
    teams = [
        {**team, "deleted_by": person_of(team["deleter_id"], team["deleter_name"])}
        for team in deletion.list_deleted_teams(current_actor())
    ]
    return render_template("teams/deleted.html", teams=teams)


def _change_archive(
    team_id: str, change: Callable[[Actor, str], Change], text: str, way_back: str
) -> ResponseReturnValue:
    actor, form = current_actor(), Form()
    here = url_for("teams.show", team_id=team_id)
    if form.attempt(lambda: change(actor, team_id)) is None:
        if form.refusal is not None and wants_json():
            raise form.refusal
        flash(" ".join(form.sentences), "danger")
        return go_to(here)
    way = WayBack(text=text, address=way_back, kind=kind_of_restoration())
    if wants_json():
        return way_back_answer(way)
    offer_way_back(way)
    return go_to(here)


def _delete_page(actor: Actor, team_id: str, form: DeleteTeamForm) -> str:
    team = queries.get_team(actor, team_id)
    if team["role"] != Role.ADMIN:
        raise Forbidden(deletion.ADMINS_ONLY)
    return render_template("teams/delete.html", team=team, form=form)
