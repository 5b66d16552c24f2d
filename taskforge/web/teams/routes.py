"""Teams: the list, one team with its boards and people, and the changes of both."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from taskforge.boards import service as boards
from taskforge.http.forms import Form
from taskforge.http.htmx import go_to
from taskforge.identity.current import current_actor
from taskforge.messaging.online import find_online
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.teams import service
from taskforge.teams.access import access_team
from taskforge.text.people import person_of
from taskforge.web.boards.tiles import show_tiles
from taskforge.web.teams.forms import AddMemberForm, ChangeRoleForm, CreateTeamForm, EditTeamForm

blueprint = Blueprint("teams", __name__)


@blueprint.get("/teams")
def index() -> ResponseReturnValue:
    """One's teams, and the form for a new one."""
    return _index_page(current_actor(), CreateTeamForm())


@blueprint.post("/teams/create")
def create() -> ResponseReturnValue:
    """Create a team with its first board, and go there."""
    actor = current_actor()
    form = CreateTeamForm()
    change = form.attempt(lambda **values: boards.create_team(actor, **values))
    if change is None:
        return _index_page(actor, form), form.http_status, form.http_headers
    return go_to(url_for("boards.show", board_id=change.extra["board_id"]))


@blueprint.get("/teams/<id:team_id>")
def show(team_id: str) -> ResponseReturnValue:
    """A team: its boards and its people."""
    return _team_page(current_actor(), team_id, AddMemberForm())


@blueprint.get("/teams/<id:team_id>/edit")
def edit(team_id: str) -> ResponseReturnValue:
    """The form for name, description and place of a team."""
    actor = current_actor()
    access_team(actor.user_id, team_id, "team.edit")
    team = service.get_team(actor, team_id)
    return _edit_page(actor, team, EditTeamForm(formdata=None, data=dict(team)))


@blueprint.post("/teams/<id:team_id>/edit")
def edit_submitted(team_id: str) -> ResponseReturnValue:
    """Save name, description and place of a team."""
    actor = current_actor()
    access_team(actor.user_id, team_id, "team.edit")
    team = service.get_team(actor, team_id)
    form = EditTeamForm()
    change = form.attempt(
        lambda version, **values: service.edit_team(
            actor, team_id, version=version, changes=_changed(team, values)
        )
    )
    if change is None:
        page = _edit_page(actor, service.get_team(actor, team_id), form)
        return page, form.http_status, form.http_headers
    return go_to(url_for("teams.show", team_id=team_id))


@blueprint.post("/teams/<id:team_id>/members/add")
def add_member(team_id: str) -> ResponseReturnValue:
    """Add somebody who has an account."""
    actor = current_actor()
    form = AddMemberForm()
    change = form.attempt(lambda **values: service.add_member(actor, team_id, **values))
    if change is None:
        return _team_page(actor, team_id, form), form.http_status, form.http_headers
    flash(f"{form.email.data} is in the team now.", "ok")
    return go_to(url_for("teams.show", team_id=team_id, _anchor="members"))


@blueprint.post("/teams/<id:team_id>/members/<id:user_id>/change-role")
def change_role(team_id: str, user_id: str) -> ResponseReturnValue:
    """Give a member another role."""
    actor = current_actor()
    form = ChangeRoleForm()
    change = form.attempt(lambda role: service.change_role(actor, team_id, user_id, role=role))
    return _after_member_change(actor, team_id, form, done=change is not None)


@blueprint.post("/teams/<id:team_id>/members/<id:user_id>/remove")
def remove_member(team_id: str, user_id: str) -> ResponseReturnValue:
    """Take somebody out of a team."""
    actor = current_actor()
    form = Form()
    change = form.attempt(lambda: service.remove_member(actor, team_id, user_id))
    return _after_member_change(actor, team_id, form, done=change is not None)


@blueprint.post("/teams/<id:team_id>/leave")
def leave(team_id: str) -> ResponseReturnValue:
    """Leave a team."""
    actor = current_actor()
    service.remove_member(actor, team_id, actor.user_id)
    flash("You have left the team.", "ok")
    return go_to(url_for("teams.index"))


def show_team(row: sql.Row) -> dict[str, Any]:
    """A team with its parent, as far as the actor sees one."""
    parent = {"team_id": row["parent_team_id"], "name": row["parent_name"]}
    return {**row, "parent": parent if row["parent_name"] else None}


def show_member(row: sql.Row, actor: Actor, online: Collection[str]) -> dict[str, Any]:
    """A row of the people list; `online` are the ids of those who are active now."""
    return {
        "user": person_of(row["user_id"], row["display_name"], row["email"]),
        "role": row["role"],
        "joined_at": row["joined_at"],
        "is_you": row["user_id"] == actor.user_id,
        "is_online": row["user_id"] in online,
    }


def list_with_parents(teams: Sequence[sql.Row]) -> list[dict[str, Any]]:
    """Teams with the names of those parents that are in the list too."""
    names = {team["team_id"]: team["name"] for team in teams}
    return [show_team({**team, "parent_name": names.get(team["parent_team_id"])}) for team in teams]


def _index_page(actor: Actor, form: CreateTeamForm) -> str:
    teams = service.list_teams(actor)
    form.offer_parents(teams)
    return render_template("teams/index.html", teams=list_with_parents(teams), form=form)


def _team_page(actor: Actor, team_id: str, form: AddMemberForm) -> str:
    team = service.get_team(actor, team_id)
    members = service.list_members(actor, team_id)
    rows = boards.list_boards(actor, team_id)
    columns = boards.list_columns([row["board_id"] for row in rows])
    online = find_online([member["user_id"] for member in members])
    manages = "team.manage_members" in team["permissions"]
    may = {
        "edit": "team.edit" in team["permissions"],
        "invite": manages,
        "change_roles": manages,
        "remove": manages,
        "leave": len(members) > 1,
        "create_board": "board.create" in team["permissions"],
    }
    return render_template(
        "teams/show.html",
        team=show_team(team),
        members=[show_member(member, actor, online) for member in members],
        boards=show_tiles(rows, columns),
        form=form,
        may=may,
    )


def _edit_page(actor: Actor, team: sql.Row, form: EditTeamForm) -> str:
    form.offer_parents(service.list_teams(actor), but=team["team_id"])
    present = team["parent_team_id"]
    offered: dict[str, str] = form.parent_team_id.offered
    if present and present not in offered:
        form.parent_team_id.offer(
            {**offered, present: team["parent_name"] or "The present one"}.items()
        )
    return render_template("teams/edit.html", team=team, form=form)


def _changed(team: sql.Row, values: dict[str, Any]) -> dict[str, Any]:
    """Without the parent where it stays: keeping it is allowed also to those who may not choose it."""
    if values["parent_team_id"] == team["parent_team_id"]:
        return {name: value for name, value in values.items() if name != "parent_team_id"}
    return values


def _after_member_change(
    actor: Actor, team_id: str, form: Form, *, done: bool
) -> ResponseReturnValue:
    if done:
        return go_to(url_for("teams.show", team_id=team_id, _anchor="members"))
    page_form = AddMemberForm(formdata=None)
    page_form.form_errors.extend(form.sentences)
    return _team_page(actor, team_id, page_form), form.http_status, form.http_headers
