"""A board as a calendar: its days are the reader's, a day is bounded, and it costs three statements however long."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from taskforge import clock
from taskforge.accounts.service import edit_profile
from taskforge.ids import new_id
from taskforge.tasks.board.filters import CardFilter
from taskforge.tasks.bulk.batches import NewTask, create_tasks
from taskforge.tasks.calendar.queries import MAX_UNDATED, read_calendar
from taskforge.tasks.calendar.span import month_of, read_span, week_of
from tests.factories import Person, Team, make_task, make_team
from tests.pages import HTMX, Page, Visitor, visit
from tests.trips import count_round_trips

TODAY = date(2026, 3, 29)  # the clocks go forward in Europe


@pytest.fixture
def team(ada: Person, bob: Person, gus: Person) -> Team:
    return make_team(ada, member=bob, guest=gus)


def day_of(page: Page, title: str) -> str:
    """The day on which a card stands."""
    before = page.html.partition(f">{title}<")[0]
    return re.findall(r'data-column-id="([^"]+)"', before)[-1]


@pytest.mark.parametrize(
    ("given", "first", "days", "query"),
    [
        ({}, date(2026, 2, 23), 42, {"month": "2026-03"}),
        ({"month": "2026-02"}, date(2026, 1, 26), 35, {"month": "2026-02"}),
        ({"month": "2021-02"}, date(2021, 2, 1), 28, {"month": "2021-02"}),
        ({"week": "2026-04-01"}, date(2026, 3, 30), 7, {"week": "2026-03-30"}),
        ({"month": "2026-13"}, date(2026, 2, 23), 42, {"month": "2026-03"}),
        ({"month": "9999-12"}, date(2026, 2, 23), 42, {"month": "2026-03"}),
        ({"week": "x", "month": "0001-01"}, date(2026, 2, 23), 42, {"month": "2026-03"}),
    ],
)
def test_an_address_names_weeks(
    given: dict[str, str], first: date, days: int, query: dict[str, str]
) -> None:
    span = read_span(given, TODAY)
    assert (span.first, span.day_count, span.query()) == (first, days, query)
    assert span.beside(1).beside(-1) == span
    assert len(span.days) == days


def test_weeks_begin_when_the_readers_do() -> None:
    clock.set_reader_week_start(6)
    try:
        assert week_of(TODAY).first == TODAY
        assert month_of(TODAY).first == date(2026, 3, 1)
    finally:
        clock.set_reader_week_start(clock.MONDAY)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/St_Johns", "Pacific/Apia", "UTC"])
def test_a_time_is_on_the_day_of_its_reader(app: Flask, ada: Person, team: Team, zone: str) -> None:
    hours = [datetime(2026, 3, 28, tzinfo=UTC) + timedelta(hours=n) for n in range(0, 72, 5)]
    due = {
        make_task(ada, team, f"Card {at:%d %H}", due_at=at + timedelta(minutes=1)): at
        for at in hours
    }
    plain = make_task(ada, team, "All day", due_at=TODAY)
    done = make_task(ada, team, "Done", due_at=TODAY, status="done")
    with app.app_context(), clock.read_in(ZoneInfo(zone)):
        found = read_calendar(team.board_id, CardFilter(), month_of(TODAY), each=50)
    shown = {row["task_id"]: day for day, rows in found.tasks.items() for row in rows}
    expected = {task_id: at.astimezone(ZoneInfo(zone)).date() for task_id, at in due.items()}
    assert shown == {**expected, plain: TODAY, done: TODAY}
    of_day = [row["task_id"] for row in found.tasks[TODAY]]
    assert (of_day[0], of_day[-1]) == (plain, done)


def test_a_calendar_shows_days_their_first_cards_and_what_has_no_date(
    ada: Person, gus: Person, team: Team
) -> None:
    for number in range(6):
        make_task(ada, team, f"Busy {number}", due_at=TODAY)
    make_task(ada, team, "<b>Timed</b>", due_at=datetime(2026, 3, 30, 14, 30, tzinfo=UTC))
    make_task(ada, team, "Elsewhen", due_at=date(2026, 6, 1))
    undated = make_task(ada, team, "Undated")
    make_task(ada, team, "Undated and done", status="done")
    visitor, address = visit(ada), f"/boards/{team.board_id}/calendar"
    page = visitor.open(f"{address}?month=2026-03")
    assert page.status == 200
    assert "March 2026" in page.text
    assert [day_of(page, f"Busy {number}") for number in range(4)] == ["2026-03-29"] * 4
    assert day_of(page, "&lt;b&gt;Timed&lt;/b&gt;") == "2026-03-30"
    assert 'data-time="14:30"' in page.html
    assert day_of(page, "Undated") == "none"
    assert "+2 more on Sunday, 29 March" in " ".join(page.text.split())
    for hidden in ("Busy 4", "Elsewhen", "Undated and done"):
        assert hidden not in page.text
    assert 'draggable="true"' in page.html
    assert 'aria-current="page">Calendar' in page.html
    week = visitor.open(f"{address}?week=2026-03-29")
    assert "Busy 5" in week.text
    assert week.html.count("calendar__day") == 7
    mine = visitor.open(f"{address}?month=2026-03&assignee={ada.user_id}")
    assert "Busy 0" not in mine.text

    assert visitor.open(f"{address}/days").location == address
    days = visitor.open(f"{address}/days?month=2026-03&task=x&column=y&lanes=none", **HTMX)
    assert days.html.count("calendar__day") == 42
    assert "<html" not in days.html
    card = visitor.open(f"{address}/cards/{undated}", **HTMX)
    assert "Undated" in card.text
    assert visitor.open(f"{address}/cards/{undated}").location == f"/tasks/{undated}"
    for wrong in (new_id(), "x"):
        assert visitor.open(f"{address}/cards/{wrong}", **HTMX).status == 404
    guest = visit(gus).open(f"{address}?month=2026-03")
    assert "Busy 0" in guest.text
    assert 'draggable="true"' not in guest.html


def test_thousands_of_cards_cost_three_statements_and_a_bounded_page(
    app: Flask, ada: Person, team: Team
) -> None:
    with app.app_context():
        for due in (TODAY, None, TODAY, None):
            new = [NewTask(title=f"Card {n}", due_at=due) for n in range(75)]
            column_id = team.columns["backlog"]
            create_tasks(ada.actor, board_id=team.board_id, column_id=column_id, new_tasks=new)
    visitor: Visitor = visit(ada)
    page = visitor.open(f"/boards/{team.board_id}/calendar?month=2026-03")
    assert page.html.count("calendar__card") == 4 + MAX_UNDATED
    assert "+146 more" in page.text
    assert f"+{150 - MAX_UNDATED} more" in page.text
    # The board itself is kept at its version by then.
    again = visitor.open(f"/boards/{team.board_id}/calendar?month=2026-03")
    assert count_round_trips(again.answer)["postgresql"] == 3


def test_the_zone_and_the_week_of_a_profile_count(ada: Person, team: Team) -> None:
    make_task(ada, team, "Late at night", due_at=datetime(2026, 3, 29, 20, tzinfo=UTC))
    with ada.app.app_context():
        edit_profile(
            ada.actor, version=1, changes={"time_zone": "Asia/Tokyo", "week_start": "sunday"}
        )
    page = visit(ada).open(f"/boards/{team.board_id}/calendar?month=2026-03")
    assert day_of(page, "Late at night") == "2026-03-30"
    assert 'data-time="05:00"' in page.html
    assert re.findall(r'data-column-id="([^"]+)"', page.html)[0] == "2026-03-01"
