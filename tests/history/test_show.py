"""The history page: whom it lets in, which moment an address means, and what it says of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from taskforge import clock
from taskforge.admin import maintenance
from taskforge.boards.service import edit_board
from taskforge.comments.service import create_comment
from taskforge.tasks import service as tasks
from taskforge.teams.service import remove_member
from tests.factories import Person, Team, make_person, make_task, make_team
from tests.pages import HTMX, Page, visit

UNKNOWN = "01890000-0000-7000-8000-000000000000"
BEGUN = datetime(2026, 5, 12, 9, 0, tzinfo=UTC)


@pytest.fixture
def team(ada: Person, bob: Person) -> Team:
    with clock.frozen(BEGUN):
        return make_team(ada, member=bob, guest=make_person(ada.app, "Gus"))


@pytest.fixture
def story(ada: Person, bob: Person, team: Team) -> str:
    """One card, made on the 12th of May at 10, moved to done by Bob on the 14th at 16:30; its id."""
    with clock.frozen(BEGUN + timedelta(hours=1)):
        task_id = make_task(ada, team, "Quench the blade", texts={"description": "Very secret"})
    with ada.app.app_context(), clock.frozen(BEGUN + timedelta(days=2, hours=7, minutes=30)):
        tasks.move_task(bob.actor, task_id, column_id=team.columns["done"])
    return task_id


def history(team: Team, query: str = "") -> str:
    return f"/boards/{team.board_id}/history{query}"


def cards(page: Page) -> dict[str, list[str]]:
    """The titles by the status of their card."""
    found: dict[str, list[str]] = {}
    for status, title in re.findall(
        r'data-status="(\w+)">\s*<a class="card__title"[^>]*>([^<]*)<', page.html
    ):
        found.setdefault(status, []).append(title)
    return found


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("", {"done": ["Quench the blade"]}),
        ("?step=1", {}),
        ("?step=2", {"backlog": ["Quench the blade"]}),
        ("?step=3", {"done": ["Quench the blade"]}),
        ("?at=2026-05-12T09:30:00Z", {}),
        ("?at=2026-05-12T10:00:00Z", {"backlog": ["Quench the blade"]}),
        ("?at=2026-05-14T16:29", {"backlog": ["Quench the blade"]}),
        ("?at=2026-05-14T16:30", {"done": ["Quench the blade"]}),
        ("?at=2026-05-14T18:30:00%2B02:00", {"done": ["Quench the blade"]}),
        ("?at=2026-05-14T18:29:59%2B02:00", {"backlog": ["Quench the blade"]}),
        ("?at=2026-05-14T18:29:59+02:00", {"backlog": ["Quench the blade"]}),
        ("?at=2026-05-14+16:29", {"backlog": ["Quench the blade"]}),
        ("?at=2026-05-13", {"backlog": ["Quench the blade"]}),
    ],
)
def test_the_board_is_shown_as_it_was(
    ada: Person, team: Team, story: str, query: str, seen: dict[str, list[str]]
) -> None:
    page = visit(ada).open(history(team, query))
    assert page.status == 200
    assert cards(page) == seen


def test_it_says_when_and_what_and_leads_to_the_history_of_the_task(
    ada: Person, team: Team, story: str
) -> None:
    page = visit(ada).open(history(team, "?step=2"))
    assert "The board as it was on Tue 12 May 2026, 10:00 UTC" in page.text
    assert re.search(r"Ada Number\d+ added WEB-1 to Backlog", page.text)
    assert f'href="/tasks/{story}/history"' in page.html
    page = visit(ada).open(history(team, "?step=3"))
    assert "The board as it is now" in page.text
    assert re.search(r"Bob Number\d+ moved WEB-1 to Done", page.text)


def test_nothing_can_be_done_there(ada: Person, team: Team, story: str) -> None:
    page = visit(ada).open(history(team))
    assert [form.action for form in page.forms if form.method == "POST"] == ["/logout"]
    assert "/move" not in page.html
    assert "data-due" not in page.html


def test_texts_are_not_shown(ada: Person, team: Team, story: str) -> None:
    with ada.app.app_context():
        create_comment(ada.actor, story, content="Also secret")
    for step in range(1, 5):
        page = visit(ada).open(history(team, f"?step={step}"))
        assert "ecret" not in page.html
    assert "commented on WEB-1" in page.text


@pytest.mark.parametrize("query", ["?at=2026-05-12T08:59:59Z", "?at=1970-01-01", "?step=-7"])
def test_before_the_beginning_it_shows_the_beginning_and_says_so(
    ada: Person, team: Team, story: str, query: str
) -> None:
    page = visit(ada).open(history(team, query))
    assert page.status == 200
    assert "this is how it began" in page.text
    assert cards(page) == {}


@pytest.mark.parametrize("query", ["?at=2199-12-31T23:59:59Z", "?step=99", "?step=2147483647"])
def test_beyond_now_it_shows_now_and_says_so(
    ada: Person, team: Team, story: str, query: str
) -> None:
    page = visit(ada).open(history(team, query))
    assert page.status == 200
    assert "That is still to come" in page.text
    assert cards(page) == {"done": ["Quench the blade"]}


@pytest.mark.parametrize(
    "query",
    [
        "?at=yesterday", "?at=2026-13-01", "?at=2026-02-30T10:00", "?at=0001-01-01T00:00:00Z", "?at=9999-12-31",
        "?at=2026-05-12T10:00:00%2B99:00", "?at=1778580000", "?step=1.5", "?step=x", "?step=99999999999999999999",
        "?at=%F0%9F%94%A5", "?step=0x1",
    ],
)  # fmt: skip
def test_what_is_no_moment_is_refused_with_a_sentence(
    ada: Person, team: Team, story: str, query: str
) -> None:
    page = visit(ada).open(history(team, query))
    assert page.status == 422
    assert re.search(r"(At|Step) (must|is|has)", page.text)


def test_who_is_not_in_the_team_today_sees_nothing(
    app: Flask, ada: Person, bob: Person, eve: Person, team: Team, story: str
) -> None:
    assert visit(bob).open(history(team)).status == 200
    with app.app_context():
        remove_member(ada.actor, team.team_id, bob.user_id)
    for person in (bob, eve):
        for address in (
            history(team),
            history(team, "?step=2"),
            history(team, f"/columns/{team.columns['done']}"),
            f"/boards/{team.board_id}?at=2026-05-13",
        ):
            page = visit(person).open(address)
            assert page.status in (303, 404)
            assert "Quench" not in page.html
    assert visit(bob).open(history(team)).status == 404


def test_an_instant_on_the_board_leads_to_its_history_and_keeps_the_filter(
    ada: Person, team: Team, story: str
) -> None:
    page = visit(ada).open(
        f"/boards/{team.board_id}?at=2026-05-13&priority=urgent&tag=a%26b&board_id=x"
    )
    assert page.status == 303
    assert (
        page.location
        == f"/boards/{team.board_id}/history?at=2026-05-13&priority=urgent&tag=a%26b&board_id=x"
    )
    page = visit(ada).open(page.location)
    assert page.status == 200
    assert cards(page) == {}
    assert "1 hidden" in page.text
    assert 'href="/boards/' in page.html
    assert "step=1&amp;priority=urgent&amp;tag=a%26b" in page.html


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("assignee=none", True), ("priority=medium", True), ("q=BLADE", True),
        ("due=none", True), ("priority=low", False), ("tag=wood", False), ("q=anvil", False), ("due=overdue", False),
        ("assignee=nonsense", True), ("priority=odd", True), ("due=never", True),
    ],
)  # fmt: skip
def test_the_filter_of_the_board_holds_for_the_past(
    ada: Person, team: Team, story: str, query: str, shown: bool
) -> None:
    page = visit(ada).open(history(team, f"?step=2&{query}"))
    assert ("Quench the blade" in page.html) == shown


def test_ways_lead_a_change_and_a_day_on(ada: Person, team: Team, story: str) -> None:
    with ada.app.app_context(), clock.frozen(BEGUN + timedelta(days=2, hours=8)):
        tasks.edit_task(ada.actor, story, changes={"title": "Temper the blade"})
    page = visit(ada).open(history(team, "?step=2"))
    ways = dict(re.findall(r'data-history-step="(\w+)"[^>]*href="[^"]*step=(\d+)"', page.html))
    assert ways == {"first": "1", "previous": "1", "next": "3", "day_after": "4", "last": "4"}
    page = visit(ada).open(history(team, "?step=4"))
    ways = dict(re.findall(r'data-history-step="(\w+)"[^>]*href="[^"]*step=(\d+)"', page.html))
    assert ways == {"first": "1", "day_before": "2", "previous": "3"}


def test_the_script_gets_the_moment_alone(ada: Person, team: Team, story: str) -> None:
    page = visit(ada).open(history(team, "?step=2"), **HTMX)
    assert page.html.lstrip().startswith('<div class="board-history__snapshot" id="board-snapshot"')
    assert 'data-seq="2"' in page.html
    assert "<html" not in page.html


def test_long_columns_go_on_on_further_pages(ada: Person, team: Team) -> None:
    for number in range(103):
        make_task(ada, team, f"Card {number}")
    visitor = visit(ada)
    page = visitor.open(history(team))
    assert len(cards(page)["backlog"]) == 50
    titles = cards(page)["backlog"]
    for left in ("+ 53 more", "+ 3 more", None):
        if left is None:
            break
        assert left in page.text
        link = re.search(r'column__more"\s+href="([^"]+)"', page.html)
        assert link is not None
        page = visitor.open(link[1].replace("&amp;", "&"))
        assert page.status == 200
        titles += cards(page)["backlog"]
    assert titles == [f"Card {number}" for number in range(103)]
    address = history(team, f"/columns/{team.columns['backlog']}")
    assert visitor.open(f"{address}?page=0").status == 422
    assert visitor.open(f"{address}?page=9").status == 200
    assert visitor.open(history(team, f"/columns/{UNKNOWN}")).status == 404


def test_an_old_name_is_told(ada: Person, team: Team) -> None:
    with ada.app.app_context():
        edit_board(ada.actor, team.board_id, version=1, name="The forge")
    assert "then called “Web”" in visit(ada).open(history(team, "?step=1")).text
    page = visit(ada).open(history(team, "?step=2"))
    assert "renamed the board to “The forge”" in page.text
    assert "then called" not in page.text


def test_a_card_deleted_for_good_is_not_named(ada: Person, team: Team, story: str) -> None:
    with ada.app.app_context():
        tasks.delete_task(ada.actor, story)
        with clock.frozen(clock.now() + timedelta(days=31)):
            maintenance.empty_trash()
    for step in range(1, 6):
        page = visit(ada).open(history(team, f"?step={step}"))
        assert "Quench" not in page.html
        assert "WEB-1" not in page.html
    assert "deleted a card for good" in page.text
    assert (
        "a card that was deleted for good since" in visit(ada).open(history(team, "?step=3")).text
    )


def test_a_filter_of_several_people_and_tags_holds_in_the_past_too(
    ada: Person, bob: Person, team: Team
) -> None:
    make_task(ada, team, "Hers", assignee_id=ada.user_id)
    make_task(ada, team, "His", assignee_id=bob.user_id, status="todo")
    make_task(ada, team, "Nobody's", status="done")
    query = f"?assignee={ada.user_id}&assignee={bob.user_id}&priority=medium&priority=low"
    found = visit(ada).open(
        f"/boards/{team.board_id}{query}&at={clock.now() + timedelta(days=1):%Y-%m-%d}"
    )
    page = visit(ada).open(found.location)
    assert page.status == 200
    assert cards(page) == {"backlog": ["Hers"], "todo": ["His"]}
    column = visit(ada).open(history(team, f"/columns/{team.columns['todo']}{query}"))
    assert cards(column) == {"todo": ["His"]}
