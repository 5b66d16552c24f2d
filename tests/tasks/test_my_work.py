"""My work: which card stands in which section, further pages, rights, and what it costs."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

from flask import Flask

from taskforge import clock
from taskforge.boards.archive import archive_board
from taskforge.tasks.bulk.batches import NewTask, create_tasks
from taskforge.tasks.my_work import MAX_FIRST, MAX_PAGE
from taskforge.teams.service import add_member
from tests.factories import Person, make_person, make_task, make_team
from tests.pages import HTMX, Page, Visitor, visit
from tests.trips import count_round_trips


def sections(page: Page) -> dict[str, list[str]]:
    """The titles of the cards in each section, by its title."""
    parts = re.split(r'table__group-name" id="[^"]*">', page.html)[1:]
    return {
        unescape(part.partition("<")[0]): [
            unescape(title) for title in re.findall(r'card__title"[^>]*>([^<]*)<', part)
        ]
        for part in parts
    }


def test_each_card_stands_in_the_section_of_what_it_asks(
    same_day: None, ada: Person, bob: Person
) -> None:
    web, other = make_team(ada, member=bob), make_team(ada, "Print")
    foreign = make_team(bob, "Secret")
    today = clock.now().date()
    mine = {"assignee_id": ada.user_id}
    make_task(ada, web, "Late", due_at=today - timedelta(days=1), **mine)
    make_task(ada, other, "Now", due_at=today, **mine)
    make_task(ada, web, "Soon", due_at=today + timedelta(days=6), **mine)
    make_task(ada, web, "Far", due_at=today + timedelta(days=7), **mine)
    make_task(ada, other, "Some day", **mine)
    make_task(ada, web, "Reviewed", status="in_review", due_at=today, **mine)
    make_task(ada, web, "Asked of Bob", assignee_id=bob.user_id)
    make_task(bob, web, "Bob's own", assignee_id=bob.user_id)
    make_task(ada, web, "Nobody's")
    make_task(ada, web, "Did it", status="done", due_at=today, **mine)
    make_task(bob, foreign, "Hidden", assignee_id=bob.user_id)
    assert sections(visit(ada).open("/my-work")) == {
        "Overdue": ["Late"],
        "Today": ["Now"],
        "Next 7 days": ["Soon"],
        "Waiting for others": ["Reviewed", "Asked of Bob"],
        "Later": ["Far", "Some day"],
        "Recently done": ["Did it"],
    }
    assert sections(visit(ada).open("/my-work?section=later", **HTMX)) == {
        "Later": ["Far", "Some day"]
    }
    assert visit(ada).open("/my-work?section=never").status == 404
    with ada.app.app_context():
        archive_board(ada.actor, other.board_id)
    assert "Today" not in sections(visit(ada).open("/my-work"))
    assert "Nothing waits for you" in visit(make_person(ada.app, "Eve")).open("/my-work").text


def test_rows_have_the_rights_of_their_boards(ada: Person, bob: Person) -> None:
    mine, theirs = make_team(ada), make_team(bob, "Print")
    with ada.app.app_context():
        add_member(bob.actor, theirs.team_id, role="guest", user_id=ada.user_id)
    own = make_task(ada, mine, "Mine", assignee_id=ada.user_id)
    guests = make_task(bob, theirs, "As a guest", assignee_id=ada.user_id)
    page = visit(ada).open("/my-work")
    assert f"/tasks/{own}/fields/due" in page.html
    assert f"/tasks/{guests}/fields/" not in page.html
    row = visit(ada).open(f"/my-work/rows/{own}", **HTMX)
    assert "Mine" in row.text
    assert visit(bob).open(f"/my-work/rows/{own}", **HTMX).status == 404
    assert visit(ada).open(f"/my-work/rows/{own}").answer.headers["Location"].endswith(own)


def test_sections_are_bounded_and_cost_the_same(app: Flask, ada: Person) -> None:
    team = make_team(ada)
    visitor = Visitor(ada.browser(in_redis=True))
    make_task(ada, team, "First", assignee_id=ada.user_id)

    def cost() -> dict[str, int]:
        for _ in range(3):
            page = visitor.open("/my-work")
        return count_round_trips(page.answer)

    short = cost()
    assert short["postgresql"] == 2
    with app.app_context():
        for batch in range(5):
            create_tasks(
                ada.actor,
                board_id=team.board_id,
                column_id=team.columns["todo"],
                new_tasks=[
                    NewTask(title=f"Card {batch}-{number}", assignee_id=ada.user_id)
                    for number in range(25)
                ],
            )
    assert cost() == short
    assert len(sections(visitor.open("/my-work"))["Later"]) == MAX_FIRST
    first = visitor.open("/my-work?section=later")
    after = re.search(r'href="(/my-work\?section=later&amp;after=[^"]+)"', first.html)
    assert after is not None
    seen = [*sections(first)["Later"], *sections(visitor.open(unescape(after[1])))["Later"]]
    assert len(sections(first)["Later"]) == MAX_PAGE
    assert len(seen) == len(set(seen)) == 126
