"""How people go from a team: removing somebody, taking that back, leaving, and handing the team over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from taskforge.accounts.queries import list_display_names
from taskforge.errors import Forbidden, NotFound
from taskforge.http.forms import Form
from taskforge.http.htmx import go_to, wants_json
from taskforge.identity.current import current_actor
from taskforge.stores.actor import Actor
from taskforge.tasks.bulk import hand_over
from taskforge.teams import queries
from taskforge.teams.access import access_team
from taskforge.teams.departures import find_locked_out, list_departed
from taskforge.teams.permissions import Permission, Role
from taskforge.teams.transfer import ADMINS_ONLY, transfer_team
from taskforge.text.counting import count_cards
from taskforge.text.people import person_of
from taskforge.web.teams.forms import HandOverForm, TransferForm
from taskforge.web.teams.presenters import show_departed
from taskforge.web.teams.routes import blueprint
from taskforge.web.ways_back import WayBack, kind_of_restoration, offer_way_back, way_back_answer

MAX_TOLD = 3  # cards that did not come back, of which the message says why


@blueprint.get("/teams/<id:team_id>/members/<id:user_id>/remove")
def remove_member(team_id: str, user_id: str) -> ResponseReturnValue:
    """The question what becomes of the open cards of somebody who is to be removed."""
    actor = current_actor()
    if user_id == actor.user_id:
        return go_to(url_for("teams.leave", team_id=team_id))
    return _page(actor, team_id, user_id, HandOverForm())


@blueprint.post("/teams/<id:team_id>/members/<id:user_id>/remove")
def remove_member_submitted(team_id: str, user_id: str) -> ResponseReturnValue:
    """Remove a member from a team, and hand over what they had to do."""
    actor, form = current_actor(), HandOverForm()
    change = form.attempt(
        lambda **values: hand_over.remove_member(actor, team_id, user_id, **values)
    )
    if change is None:
        if form.refusal is not None and wants_json():
            raise form.refusal
        return form.refused(_page(actor, team_id, user_id, form))
    name = list_display_names([user_id]).get(user_id, "Somebody")
    number = change.extra.get("cards", 0)
    went = f" {count_cards(number)} handed over." if number else ""
    address = url_for("teams.restore_member", team_id=team_id, user_id=user_id)
    text = f"{name} is removed.{went}"
    way = WayBack(text=text, address=address, kind=kind_of_restoration())
    if wants_json():
        return way_back_answer(way)
    offer_way_back(way)
    return go_to(url_for("teams.show", team_id=team_id, _anchor="members"))


@blueprint.post("/teams/<id:team_id>/members/<id:user_id>/restore")
def restore_member(team_id: str, user_id: str) -> ResponseReturnValue:
    """Take the removal of a member back; where that is refused, the team's page says why."""
    actor, form = current_actor(), Form()
    change = form.attempt(lambda: hand_over.restore_member(actor, team_id, user_id))
    here = url_for("teams.show", team_id=team_id, _anchor="members")
    if change is None:
        if form.refusal is not None and wants_json():
            raise form.refusal
        flash(" ".join(form.sentences), "danger")
        return go_to(here)
    name = list_display_names([user_id]).get(user_id, "Somebody")
    address = url_for("teams.remove_member", team_id=team_id, user_id=user_id)
    way = WayBack(
        text=_say_return(name, change.extra),
        address=address,
        fields={"hand_over_to": change.extra["handed_over_to"]},
        kind=kind_of_restoration(),
    )
    if wants_json():
        return way_back_answer(way)
    offer_way_back(way)
    return go_to(here)


@blueprint.get("/teams/<id:team_id>/members/removed")
def removed(team_id: str) -> ResponseReturnValue:
    """The people whose removal can be taken back."""
    actor = current_actor()
    people = [show_departed(row) for row in list_departed(actor, team_id)]
    team = queries.get_team(actor, team_id)
    return render_template("teams/removed.html", team=team, people=people)


@blueprint.get("/teams/<id:team_id>/leave")
def leave(team_id: str) -> ResponseReturnValue:
    """What leaving means, and the question what becomes of one's open cards."""
    return _page_to_leave(current_actor(), team_id, HandOverForm())


@blueprint.post("/teams/<id:team_id>/leave")
def leave_submitted(team_id: str) -> ResponseReturnValue:
    """Leave a team."""
    actor, form = current_actor(), HandOverForm()
    change = form.attempt(
        lambda **values: hand_over.remove_member(actor, team_id, actor.user_id, **values)
    )
    if change is None:
        return form.refused(_page_to_leave(actor, team_id, form))
    flash("You have left the team.", "ok")
    return go_to(url_for("teams.index"))


@blueprint.get("/teams/<id:team_id>/transfer")
def transfer(team_id: str) -> ResponseReturnValue:
    """The form by which an admin hands the team over."""
    return _transfer_page(current_actor(), team_id, TransferForm())


@blueprint.post("/teams/<id:team_id>/transfer")
def transfer_submitted(team_id: str) -> ResponseReturnValue:
    """Make somebody else an admin, and step down."""
    actor, form = current_actor(), TransferForm()
    change = form.attempt(lambda **values: transfer_team(actor, team_id, **values))
    if change is None:
        return form.refused(_transfer_page(actor, team_id, form))
    name = list_display_names([form.values["user_id"]])[form.values["user_id"]]
    flash(f"{name} is an admin of the team now, and you are a {form.values['role']}.", "ok")
    return go_to(url_for("teams.show", team_id=team_id, _anchor="members"))


def _page_to_leave(actor: Actor, team_id: str, form: HandOverForm) -> str:
    """The form before one leaves; for who sees nothing of the team without two-factor log-in, without their cards."""
    team = find_locked_out(actor, team_id)
    if team is None:
        return _page(actor, team_id, actor.user_id, form)
    return render_template(
        "teams/leave_locked.html", team=team, is_inherited=team["is_inherited"], form=form
    )


def _page(actor: Actor, team_id: str, user_id: str, form: HandOverForm) -> str:
    """The form before somebody goes: another one whom the actor may remove, or the actor."""
    if user_id != actor.user_id:
        access_team(actor.user_id, team_id, Permission.TEAM_MANAGE_MEMBERS)
    team = queries.get_team(actor, team_id)
    members = {row["user_id"]: row for row in queries.list_members(actor, team_id)}
    if user_id not in members:
        raise NotFound()
    others = [row for row in members.values() if row["user_id"] != user_id]
    form.offer_people(others, is_self=user_id == actor.user_id)
    member = members[user_id]
    is_last_admin = member["role"] == Role.ADMIN and not _admins(others)
    return render_template(
        "teams/departure.html",
        team=team,
        user=person_of(user_id, member["display_name"]),
        is_you=user_id == actor.user_id,
        is_inherited=member["is_inherited"],
        is_last_admin=is_last_admin,
        may_transfer=bool(others),
        card_count=hand_over.count_open_cards(actor, team_id, user_id),
        may_hand_over=Permission.TASK_EDIT in team["permissions"],
        form=form,
    )


def _admins(members: list[Any]) -> list[Any]:
    return [one for one in members if one["role"] == Role.ADMIN and not one["is_inherited"]]


def _transfer_page(actor: Actor, team_id: str, form: TransferForm) -> str:
    team = queries.get_team(actor, team_id)
    if team["role"] != Role.ADMIN:
        raise Forbidden(ADMINS_ONLY)
    members = queries.list_members(actor, team_id)
    form.offer_people(row for row in members if row["user_id"] != actor.user_id)
    return render_template(
        "teams/transfer.html",
        team=team,
        form=form,
        is_admin=any(one["user_id"] == actor.user_id for one in _admins(list(members))),
    )


def _say_return(name: str, extra: Mapping[str, Any]) -> str:
    """What came back with a person, and why some of it did not."""
    words = [f"{name} is back."]
    if extra.get("cards"):
        words.append(f"{count_cards(extra['cards'])} handed back.")
    refused = extra.get("refused") or []
    words += refused[:MAX_TOLD]
    if more := extra.get("refused_count", 0) - len(refused[:MAX_TOLD]):
        words.append(f"So it is with {count_cards(more)} more.")
    return " ".join(words)
