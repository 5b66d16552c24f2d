"""Adding people to a team, giving them roles, and letting them go."""

from __future__ import annotations

import pytest
from flask import Flask

from taskforge.messaging import queues
from taskforge.messaging.redis_client import redis_client
from taskforge.teams import service
from tests.factories import Person, Team, csrf_token, make_team
from tests.pages import Page, visit


def fill(admin: Person, team: Team, email: str, role: str = "member") -> Page:
    return visit(admin).fill(f"/teams/{team.team_id}", "/members/add", email=email, role=role)


def add(admin: Person, team: Team, person: Person, role: str = "member") -> None:
    with admin.app.app_context():
        service.add_member(admin.actor, team.team_id, role=role, user_id=person.user_id)


def test_who_is_in_the_parent_team_is_in_the_team_at_once(ada: Person, bob: Person) -> None:
    parent = make_team(ada, "Parents", guest=bob)
    team = make_team(ada)
    visit(ada).fill(f"/teams/{team.team_id}/edit", "/edit", parent_team_id=parent.team_id)
    answer = fill(ada, team, bob.email.upper())
    assert answer.location == f"/teams/{team.team_id}#members"
    assert bob.email in visit(ada).open(f"/teams/{team.team_id}").text
    assert visit(bob).open(f"/boards/{team.board_id}").status == 200


def test_everybody_else_is_invited_and_sees_nothing_before_they_accept(
    ada: Person, bob: Person, team: Team
) -> None:
    answer = fill(ada, team, bob.email.upper())
    assert answer.location.startswith(f"/teams/{team.team_id}?sent=")
    assert visit(bob).open(f"/boards/{team.board_id}").status == 404
    assert visit(bob).open(f"/teams/{team.team_id}").status == 404


@pytest.mark.parametrize(
    ("email", "role", "sentence"),
    [
        ("nobody", "member", "must be an address like name@example.com"),
        ("bob@example.test", "owner", "Role is not one of the choices"),
    ],
)
def test_a_wrong_person_or_role_is_explained(
    ada: Person, team: Team, email: str, role: str, sentence: str
) -> None:
    page = fill(ada, team, email, role)
    assert page.status == 422
    assert sentence in page.text
    assert page.form("/members/add").fields["email"] == email


def test_nobody_is_added_twice(ada: Person, bob: Person, team: Team) -> None:
    add(ada, team, bob)
    page = fill(ada, team, bob.email)
    assert page.status == 409
    assert "They are a member of this team already." in page.text


def test_a_role_is_changed(ada: Person, bob: Person, team: Team) -> None:
    add(ada, team, bob, "guest")
    assert not visit(bob).open(f"/boards/{team.board_id}").has_form("/tasks/create")
    path = f"/members/{bob.user_id}/change-role"
    assert visit(ada).fill(f"/teams/{team.team_id}", path, role="member").status == 303
    assert visit(bob).open(f"/boards/{team.board_id}").has_form("/tasks/create")


def test_the_last_admin_stays_one(ada: Person, bob: Person, team: Team) -> None:
    add(ada, team, bob)
    path = f"/members/{ada.user_id}/change-role"
    page = visit(ada).fill(f"/teams/{team.team_id}", path, role="guest")
    assert page.status == 409
    assert "A team needs at least one admin." in page.text
    assert not visit(ada).open(f"/teams/{team.team_id}/leave").has_form("/leave")


def test_somebody_who_is_removed_sees_nothing_any_more(
    ada: Person, bob: Person, team: Team
) -> None:
    add(ada, team, bob)
    visitor = visit(bob)
    assert visitor.open(f"/boards/{team.board_id}").status == 200
    assert (
        visit(ada).fill(f"/teams/{team.team_id}/members/{bob.user_id}/remove", "/remove").status
        == 303
    )
    assert visitor.open(f"/boards/{team.board_id}").status == 404


def test_everybody_may_leave(ada: Person, bob: Person, team: Team) -> None:
    add(ada, team, bob)
    visitor = visit(bob)
    assert visitor.fill(f"/teams/{team.team_id}/leave", "/leave").location == "/teams"
    assert visitor.open(f"/teams/{team.team_id}").status == 404


def test_a_member_manages_nobody_and_the_try_is_put_on_record(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    add(ada, team, bob)
    form = visit(ada).open(f"/teams/{team.team_id}/members/{bob.user_id}/remove").form("/remove")
    visitor = visit(bob)
    token = csrf_token(visitor.client)
    form.action = form.action.replace(bob.user_id, ada.user_id)
    assert visitor.send(form, csrf_token=token).status == 403
    with app.app_context():
        waiting = queues.queue(queues.AUDIT, redis_client()).jobs
    events = [job.args[0] for job in waiting if job.func_name == queues.WRITE_SECURITY_EVENT]
    assert [(event["event"], event["actor_id"]) for event in events] == [
        ("user.access_denied", bob.user_id)
    ]
