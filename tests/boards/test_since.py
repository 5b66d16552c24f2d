"""Coming back to a board: what others did since, how it is counted, and how it counts as seen."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from taskforge import clock
from taskforge.comments import service as comments
from taskforge.stores import sql
from taskforge.tasks import service as tasks
from tests.factories import Person, Team, csrf_token, make_task, make_team
from tests.pages import HTMX, visit


@pytest.fixture
def team(ada: Person, grace: Person, gus: Person) -> Team:
    return make_team(ada, member=grace, guest=gus)


def move(person: Person, team: Team, task_id: str, status: str) -> None:
    with person.app.app_context():
        tasks.move_task(person.actor, task_id, column_id=team.columns[status])


def leave(person: Person, team: Team, ago: timedelta = timedelta(days=3)) -> None:
    """The person looks at the board and goes away for a while."""
    visit(person).open(f"/boards/{team.board_id}")
    with person.app.app_context():
        sql.execute_now(
            text(
                "UPDATE board_view_preferences v SET seen_at = :at, seen_seq = b.seq FROM boards b"
                " WHERE b.board_id = v.board_id AND v.user_id = :user_id"
            ),
            {"at": clock.now() - ago, "user_id": person.user_id},
        )


def words(person: Person, team: Team, query: str = "") -> str | None:
    """What the strip on the board page says; None when there is none."""
    return said(visit(person).open(f"/boards/{team.board_id}{query}").html)


def said(page: str) -> str | None:
    found = re.search(r'id="unseen-changes".*?<strong>(.*?)</strong>', page, re.S)
    return html.unescape(found[1]) if found else None


def seen_seq(person: Person, team: Team) -> int | None:
    with person.app.app_context():
        found: int | None = sql.scalar(
            text(
                "SELECT seen_seq FROM board_view_preferences WHERE user_id = :u AND board_id = :b"
            ),
            {"u": person.user_id, "b": team.board_id},
        )
    return found


def test_a_first_visit_and_a_quiet_board_have_nothing_to_say(ada: Person, team: Team) -> None:
    make_task(ada, team)
    assert words(ada, team) is None
    leave(ada, team)
    assert words(ada, team) is None


def test_every_card_is_counted_once_by_the_strongest_that_happened(
    ada: Person, grace: Person, team: Team
) -> None:
    names = ("moved", "done", "edited", "talked", "gone", "mine", "sorted", "back")
    ids = {name: make_task(ada, team, name) for name in names}
    leave(ada, team)
    move(grace, team, ids["moved"], "todo")
    move(grace, team, ids["moved"], "in_progress")
    move(grace, team, ids["done"], "todo")
    move(grace, team, ids["done"], "done")
    move(grace, team, ids["back"], "done")
    move(grace, team, ids["back"], "backlog")
    with grace.app.app_context():
        tasks.edit_task(grace.actor, ids["edited"], changes={"title": "edited twice"})
        comments.create_comment(grace.actor, ids["edited"], content="And a word")
        comments.create_comment(grace.actor, ids["talked"], content="Hello")
        tasks.delete_task(grace.actor, ids["gone"])
        last = ids["talked"]
        column = team.columns["backlog"]
        tasks.move_task(grace.actor, ids["sorted"], column_id=column, before_id=last)
    move(ada, team, ids["mine"], "done")
    new = make_task(grace, team, "new")
    move(grace, team, new, "done")
    page = visit(ada).open(f"/boards/{team.board_id}").html
    assert said(page) == "2 moved, 1 done, 1 new, 1 changed, 1 commented"
    kinds = dict(re.findall(r'data-task="([^"]+)" data-kind="([^"]+)"', page))
    assert kinds == {
        ids["moved"]: "moved",
        ids["back"]: "moved",
        ids["done"]: "done",
        ids["edited"]: "changed",
        ids["talked"]: "commented",
        new: "new",
    }


def test_it_stays_until_it_is_marked_as_seen(ada: Person, grace: Person, team: Team) -> None:
    task_id = make_task(ada, team)
    leave(ada, team)
    move(grace, team, task_id, "done")
    assert words(ada, team) == "1 done"
    assert words(ada, team) == "1 done"
    assert words(ada, team, "?priority=urgent") == "1 done"
    browser = ada.browser()
    page = browser.get(f"/boards/{team.board_id}").text
    upto = re.search(r'name="seq"\s+value="(\d+)"', page)
    assert upto is not None
    fields = {"seq": upto[1], "csrf_token": csrf_token(browser)}
    answer = browser.post(f"/boards/{team.board_id}/seen", data=fields)
    assert (answer.status_code, answer.location) == (303, f"/boards/{team.board_id}")
    assert words(ada, team) is None


def test_a_short_absence_is_no_visit_to_come_back_from(
    ada: Person, grace: Person, team: Team
) -> None:
    leave(ada, team, timedelta(seconds=20))
    make_task(grace, team)
    assert words(ada, team) is None


def test_seen_never_goes_back_nor_ahead_of_the_board(ada: Person, team: Team) -> None:
    browser = ada.browser()

    def see(seq: str) -> int:
        fields = {"seq": seq, "csrf_token": csrf_token(browser)}
        headers = {"Accept": "application/json"}
        answer = browser.post(f"/boards/{team.board_id}/seen", data=fields, headers=headers)
        return answer.status_code

    for _ in range(3):
        make_task(ada, team)
    with ada.app.app_context():
        query = text("SELECT seq FROM boards WHERE board_id = :b")
        last = sql.scalar(query, {"b": team.board_id})
    assert see("2") == 204
    assert seen_seq(ada, team) == 2
    assert see("1") == 204
    assert seen_seq(ada, team) == 2
    assert see("9" * 18) == 204
    assert seen_seq(ada, team) == last
    for odd in ("", "-1", "x", "9" * 30):
        assert see(odd) == 422
    assert seen_seq(ada, team) == last


def test_a_page_that_is_loaded_again_asks_for_the_same_news(
    ada: Person, grace: Person, team: Team
) -> None:
    task_id = make_task(ada, team)
    leave(ada, team)
    after = seen_seq(ada, team)
    assert after is not None
    move(grace, team, task_id, "done")
    leave(ada, team, timedelta(0))
    address = f"/boards/{team.board_id}/since?after={after}&upto={after + 1}"
    assert said(ada.browser().get(address, headers=HTMX).text) == "1 done"
    nothing = f"/boards/{team.board_id}/since?after={after}&upto={after}"
    assert ada.browser().get(nothing, headers=HTMX).text.strip() == ""
    assert ada.browser().get(address).status_code == 303
    odd = f"/boards/{team.board_id}/since?after=x"
    assert ada.browser().get(odd, headers=HTMX).status_code == 422


def test_names_of_people_are_for_members(ada: Person, eve: Person, team: Team) -> None:
    address = f"/boards/{team.board_id}/people"
    found = ada.browser().get(address).json
    assert found is not None
    assert len(found) == 3
    assert set(found[ada.user_id]) == {"name", "initials", "hue"}
    assert eve.browser().get(address).status_code == 404


def test_many_changes_are_listed_in_part(ada: Person, grace: Person, team: Team) -> None:
    leave(ada, team)
    for number in range(103):
        make_task(grace, team, f"Task {number}")
    page = visit(ada).open(f"/boards/{team.board_id}").html
    assert said(page) == "103 new"
    assert page.count('data-kind="new"') == 100
    assert "and 3 more" in page
