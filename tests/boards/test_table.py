"""A board as a table: its columns, orders, groups and totals, its further rows, its file, and what it costs."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape

import pytest
from flask import Flask

from taskforge import clock
from taskforge.accounts.queries import list_display_names
from taskforge.accounts.service import edit_profile
from taskforge.ids import new_id
from taskforge.messaging import queues
from taskforge.messaging.redis_client import redis_client
from taskforge.tasks.bulk.batches import NewTask, create_tasks
from taskforge.tasks.table.layout import OFFERED_COLUMNS, OFFERED_GROUPS, OFFERED_ORDERS
from taskforge.tasks.table.queries import ROWS_PER_PAGE
from taskforge.teams.service import add_member
from tests.factories import Person, Team, make_person, make_task, make_team
from tests.pages import HTMX, Page, Visitor, visit
from tests.trips import count_round_trips


@pytest.fixture
def team(same_day: None, ada: Person, bob: Person) -> Team:
    """Four cards: two of Ada's (one urgent, one late), one of Bob's, and one of nobody's."""
    team = make_team(ada, member=bob)
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    make_task(
        ada, team, "Urgent", priority="urgent", assignee_id=ada.user_id, estimate=Decimal("2.5")
    )
    late = {"due_at": today - timedelta(days=1), "texts": {"tags": ["api", "web"]}}
    make_task(
        ada, team, "Late", priority="high", assignee_id=ada.user_id, estimate=Decimal(1), **late
    )
    soon = {"due_at": today + timedelta(days=6), "texts": {"tags": ["api"]}}
    make_task(ada, team, "Soon", assignee_id=bob.user_id, **soon)
    make_task(ada, team, "=Nobody's", status="todo")
    return team


def name_of(person: Person) -> str:
    with person.app.app_context():
        return list_display_names([person.user_id])[person.user_id]


def titles(page: Page) -> list[str]:
    found = re.findall(r'class="card__title"[^>]*>([^<]*)<', page.html)
    return [unescape(title) for title in found]


def groups(page: Page) -> list[tuple[str, int]]:
    found = re.findall(
        r'table__group-name"[^>]*><bdi>([^<]*)</bdi></h2>\s*<span class="column__count">(\d+)',
        page.html,
    )
    return [(unescape(name), int(count)) for name, count in found]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["Urgent", "Late", "Soon", "=Nobody's"]),
        ("sort=title", ["=Nobody's", "Late", "Soon", "Urgent"]),
        ("sort=-title", ["Urgent", "Soon", "Late", "=Nobody's"]),
        ("sort=due", ["Late", "Soon", "Urgent", "=Nobody's"]),
        ("sort=-due", ["Soon", "Late", "Urgent", "=Nobody's"]),
        ("sort=-priority", ["Urgent", "Late", "Soon", "=Nobody's"]),
        ("sort=assignee", ["Urgent", "Late", "Soon", "=Nobody's"]),
        ("sort=-estimate", ["Urgent", "Late", "Soon", "=Nobody's"]),
        ("sort=-column", ["=Nobody's", "Urgent", "Late", "Soon"]),
        ("sort=nonsense&group=title&columns=x", ["Urgent", "Late", "Soon", "=Nobody's"]),
        ("tag=api&sort=-title", ["Soon", "Late"]),
        ("q=nothing+like+that", []),
    ],
)
def test_rows_stand_in_the_order_of_the_address(
    ada: Person, team: Team, query: str, shown: list[str]
) -> None:
    page = visit(ada).open(f"/boards/{team.board_id}/table?{query}")
    assert (page.status, titles(page)) == (200, shown)
    part = visit(ada).open(f"/boards/{team.board_id}/table/groups?{query}", **HTMX)
    assert titles(part) == shown
    assert "<html" not in part.html


def test_groups_are_named_counted_and_summed_up(ada: Person, bob: Person, team: Team) -> None:
    board = visit(ada)
    address = f"/boards/{team.board_id}/table"
    page = board.open(f"{address}?group=assignee&sort=-title")
    names = [(name_of(ada), 2), (name_of(bob), 1), ("Nobody", 1)]
    assert groups(page) == names
    assert titles(page) == ["Urgent", "Late", "Soon", "=Nobody's"]
    assert "Estimate 3.5" in page.text
    assert "4 cards Estimate" in page.text
    by_priority = groups(board.open(f"{address}?group=priority"))
    assert by_priority == [("Urgent", 1), ("High", 1), ("Medium", 2)]
    assert [count for _, count in groups(board.open(f"{address}?group=column"))] == [3, 1]
    for name in OFFERED_GROUPS:
        for sort in OFFERED_ORDERS:
            page = board.open(f"{address}?group={name}&sort=-{sort}")
            assert sum(count for _, count in groups(page)) == len(titles(page)) == 4, (name, sort)
    # Where a task was, and is no more, an open table shows an empty group.
    kept = board.open(f"{address}/groups?group=priority&column=low,evil", **HTMX)
    assert groups(kept)[-1] == ("Low", 0)
    assert "evil" not in kept.html


def test_cells_follow_the_chosen_columns_and_the_rights(ada: Person, team: Team) -> None:
    guest = make_person(ada.app, "Gus")
    with ada.app.app_context():
        add_member(ada.actor, team.team_id, role="guest", user_id=guest.user_id)
    address = f"/boards/{team.board_id}/table?columns=due&columns=status"
    page = visit(ada).open(address)
    assert re.findall(r'role="columnheader"[^>]*>(?:<a[^>]*>)?([^<]+)<', page.html) == [
        "Title",
        "Due",
        "Status",
    ]
    assert page.html.count("/fields/due") == page.html.count("/fields/status") == 4
    seen = visit(guest).open(address)
    assert titles(seen) == titles(page)
    assert "/fields/" not in seen.html
    assert visit(make_person(ada.app, "Eve")).open(address).status == 404
    everything = "&".join(f"columns={name}" for name in OFFERED_COLUMNS)
    assert visit(ada).open(f"/boards/{team.board_id}/table?{everything}").status == 200


def test_the_file_has_the_rows_and_columns_of_the_table(ada: Person, team: Team) -> None:
    address = f"/boards/{team.board_id}/table/download?sort=-title&columns=assignee&columns=tags"
    answer = visit(ada).open(address).answer
    lines = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert lines[0] == ["Key", "Title", "Assignee", "Tags"]
    assert [line[1] for line in lines[1:]] == ["Urgent", "Soon", "Late", "'=Nobody's"]
    assert lines[3][2:] == [name_of(ada), "api, web"]
    assert 'filename="' in answer.headers["Content-Disposition"]
    with ada.app.app_context():
        waiting = queues.queue(queues.AUDIT, redis_client()).jobs
    noted = [job.args[0] for job in waiting if job.func_name == queues.WRITE_SECURITY_EVENT]
    assert [(one["event"], one["new_state"]["board_id"]) for one in noted] == [
        ("user.tasks_downloaded", team.board_id)
    ]


def test_a_row_is_shown_as_it_is_now(ada: Person, bob: Person, team: Team) -> None:
    task_id = re.findall(
        r'data-task-id="([^"]+)"', visit(ada).open(f"/boards/{team.board_id}/table").html
    )[0]
    address = f"/boards/{team.board_id}/table/rows/{task_id}?columns=due"
    row = visit(ada).open(address, **HTMX)
    assert titles(row) == ["Urgent"]
    assert "/fields/due" in row.html
    assert visit(ada).open(address).answer.headers["Location"].endswith(f"/tasks/{task_id}")
    other = make_team(bob)
    assert visit(bob).open(address.replace(team.board_id, other.board_id), **HTMX).status == 404
    assert visit(ada).open(f"/boards/{team.board_id}/table/rows/1", **HTMX).status == 404


def test_a_long_table_costs_what_a_short_one_does(app: Flask, ada: Person, bob: Person) -> None:
    team = make_team(ada, member=bob)
    address = f"/boards/{team.board_id}/table"
    make_task(ada, team, "First")
    visitor = Visitor(ada.browser(in_redis=True))

    def cost(query: str) -> tuple[dict[str, int], int]:
        for _ in range(3):
            page = visitor.open(f"{address}{query}")
        return count_round_trips(page.answer), len(titles(page))

    short, _ = cost("?sort=title")
    with app.app_context():
        for batch in range(10):
            create_tasks(
                ada.actor,
                board_id=team.board_id,
                column_id=team.columns["backlog"],
                new_tasks=[NewTask(title=f"Card {batch:02}-{number:02}") for number in range(50)],
            )
    assert cost("?sort=title") == (short, ROWS_PER_PAGE)
    assert short["postgresql"] == 3
    seen = []
    page = visitor.open(f"{address}?sort=-title&group=assignee")
    while True:
        seen += titles(page)
        following = re.search(r'table__more" href="([^"]+)"', page.html)
        if following is None:
            break
        page = visitor.open(unescape(following[1]), **HTMX)
    assert len(seen) == len(set(seen)) == 501
    assert seen == sorted(seen, reverse=True)
    assert visitor.open(f"{address}/rows?in=all&after={new_id()}").status == 404
    assert visitor.open(f"{address}/rows?after=x").status in (404, 422)
    assert "Back to the table" in visitor.open(f"{address}/rows?in=all").text


def test_one_switch_leads_from_view_to_view_and_takes_the_filter_along(
    ada: Person, team: Team
) -> None:
    board = f"/boards/{team.board_id}"
    views = r'<nav class="view-switch" aria-label="Views">(.*?)</nav>'
    for address, shown, query in (
        (f"{board}?priority=high", "Board", "?priority=high"),
        (f"{board}/table?priority=high&sort=due", "Table", "?priority=high"),
        (f"{board}/activity", "Activity", ""),
    ):
        page = visit(ada).open(address)
        switch = re.search(views, page.html, re.S)
        assert switch is not None, address
        links = re.findall(r'<a (?:id="\S+" )?href="([^"]+)"( aria-current="page")?', switch[1])
        names = re.findall(r">(\w+)</a>", switch[1])
        assert names == ["Board", "Table", "Calendar", "Timeline", "Reports", "Activity", "Saved"]
        assert [name for name, (_, is_current) in zip(names, links, strict=True) if is_current] == [
            shown
        ]
        assert [links[0][0], links[1][0]] == [f"{board}{query}", f"{board}/table{query}"]


def test_a_time_is_in_the_zone_of_who_reads_it(ada: Person, bob: Person, team: Team) -> None:
    make_task(ada, team, "Timed", due_at=datetime(2026, 12, 24, 14, 30, tzinfo=UTC))
    with ada.app.app_context():
        edit_profile(ada.actor, version=1, changes={"time_zone": "Asia/Tokyo"})
        edit_profile(bob.actor, version=1, changes={"time_zone": "America/New_York"})
    for path in (f"/boards/{team.board_id}/table?columns=due", f"/boards/{team.board_id}/table"):
        assert "24 Dec 2026, 23:30" in visit(ada).open(path).text
        assert "24 Dec 2026, 09:30" in visit(bob).open(path).text
