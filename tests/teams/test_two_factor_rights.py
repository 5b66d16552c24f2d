"""Who decides whether a team requires two-factor log-in, and that nobody needs it to leave the team."""

from __future__ import annotations

import re
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.errors import Conflict, Forbidden, InvalidInput
from taskforge.leaving.export_jobs import write_due
from taskforge.leaving.exports import request_export
from taskforge.notifications.jobs import deliver_pending
from taskforge.stores import sql
from taskforge.teams import service as teams
from taskforge.teams import two_factor as service
from taskforge.teams.invitations import queries as invitations
from taskforge.teams.invitations.service import accept_invitation
from taskforge.teams.matrix import DEFAULT_MATRIX, Grant
from tests.accounts.authenticator import set_up
from tests.audit_trail import events_of, last_event
from tests.factories import PASSWORD, Person, Team, forget_confirmation, make_task, make_team
from tests.pages import visit
from tests.stores.test_account_export import all_of, opened
from tests.teams.invited import invite
from tests.teams.roles import set_rights
from tests.together import at_once_inside


@pytest.fixture
def team(ada: Person, bob: Person, gus: Person) -> Team:
    """Ada's team; only Ada has two-factor log-in."""
    set_up(ada)
    return make_team(ada, member=bob, guest=gus)


def require(person: Person, team: Team) -> None:
    with person.app.app_context():
        service.require_two_factor(person.actor, team.team_id, grace_days=0)


def test_only_who_may_edit_the_team_decides(app: Flask, bob: Person, team: Team) -> None:
    set_up(bob)
    with app.app_context():
        with pytest.raises(Forbidden):
            service.require_two_factor(bob.actor, team.team_id)
        with pytest.raises(Forbidden):
            service.release_two_factor(bob.actor, team.team_id)
        with pytest.raises(Forbidden):
            service.get_requirement(bob.actor, team.team_id)
    assert visit(bob).open(f"/teams/{team.team_id}/two-factor").status == 403


def test_too_many_days_are_refused(app: Flask, ada: Person, team: Team) -> None:
    with app.app_context(), pytest.raises(InvalidInput):
        service.require_two_factor(ada.actor, team.team_id, grace_days=91)
    page = visit(ada).fill(f"/teams/{team.team_id}/two-factor", "/two-factor", grace_days="1000")
    assert page.status == 422


def test_a_guest_who_is_kept_out_is_limited_all_the_same(
    app: Flask, ada: Person, gus: Person, team: Team
) -> None:
    require(ada, team)
    path = f"/teams/{team.team_id}/members/{gus.user_id}/boards"
    assert visit(ada).fill(path, path, is_limited="1").status == 303
    answer = ada.api("GET", path)
    assert (answer.status_code, answer.json["boardIds"]) == (200, [])


def test_a_member_who_may_edit_the_team_does_not_decide(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    set_up(bob)
    with app.app_context():
        set_rights(ada, team, DEFAULT_MATRIX | {Grant("member", "team.edit")})
        for act in (
            service.require_two_factor,
            service.release_two_factor,
            service.get_requirement,
        ):
            with pytest.raises(Forbidden, match="Only an admin"):
                act(bob.actor, team.team_id)
        set_rights(ada, team, DEFAULT_MATRIX - {Grant("admin", "team.edit")})
        with pytest.raises(Forbidden):
            service.require_two_factor(ada.actor, team.team_id)
        set_rights(ada, team, DEFAULT_MATRIX | {Grant("member", "team.edit")})
    visitor, path = visit(bob), f"/teams/{team.team_id}"
    assert visitor.open(f"{path}/two-factor").status == 403
    assert "/two-factor" not in visitor.open(f"{path}/edit").html
    assert "/two-factor" in visit(ada).open(f"{path}/edit").html
    assert bob.api("PUT", f"{path}/two-factor", {}).status_code == 403


def test_whoever_is_demoted_first_does_not_decide(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    """The role is asked again behind the team's lock."""
    set_up(bob)
    with app.app_context():
        teams.change_role(ada.actor, team.team_id, bob.user_id, role="admin")
        decide = partial(service.require_two_factor, bob.actor, team.team_id, grace_days=3)
        demote = partial(teams.change_role, ada.actor, team.team_id, bob.user_id, role="guest")
        decided, _ = at_once_inside(app, [decide, demote])
        names = [event.event for event in events_of(team.team_id)]
    after_demotion = names[::-1][: names[::-1].index("team.member_role_changed")]
    assert "team.two_factor_required" not in after_demotion
    assert isinstance(decided, Forbidden) or "team.two_factor_required" in names


def test_changing_it_asks_for_the_password(ada: Person, bob: Person, team: Team) -> None:
    path = f"/teams/{team.team_id}/two-factor"
    visitor = visit(ada)
    page = visitor.open(path)
    forget_confirmation(ada)
    refused = visitor.send(page.form("/two-factor"), grace_days="14")
    assert refused.status == 422
    assert "grace_days" in refused.form("/two-factor").fields
    assert ada.api("GET", path).json["from"] is None
    for method in ("PUT", "DELETE"):
        answer = ada.api(method, path, {} if method == "PUT" else None)
        assert answer.json["error"]["code"] == "confirmation_required"
    ada.api("POST", "/auth/confirm", {"password": PASSWORD})
    assert ada.api("PUT", path, {"graceDays": 3}).status_code == 200
    forget_confirmation(ada)
    assert ada.api("DELETE", path).status_code == 403


def test_who_has_none_leaves_all_the_same(
    app: Flask, ada: Person, bob: Person, gus: Person, team: Team
) -> None:
    task_id = make_task(ada, team, "Plans", assignee_id=bob.user_id)
    require(ada, team)
    visitor, path = visit(bob), f"/teams/{team.team_id}"
    link = re.findall(r'href="([^"]*/leave)"', visitor.open(path).html)[0]
    page = visitor.open(link)
    assert page.status == 200
    assert "you need no two-factor log-in" in page.text
    assert visitor.send(page.form("/leave")).status == 303
    with app.app_context():
        assert last_event(team.team_id).before["members"] == {bob.user_id: "member"}
        assignee = text("SELECT assignee_id FROM tasks WHERE task_id = :id")
        assert sql.scalar(assignee, {"id": task_id}) == bob.user_id
    assert visitor.open(path).status == 404
    refused = gus.api("POST", f"{path}/leave", {"handOverTo": ada.user_id})
    assert refused.json["error"]["code"] == "two_factor_required"
    assert gus.api("POST", f"{path}/leave", {}).status_code == 204
    assert gus.api("GET", path).status_code == 404


def test_the_last_admin_does_not_leave_without_it_either(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    require(ada, team)
    with app.app_context():
        sql.execute_now(text("UPDATE users SET two_factor_at = NULL"))
    visitor = visit(ada)
    page = visitor.open(f"/teams/{team.team_id}/leave")
    refused = visitor.send(page.form("/leave"))
    assert refused.status == 409
    assert "needs at least one admin" in refused.text
    assert bob.api("POST", f"/teams/{team.team_id}/leave", {}).status_code == 204


def test_what_they_sent_before_lets_nobody_in_meanwhile(
    app: Flask, ada: Person, bob: Person, eve: Person, team: Team
) -> None:
    with app.app_context():
        teams.change_role(ada.actor, team.team_id, bob.user_id, role="admin")
        _, token = invite(bob, team, email=eve.email)
        service.require_two_factor(ada.actor, team.team_id, grace_days=0)
        assert invitations.list_own(eve.actor) == []
        assert invitations.list_of_team(ada.actor, team.team_id)[0]["status"] == "void"
        with pytest.raises(Conflict, match="invite people any more"):
            accept_invitation(eve.actor, token=token)
    set_up(bob)
    with app.app_context():
        accept_invitation(eve.actor, token=token)


def test_lists_and_the_export_say_that_they_are_in_it_and_no_more(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    task_id = make_task(ada, team, "Hidden plans", assignee_id=bob.user_id)
    version = ada.api("GET", f"/teams/{team.team_id}").json["version"]
    secret = {"description": "Only for those inside", "version": version}
    assert ada.api("PATCH", f"/teams/{team.team_id}", secret).status_code == 200
    with app.app_context():
        deliver_pending()
    require(ada, team)
    (listed,) = bob.api("GET", "/teams").json["items"]
    shown = [listed[name] for name in ("name", "role", "description", "memberCount", "boardCount")]
    assert shown == ["Web", "member", "", 0, 0]
    page = visit(bob).open("/teams")
    assert "needs two-factor" in page.text
    assert "Only for those inside" not in page.text
    with app.app_context():
        export_id = str(request_export(bob.actor).extra["export_id"])
        write_due()
        files = opened(bob.actor, export_id)
    (own,) = files["teams.json"]
    assert (own["name"], own["role"], own["needsTwoFactor"]) == ("Web", "member", True)
    assert own["description"] is None
    assert all_of(files, "tasks") == []
    told = [
        one["about"]["task_id"]
        for one in all_of(files, "notifications")
        if one["kind"] == "assigned"
    ]
    assert told == [task_id]  # the inbox had it before
