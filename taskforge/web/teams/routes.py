"""Teams: the list, one team with its boards and members, and the changes of a team and its members."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from taskforge.boards.queries import list_teams
from taskforge.boards.service import create_team
from taskforge.http.forms import Form, id_or_none
from taskforge.http.htmx import go_to
from taskforge.identity import invited
from taskforge.identity.current import current_actor
from taskforge.identity.invited import SentInvitation
from taskforge.messaging.online import find_online
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.columns import list_boards_with_counts
from taskforge.teams import queries, service
from taskforge.teams.access import access_team
from taskforge.teams.permissions import Permission, Role
from taskforge.web.boards.tiles import show_tiles
from taskforge.web.invitations.presenters import (
    show_join_links,
    show_own_invitations,
    show_team_invitations,
    url_of_sent,
    way_of,
)
from taskforge.web.teams.forms import AddMemberForm, ChangeRoleForm, CreateTeamForm, EditTeamForm
from taskforge.web.teams.people_list import list_people, shown_part
from taskforge.web.teams.presenters import (
    list_with_parents,
    show_members,
    show_team,
    team_rights,
)
from taskforge.web.teams.recent_changes import show_recent_changes

blueprint = Blueprint("teams", __name__)


@blueprint.get("/teams")
def index() -> ResponseReturnValue:
    """The person's teams, and the form for a new one."""
    return _index_page(current_actor(), CreateTeamForm())


@blueprint.post("/teams/create")
def create() -> ResponseReturnValue:
    """Create a team with its first board, and redirect to the board."""
    actor = current_actor()
    form = CreateTeamForm()
    change = form.attempt(lambda **values: create_team(actor, **values))
    if change is None:
        return form.refused(_index_page(actor, form))
    return go_to(url_for("boards.show", board_id=change.extra["board_id"]))


@blueprint.get("/teams/<id:team_id>")
def show(team_id: str) -> ResponseReturnValue:
    """A team: its boards and its people."""
    return _team_page(current_actor(), team_id, AddMemberForm())


@blueprint.get("/teams/<id:team_id>/edit")
def edit(team_id: str) -> ResponseReturnValue:
    """The form for name, description and place of a team."""
    actor = current_actor()
    access_team(actor.user_id, team_id, Permission.TEAM_EDIT)
    team = queries.get_team(actor, team_id)
    return _edit_page(
        actor,
        team,
        EditTeamForm(
            formdata=None,
            data={**team, "inherits_members": "1" if team["inherits_members"] else "0"},
        ),
    )


@blueprint.post("/teams/<id:team_id>/edit")
def edit_submitted(team_id: str) -> ResponseReturnValue:
    """Save name, description and place of a team."""
    actor = current_actor()
    access_team(actor.user_id, team_id, Permission.TEAM_EDIT)
    team = queries.get_team(actor, team_id)
    form = EditTeamForm()
    change = form.attempt(
        lambda version, **values: service.edit_team(
            actor, team_id, version=version, changes=_changed(team, values)
        )
    )
    if change is None:
        page = _edit_page(actor, queries.get_team(actor, team_id), form)
        return form.refused(page)
    return go_to(url_for("teams.show", team_id=team_id))


@blueprint.post("/teams/<id:team_id>/members/add")
def add_member(team_id: str) -> ResponseReturnValue:
    """Invite the person with an e-mail address into a team; who is in its parent team is in it at once."""
    actor = current_actor()
    form = AddMemberForm()
    done = form.attempt(lambda **values: invited.add_or_invite(actor, team_id, **values))
    if done is None:
        return form.refused(_team_page(actor, team_id, form))
    if not isinstance(done, SentInvitation):
        flash(f"{form.email.data} is in the team now.", "ok")
        return go_to(url_for("teams.show", team_id=team_id, _anchor="members"))
    flash(f"{form.email.data} is invited. {way_of(done)}", "ok")
    return go_to(url_of_sent(team_id, done))


@blueprint.post("/teams/<id:team_id>/members/<id:user_id>/change-role")
def change_role(team_id: str, user_id: str) -> ResponseReturnValue:
    """Give a member another role."""
    actor = current_actor()
    form = ChangeRoleForm()
    change = form.attempt(lambda role: service.change_role(actor, team_id, user_id, role=role))
    return after_member_change(actor, team_id, form, done=change is not None)


def _index_page(actor: Actor, form: CreateTeamForm) -> str:
    teams = list_teams(actor)
    form.offer_parents(teams)
    return render_template(
        "teams/index.html",
        teams=list_with_parents(teams),
        form=form,
        own_invitations=show_own_invitations(actor),
    )


def _team_page(actor: Actor, team_id: str, form: AddMemberForm) -> str:
    team = queries.get_team(actor, team_id)
    people = list_people(actor, team)
    rows = list_boards_with_counts(actor, [team_id])
    online = find_online([row["user_id"] for row in people.rows])
    may = team_rights(team)
    form.offer_roles(team["role"])
    manage = _managed(actor, team_id) if may["invite"] else {}
    return render_template(
        "teams/show.html",
        team=show_team(team),
        people=people,
        members=show_members(people.rows, actor, online),
        boards=show_tiles(rows),
        children=team["children"] or (),
        form=form,
        may=may,
        **manage,
    )


def _managed(actor: Actor, team_id: str) -> dict[str, Any]:
    """What the team's page shows beside its people to those who manage them."""
    nonce = id_or_none(request.args.get("sent"))
    return {
        "invitations": show_team_invitations(actor, team_id, nonce),
        "join_links": show_join_links(actor, team_id),
        "recent_changes": show_recent_changes(actor, team_id),
    }


def _edit_page(actor: Actor, team: sql.Row, form: EditTeamForm) -> str:
    form.offer_parents(list_teams(actor), ignored_id=team["team_id"])
    parent_id = team["parent_team_id"]
    offered: dict[str, str] = form.parent_team_id.offered
    if parent_id and parent_id not in offered:
        form.parent_team_id.offer(
            {**offered, parent_id: team["parent_name"] or "The present one"}.items()
        )
    may_require = team["role"] == Role.ADMIN
    return render_template("teams/edit.html", team=team, form=form, may_require=may_require)


def _changed(team: sql.Row, values: dict[str, Any]) -> dict[str, Any]:
    """The changed values, without what is unchanged of the place: only a new one needs a permission in the parent."""
    return {
        name: value
        for name, value in values.items()
        if name not in ("parent_team_id", "inherits_members") or value != team[name]
    }


def after_member_change(
    actor: Actor, team_id: str, form: Form, *, done: bool
) -> ResponseReturnValue:
    """The answer to a small form of the team's page: back to the people, or the page with what was refused."""
    if done:
        return go_to(url_for("teams.show", team_id=team_id, **shown_part(), _anchor="members"))
    page_form = AddMemberForm(formdata=None)
    page_form.form_errors.extend(form.sentences)
    return form.refused(_team_page(actor, team_id, page_form))
