"""What a token may do: its scopes, and the teams that it is limited to."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.extensions import config_of
from taskforge.messaging import queues
from taskforge.messaging.redis_client import redis_client
from taskforge.notifications.jobs import deliver_pending
from taskforge.stores import sql
from taskforge.teams.service import add_member, remove_member
from tests.api_tokens import Program, give_token
from tests.factories import Person, Team, make_task, make_team


@pytest.fixture
def elsewhere(ada: Person) -> Team:
    """Another team of Ada's."""
    return make_team(ada, "Elsewhere")


@pytest.fixture
def limited(ada: Person, team: Team) -> Program:
    """A program that may do everything, in Ada's first team."""
    return give_token(ada, "admin", team_ids=[team.team_id])


def test_each_scope_includes_those_before_it(ada: Person, team: Team) -> None:
    task_id = make_task(ada, team)
    deeds = [
        ("GET", f"/tasks/{task_id}", None),
        ("PATCH", f"/tasks/{task_id}", {"title": "Other"}),
        ("POST", f"/teams/{team.team_id}/boards", {"name": "More"}),
        ("PATCH", f"/teams/{team.team_id}", {"name": "Other", "version": None}),
    ]
    for scope, let_in in (("read", 1), ("write", 3), ("admin", 4)):
        program = give_token(ada, scope)
        for number, (method, path, body) in enumerate(deeds):
            answer = program.api(method, path, body)
            assert (answer.status_code < 300) == (number < let_in), (scope, path, answer.text)
            if number >= let_in:
                assert answer.status_code == 403
                assert "scope" in answer.json["error"]["message"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/auth/sessions", None),
        ("GET", "/auth/logins", None),
        ("POST", "/auth/logout", {}),
        ("POST", "/auth/verify", {}),
        ("POST", "/auth/confirm", {"password": "x"}),
        ("POST", "/auth/login", {"email": "a@example.test", "password": "x"}),
        ("PATCH", "/users/me", {"firstName": "Eve"}),
        ("POST", "/users/me/email", {"email": "eve@example.test"}),
        ("GET", "/users/me/two-factor", None),
        ("POST", "/users/me/two-factor/setup", {}),
        ("DELETE", "/users/me/two-factor", None),
        ("GET", "/users/me/tokens", None),
        ("POST", "/users/me/tokens", {"name": "More", "scopes": ["admin"]}),
        ("DELETE", "/users/me/tokens/{token_id}", None),
    ],
)
def test_no_token_reaches_the_account(
    ada: Person, method: str, path: str, body: dict[str, object] | None
) -> None:
    program = give_token(ada, "admin")
    answer = program.api(method, path.format(token_id=program.token_id), body)
    assert (answer.status_code, answer.json["error"]["code"]) == (403, "forbidden")
    assert "API tokens can't do this" in answer.json["error"]["message"]
    assert program.api("GET", "/users/me").status_code == 200


def test_a_refusal_is_put_on_record(app: Flask, ada: Person, team: Team) -> None:
    body = {"title": "x", "teamId": team.team_id, "boardId": team.board_id}
    assert give_token(ada).api("POST", "/tasks", body).status_code == 403
    with app.app_context():
        waiting = queues.queue(queues.AUDIT, redis_client()).jobs
    events = [job.args[0] for job in waiting if job.func_name == queues.WRITE_SECURITY_EVENT]
    assert [(one["event"], one["actor_id"]) for one in events] == [
        ("user.access_denied", ada.user_id)
    ]


def test_a_limited_token_sees_its_teams_alone(
    ada: Person, team: Team, elsewhere: Team, limited: Program
) -> None:
    own, foreign = make_task(ada, team), make_task(ada, elsewhere)
    assert [one["teamId"] for one in limited.api("GET", "/teams").json["items"]] == [team.team_id]
    assert [one["taskId"] for one in limited.api("GET", "/tasks").json["items"]] == [own]
    assert limited.api("GET", f"/tasks?assigneeId={ada.user_id}").json["items"] == []
    for path, outside in (
        (f"/teams/{team.team_id}", f"/teams/{elsewhere.team_id}"),
        (f"/teams/{team.team_id}/members", f"/teams/{elsewhere.team_id}/members"),
        (f"/teams/{team.team_id}/boards", f"/teams/{elsewhere.team_id}/boards"),
        (f"/boards/{team.board_id}", f"/boards/{elsewhere.board_id}"),
        (f"/tasks/{own}", f"/tasks/{foreign}"),
        (f"/tasks/{own}/comments", f"/tasks/{foreign}/comments"),
        (f"/tasks/{own}/history", f"/tasks/{foreign}/history"),
        (f"/tasks?teamId={team.team_id}", f"/tasks?teamId={elsewhere.team_id}"),
        (f"/tasks?boardId={team.board_id}", f"/tasks?boardId={elsewhere.board_id}"),
    ):
        assert limited.api("GET", path).status_code == 200, path
        assert limited.api("GET", outside).status_code == 404, outside
        assert ada.api("GET", outside).status_code == 200  # nobody else is limited by it


def test_a_limited_token_changes_its_teams_alone(
    app: Flask, ada: Person, team: Team, elsewhere: Team, limited: Program
) -> None:
    own, foreign = make_task(ada, team), make_task(ada, elsewhere)
    for method, path, body in (
        ("PATCH", "/tasks/{task}", {"title": "Other"}),
        ("POST", "/tasks/{task}/move", {"columnId": "{column}"}),
        ("POST", "/tasks/{task}/comments", {"content": "Hello"}),
        ("POST", "/tasks", {"title": "New", "teamId": "{team}", "boardId": "{board}"}),
        ("POST", "/teams/{team}/boards", {"name": "New"}),
        ("PATCH", "/teams/{team}", {"description": "New"}),
        ("POST", "/teams/{team}/invitations", {"email": "new@example.test", "role": "guest"}),
        ("DELETE", "/tasks/{task}", None),
    ):
        for where, task_id, status in ((elsewhere, foreign, 404), (team, own, 200)):
            ids = {
                "team": where.team_id,
                "board": where.board_id,
                "task": task_id,
                "column": where.columns["done"],
            }
            given = body and {name: value.format(**ids) for name, value in body.items()}
            answer = limited.api(method, path.format(**ids), given)
            expected = (404,) if status == 404 else (200, 201, 204)
            assert answer.status_code in expected, (path, answer.text)
    assert ada.api("GET", f"/tasks/{foreign}").json["title"] == "Write the report"


def test_a_team_can_not_be_put_below_one_outside(
    ada: Person, team: Team, elsewhere: Team, limited: Program
) -> None:
    body = {"parentTeamId": elsewhere.team_id}
    assert limited.api("PATCH", f"/teams/{team.team_id}", body).status_code in (404, 422)
    assert ada.api("PATCH", f"/teams/{team.team_id}", body).status_code == 200


def test_what_belongs_to_no_team_is_closed_to_a_limited_token(limited: Program) -> None:
    for method, path, body in (
        ("GET", "/notifications", None),
        ("POST", "/notifications/read", {}),
        ("GET", "/invitations", None),
        ("POST", "/invitations/join", {"token": "x"}),
        ("POST", "/teams", {"name": "New"}),
    ):
        answer = limited.api(method, path, body)
        assert answer.status_code == 403, path
        assert "limited to some teams" in answer.json["error"]["message"]


def test_who_leaves_the_team_takes_the_token_along(app: Flask, ada: Person, bob: Person) -> None:
    team = make_team(ada, member=bob)
    own = make_team(bob, "Own")
    program = give_token(bob, "write", team_ids=[team.team_id])
    assert program.api("GET", f"/boards/{team.board_id}").status_code == 200
    with app.app_context():
        remove_member(ada.actor, team.team_id, bob.user_id)
    assert program.api("GET", f"/boards/{team.board_id}").status_code == 404
    assert program.api("GET", f"/boards/{own.board_id}").status_code == 404
    assert program.api("GET", "/teams").json["items"] == []


def test_a_change_by_a_limited_token_still_reaches_the_others(
    app: Flask, ada: Person, bob: Person
) -> None:
    """What follows a change (who is told, who inherits a role) knows of all teams."""
    parent = make_team(ada, "Above")
    child = make_team(ada, "Below")
    ada.api(
        "PATCH",
        f"/teams/{child.team_id}",
        {"parentTeamId": parent.team_id, "inheritsMembers": True},
    )
    with app.app_context():
        add_member(ada.actor, parent.team_id, role="guest", user_id=bob.user_id)
    program = give_token(ada, "admin", team_ids=[parent.team_id])
    answer = program.api(
        "PATCH", f"/teams/{parent.team_id}/members/{bob.user_id}", {"role": "member"}
    )
    assert answer.status_code == 200, answer.text
    members = ada.api("GET", f"/teams/{child.team_id}/members").json["items"]
    assert [one["role"] for one in members if one["userId"] == bob.user_id] == ["member"]
    task_id = make_task(ada, parent)
    writer = give_token(ada, "write", team_ids=[parent.team_id])
    assert writer.api("PATCH", f"/tasks/{task_id}", {"assigneeId": bob.user_id}).status_code == 200
    with app.app_context():
        deliver_pending()
        told = "SELECT count(*) FROM notifications WHERE user_id = :user_id AND kind = 'assigned'"
        assert sql.scalar(text(told), {"user_id": bob.user_id}) == 1


def test_a_read_token_does_not_see_links_that_let_others_in(ada: Person, team: Team) -> None:
    path = f"/teams/{team.team_id}/join-links"
    ada.api("POST", path, {"role": "member"})
    assert give_token(ada, "write").api("GET", path).status_code == 403
    assert give_token(ada, "admin").api("GET", path).json["items"]


def test_the_rights_of_its_person_hold_beside_the_scope(ada: Person, bob: Person) -> None:
    team = make_team(ada, guest=bob)
    program = give_token(bob, "admin")
    assert program.api("PATCH", f"/teams/{team.team_id}", {"name": "Mine"}).status_code == 403
    body = {"title": "x", "teamId": team.team_id, "boardId": team.board_id}
    assert program.api("POST", "/tasks", body).status_code == 403
    assert program.api("GET", f"/boards/{team.board_id}").status_code == 200


def test_a_token_makes_nobody_a_site_administrator(app: Flask, ada: Person) -> None:
    with app.app_context():
        sql.execute_now(text("UPDATE users SET is_site_admin = true"))
    program = give_token(ada, "admin")
    client = app.test_client(use_cookies=False)
    for path in ("/admin/", "/metrics", "/figures"):
        assert client.get(path, headers=program.headers).status_code in (303, 401, 404), path


def test_all_tokens_of_a_person_share_one_limit(
    app: Flask, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "TASKFORGE", config_of(app).replaced(rate_limit_per_minute=3))
    programs = [give_token(ada), give_token(ada, "admin")]
    statuses = [programs[turn % 2].api("GET", "/teams").status_code for turn in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert programs[0].api("GET", "/teams").headers["X-RateLimit-Limit"] == "3"
