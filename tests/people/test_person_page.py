"""The page of a person, and what the API says of them: what the reader may see, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from taskforge import clock
from taskforge.boards.board_people import limit_guest
from taskforge.boards.service import create_board, edit_board
from taskforge.ids import new_id
from taskforge.messaging.keys import ONLINE_USERS
from taskforge.messaging.redis_client import redis_client
from taskforge.stores import sql
from taskforge.tasks.service import delete_task, move_task
from tests.factories import Person, Team, make_task, make_team
from tests.pages import visit
from tests.trips import count_round_trips


@pytest.fixture
def team(ada: Person, bob: Person, gus: Person) -> Team:
    """Ada's team, in which Bob is a member and Gus a guest."""
    return make_team(ada, member=bob, guest=gus)


def limit(ada: Person, team: Team, guest: Person, *board_ids: str) -> None:
    with ada.app.app_context():
        limit_guest(ada.actor, team.team_id, guest.user_id, board_ids=list(board_ids))


def test_a_page_says_who_somebody_is_and_what_is_shared(
    ada: Person, bob: Person, team: Team
) -> None:
    make_team(bob, name="Of Bob alone")
    bob.api("PATCH", "/users/me", {"bio": "Likes **ships**", "timeZone": "Asia/Tokyo"})
    page = visit(ada).open(f"/people/{bob.user_id}")
    assert page.status == 200
    assert "Likes <strong>ships</strong>" in page.html
    assert "Asia/Tokyo" in page.text
    assert "Web" in page.text
    assert f"/teams/{team.team_id}" in page.html
    assert f"/boards/{team.board_id}" in page.html
    assert "Of Bob alone" not in page.text
    assert bob.email not in page.html


def test_the_api_says_the_same(ada: Person, bob: Person, team: Team) -> None:
    task_id = make_task(ada, team, "Paint it", assignee_id=bob.user_id)
    bob.api("PATCH", "/users/me", {"bio": "Hello", "timeZone": "Asia/Tokyo"})
    found = ada.api("GET", f"/users/{bob.user_id}").json
    assert (found["userId"], found["bio"], found["timeZone"]) == (
        bob.user_id, "Hello", "Asia/Tokyo",
    )  # fmt: skip
    assert found["localTime"].endswith("+09:00")
    assert found["picture"] is None
    assert [one["name"] for one in found["teams"]] == ["Web"]
    assert [one["boardId"] for one in found["boards"]] == [team.board_id]
    assert [one["taskId"] for one in found["tasks"]] == [task_id]
    assert found["nextCursor"] is None
    assert "email" not in found


def test_strangers_and_nobody_see_nothing(
    ada: Person, eve: Person, team: Team, client: FlaskClient
) -> None:
    make_team(eve)
    unknown = visit(eve).open(f"/people/{new_id()}")
    hidden = visit(eve).open(f"/people/{ada.user_id}")
    assert (unknown.status, hidden.status) == (404, 404)
    assert eve.api("GET", f"/users/{ada.user_id}").status_code == 404
    assert client.get(f"/people/{ada.user_id}").location == f"/login?next=/people/{ada.user_id}"
    assert visit(eve).open(f"/people/{eve.user_id}").status == 200


def test_who_left_the_team_is_not_seen_any_more(ada: Person, bob: Person, team: Team) -> None:
    assert ada.api("GET", f"/users/{bob.user_id}").status_code == 200
    ada.api("DELETE", f"/teams/{team.team_id}/members/{bob.user_id}")
    assert ada.api("GET", f"/users/{bob.user_id}").status_code == 404
    assert bob.api("GET", f"/users/{ada.user_id}").status_code == 404


def test_a_limited_guest_and_others_see_each_other_only_by_a_shared_board(
    ada: Person, bob: Person, gus: Person, team: Team
) -> None:
    with ada.app.app_context():
        secret_id = create_board(ada.actor, team.team_id, name="Secret").entity_id
        edit_board(ada.actor, secret_id, version=1, is_private=True)
    limit(ada, team, gus, secret_id)  # which admins see, and Bob does not
    assert gus.api("GET", f"/users/{bob.user_id}").status_code == 404
    assert bob.api("GET", f"/users/{gus.user_id}").status_code == 404
    assert gus.api("GET", f"/users/{ada.user_id}").status_code == 200
    limit(ada, team, gus)
    assert gus.api("GET", f"/users/{ada.user_id}").status_code == 404
    limit(ada, team, gus, team.board_id)
    assert gus.api("GET", f"/users/{bob.user_id}").status_code == 200
    assert [one["name"] for one in bob.api("GET", f"/users/{gus.user_id}").json["boards"]] != []


def test_tasks_are_those_that_are_open_and_that_the_reader_sees(
    ada: Person, bob: Person, team: Team
) -> None:
    with ada.app.app_context():
        private_id = create_board(ada.actor, team.team_id, name="Private").entity_id
        columns = sql.rows(
            text("SELECT column_id FROM columns WHERE board_id = :id"), {"id": private_id}
        )
        edit_board(ada.actor, private_id, version=1, is_private=True)
    private = Team(team.team_id, private_id, {"todo": columns[0]["column_id"]})
    shown = make_task(ada, team, "Shown", assignee_id=ada.user_id)
    make_task(ada, private, "Private", assignee_id=ada.user_id)
    done = make_task(ada, team, "Done", assignee_id=ada.user_id)
    gone = make_task(ada, team, "Gone", assignee_id=ada.user_id)
    make_task(ada, team, "Of Bob", assignee_id=bob.user_id)
    with ada.app.app_context():
        move_task(ada.actor, done, column_id=team.columns["done"])
        delete_task(ada.actor, gone)
    found = bob.api("GET", f"/users/{ada.user_id}").json
    assert [task["taskId"] for task in found["tasks"]] == [shown]
    page = visit(bob).open(f"/people/{ada.user_id}")
    assert "Shown" in page.text
    assert "Private" not in page.text


def test_a_long_list_of_tasks_comes_in_pages(ada: Person, bob: Person, team: Team) -> None:
    for number in range(23):
        make_task(ada, team, f"Number {number:02}", assignee_id=bob.user_id)
    page = visit(ada).open(f"/people/{bob.user_id}")
    assert "Number 22" in page.text
    assert "Number 02" not in page.text
    after = page.html.partition("after=")[2].partition('"')[0]
    second = visit(ada).open(f"/people/{bob.user_id}?after={after}")
    assert "Number 02" in second.text
    assert "Number 22" not in second.text
    first = ada.api("GET", f"/users/{bob.user_id}?limit=20").json
    rest = ada.api("GET", f"/users/{bob.user_id}?limit=20&cursor={first['nextCursor']}").json
    titles = [task["title"] for answer in (first, rest) for task in answer["tasks"]]
    assert titles == [f"Number {number:02}" for number in reversed(range(23))]
    assert rest["nextCursor"] is None


def test_activity_is_of_boards_whose_activity_the_reader_may_see(
    ada: Person, bob: Person, gus: Person, team: Team
) -> None:
    make_task(bob, team, "Tidy up")
    page = visit(ada).open(f"/people/{bob.user_id}")
    assert "to Backlog" in page.text
    assert ada.api("GET", f"/users/{bob.user_id}").json["activity"][0]["event"] == "task.created"
    assert gus.api("GET", f"/users/{bob.user_id}").json["activity"] == []


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(hours=2), "Active within a day"),
        (timedelta(days=3), "Active within a week"),
        (timedelta(days=20), "Active within a month"),
        (timedelta(days=60), "Not active for over a month"),
    ],
)
def test_it_is_told_coarsely_when_somebody_was_last_active(
    app: Flask, ada: Person, bob: Person, team: Team, ago: timedelta, words: str
) -> None:
    with app.app_context():
        at = {"at": clock.now() - ago, "id": bob.user_id}
        sql.execute_now(text("UPDATE users SET last_login = :at WHERE user_id = :id"), at)
        sql.execute_now(text("UPDATE user_sessions SET last_seen_at = :at WHERE user_id = :id"), at)
        redis_client().delete(ONLINE_USERS.key())
    assert words in visit(ada).open(f"/people/{bob.user_id}").text


def test_who_is_here_is_active_now(ada: Person, bob: Person, team: Team) -> None:
    visit(ada).open("/boards")
    assert bob.api("GET", f"/users/{ada.user_id}").json["lastActive"] == "now"


def test_pages_of_people_are_linked(ada: Person, bob: Person, team: Team) -> None:
    task_id = make_task(ada, team, assignee_id=bob.user_id)
    bob.api("POST", f"/tasks/{task_id}/comments", {"content": "Mine"})
    link = f'<a href="/people/{bob.user_id}"><bdi>'
    at = visit(ada)
    assert at.open(f"/teams/{team.team_id}").html.count(link) == 1
    assert at.open(f"/tasks/{task_id}").html.count(link) == 2


def test_a_page_costs_a_fixed_number_of_statements(ada: Person, bob: Person, team: Team) -> None:
    browser = ada.browser(in_redis=True)
    counts = []
    for number in range(3):
        make_task(ada, team, f"Number {number}", assignee_id=bob.user_id)
        for _ in range(2):
            answer = browser.get(f"/people/{bob.user_id}")
        counts.append(count_round_trips(answer)["postgresql"])
    assert counts[0] == counts[-1]
    assert counts[0] <= 7
