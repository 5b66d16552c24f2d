"""A board as a timeline: which weeks an address names, which bars lie in them, and that it costs three statements."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge import clock
from taskforge.extensions import db
from taskforge.ids import new_id
from taskforge.tasks.board.filters import CardFilter
from taskforge.tasks.bulk.batches import NewTask, create_tasks
from taskforge.tasks.timeline.queries import ROWS_PER_PAGE, read_timeline
from taskforge.tasks.timeline.span import TimelineSpan, read_timeline_span
from tests.factories import Person, Team, make_task, make_team
from tests.pages import HTMX, Page, visit
from tests.trips import count_round_trips

TODAY = date(2026, 3, 29)  # a Sunday; the clocks go forward in Europe
FIRST = date(2026, 3, 2)
WEEKS = "from=2026-03-02&zoom=month"  # to 12 April


@pytest.fixture
def team(ada: Person, bob: Person, gus: Person) -> Team:
    return make_team(ada, member=bob, guest=gus)


def row_of(page: Page, title: str) -> str:
    """The HTML of a card's row."""
    rows = re.findall(r'<li class="card bars__row.*?</li>', page.html, re.DOTALL)
    return next(row for row in rows if f">{title}<" in row)


def bar_of(page: Page, title: str) -> tuple[float, float]:
    """Where the bar of a card begins, and how wide it is, in days."""
    found = re.search(r'bars__bar".*? x="(-?[\d.]+)%" width="([\d.]+)%"', row_of(page, title))
    assert found is not None, title
    return round(float(found[1]) * 0.42, 1), round(float(found[2]) * 0.42, 1)


@pytest.mark.parametrize(
    ("given", "first", "days"),
    [
        ({}, date(2026, 3, 16), 42),
        ({"zoom": "quarter"}, date(2026, 3, 16), 98),
        ({"from": "2026-03-04"}, FIRST, 42),
        ({"from": "2026-03-04", "zoom": "quarter"}, FIRST, 98),
        ({"from": "2026-13-01", "zoom": "year"}, date(2026, 3, 16), 42),
        ({"from": "9999-12-31"}, date(2026, 3, 16), 42),
        ({"from": "0001-01-01"}, date(2026, 3, 16), 42),
        ({"from": "2200-12-31"}, date(2200, 12, 29), 42),
        ({"from": "٢٠٢٦-03-04"}, date(2026, 3, 16), 42),
    ],
)
def test_an_address_names_weeks(given: dict[str, str], first: date, days: int) -> None:
    span = read_timeline_span(given, TODAY)
    assert (span.first, span.day_count, len(span.days)) == (first, days, days)
    assert read_timeline_span(span.query(), TODAY) == span
    assert span.beside(1).beside(-1) == span


def test_bars_reach_from_start_to_due_date_and_what_lies_elsewhere_is_counted(
    ada: Person, gus: Person, team: Team
) -> None:
    def day(number: int) -> date:
        return FIRST + timedelta(days=number)

    def make(title: str, start: date | None, due: date | None, **more: object) -> str:
        return make_task(ada, team, title, start_at=start, due_at=due, **more)

    make("Both", day(3), day(5))
    make("Only due", None, day(9), assignee_id=ada.user_id)
    make("Only start", day(30), None, status="done")
    make("Begun before", day(-20), day(0))
    make("Goes on", day(41), day(80))
    make("Over", day(-9), day(-1))
    make("Over too", None, day(-30))
    make("To come", day(42), day(43))
    make("<b>Timed</b>", None, datetime(2026, 3, 10, 14, 30, tzinfo=UTC))
    undated = make("Undated", None, None)
    make("Undated and done", None, None, status="done")
    address = f"/boards/{team.board_id}/timeline"
    visitor = visit(ada)
    page = visitor.open(f"{address}?{WEEKS}")
    assert page.status == 200
    assert "2 Mar to 12 Apr 2026" in page.text
    titles = re.findall(r'class="card__title"[^>]*>([^<]+)<', page.html)
    assert titles == [
        "Begun before",
        "Both",
        "&lt;b&gt;Timed&lt;/b&gt;",
        "Only due",
        "Only start",
        "Goes on",
    ]
    bars = [bar_of(page, title) for title in titles]
    assert bars == [(-1.3, 2.3), (3, 3), (8, 1), (9, 1), (30, 1), (41, 2.3)]
    assert "is-point" in row_of(page, "Only due")
    assert "is-open" in row_of(page, "Only start")
    assert re.search(r">5 Mar( 2026)? to 7 Mar( 2026)?<", row_of(page, "Both"))
    assert 'data-due="2026-03-10" data-due-time="14:30"' in row_of(page, titles[2])
    for one in ("2 earlier", "1 later", "1 open card has no date", 'aria-current="page">Timeline'):
        assert one in re.sub(r"\s+", " ", page.html.replace("</svg>", "")), one
    assert "bars__handle" in page.html
    assert "Bars of a timeline" in page.text
    assert "Bars of a timeline" not in visitor.open(f"/boards/{team.board_id}/calendar").text

    # Each way leads to where the nearest of them is.
    for words, title in (("earlier", "Over"), ("later", "To come"), ("no date", "Undated")):
        link = re.search(rf'href="([^"]+)"[^>]*>(?:(?!</a>).)*{words}', page.html, re.DOTALL)
        assert link is not None
        there = visitor.open(
            re.findall(rf'href="([^"]+)"[^>]*>(?:(?!</a>).)*{words}', page.html, re.DOTALL)[
                -1
            ].replace("&amp;", "&")
        )
        assert f">{title}<" in there.html
    opened = f"view={new_id()}.0123abcd"
    links = re.findall(
        r'class="bars__edge[^>]*href="([^"]+)"', visitor.open(f"{address}?{WEEKS}&{opened}").html
    )
    assert [opened in link for link in links] == [True, True]
    mine = visitor.open(f"{address}?{WEEKS}&q=assignee:me")
    assert re.findall(r'class="card__title"[^>]*>([^<]+)<', mine.html) == ["Only due"]
    assert "Nothing that fits" in visitor.open(f"{address}?{WEEKS}&q=nowhere").text
    assert "Nothing in these weeks" in visitor.open(f"{address}?from=2031-01-01").text
    assert "zoom" in visitor.open(f"{address}/filter?{WEEKS}").html

    assert visitor.open(f"{address}/bars").location == address
    fresh = visitor.open(f"{address}/bars?{WEEKS}&task=x&column=bars&lanes=none", **HTMX)
    assert fresh.html.count("bars__row") == 6 + 1
    assert "<html" not in fresh.html
    one = visitor.open(f"{address}/rows/{undated}?{WEEKS}", **HTMX)
    assert "Undated" in one.text
    assert "bars__bar" not in one.html
    assert visitor.open(f"{address}/rows/{undated}").location == f"/tasks/{undated}"
    for wrong in (f"rows/{new_id()}", "rows/x"):
        assert visitor.open(f"{address}/{wrong}", **HTMX).status == 404
    for wrong in ("rows?after=x", "rows"):
        assert visitor.open(f"{address}/{wrong}", **HTMX).status == 422
    guest = visit(gus).open(f"{address}?{WEEKS}")
    assert guest.html.count("bars__bar") == 6
    assert "bars__handle" not in guest.html
    assert "timeline-keys" not in guest.html.partition("shortcuts-help")[0]


@pytest.mark.parametrize("zone", ["America/St_Johns", "Pacific/Apia"])
def test_the_weeks_are_those_of_the_reader(app: Flask, ada: Person, team: Team, zone: str) -> None:
    """Every moment around both ends is counted where it is drawn, and once."""
    span = TimelineSpan("month", FIRST)
    placed: dict[str, date] = {}
    for end in (span.first, span.end):
        for hours in range(-30, 31, 6):
            at = datetime(end.year, end.month, end.day, tzinfo=UTC) + timedelta(
                hours=hours, minutes=1
            )
            for name in ("start_at", "due_at"):
                placed[make_task(ada, team, f"{at}", status="done", **{name: at})] = at.astimezone(
                    ZoneInfo(zone)
                ).date()
        for day in (end, end - timedelta(days=1)):
            placed[make_task(ada, team, f"{day}", due_at=day)] = day
    with app.app_context(), clock.read_in(ZoneInfo(zone)):
        found = read_timeline(team.board_id, CardFilter(), span, today=TODAY)
    days = list(placed.values())
    assert {row["task_id"] for row in found.tasks} == {
        task_id for task_id, day in placed.items() if span.holds(day)
    }
    assert found.count == len(found.tasks)
    assert found.earlier_count == sum(day < span.first for day in days)
    assert found.later_count == sum(day >= span.end for day in days)


def test_an_open_card_without_a_due_date_reaches_to_today(
    app: Flask, ada: Person, team: Team
) -> None:
    begun = make_task(ada, team, "Begun", start_at=FIRST - timedelta(days=40))
    make_task(ada, team, "Done", start_at=FIRST - timedelta(days=40), status="done")
    reversed_id = make_task(ada, team, "Reversed", start_at=FIRST)
    span = TimelineSpan("month", FIRST)
    with app.app_context():
        # As tasks could be before the rule that they start before they are due.
        write = text(
            "UPDATE tasks SET due_at = :due, due_has_time = false WHERE task_id = :task_id"
        )
        at = datetime(2026, 2, 20, tzinfo=UTC)
        db.session.execute(write, {"due": at, "task_id": reversed_id})
        db.session.commit()
        shown = [
            {
                row["task_id"]
                for row in read_timeline(team.board_id, CardFilter(), span, today=day).tasks
            }
            for day in (FIRST, FIRST - timedelta(days=1))
        ]
    assert shown == [{begun, reversed_id}, {reversed_id}]


def test_thousands_of_cards_cost_three_statements_and_a_bounded_page(
    app: Flask, ada: Person, team: Team
) -> None:
    with app.app_context():
        for lot in range(3):
            new = [
                NewTask(title=f"Card {lot} {n}", start_at=FIRST, due_at=TODAY) for n in range(75)
            ]
            column_id = team.columns["backlog"]
            create_tasks(ada.actor, board_id=team.board_id, column_id=column_id, new_tasks=new)
    visitor, address = visit(ada), f"/boards/{team.board_id}/timeline?{WEEKS}"
    page = visitor.open(address)
    titles = re.findall(r'class="card__title"[^>]*>([^<]+)<', page.html)
    assert len(titles) == ROWS_PER_PAGE
    assert "<span>125</span> more" in page.html
    while more := re.search(r'hx-get="([^"]+)"', page.html.partition("bars__more")[2]):
        page = visitor.open(more[1].replace("&amp;", "&"), **HTMX)
        titles += re.findall(r'class="card__title"[^>]*>([^<]+)<', page.html)
    assert titles == [f"Card {lot} {n}" for lot in range(3) for n in range(75)]
    plain = visitor.open(more_address(visitor.open(address)))
    assert "Further cards from 2 Mar to 12 Apr 2026" in plain.text
    # The board itself is kept at its version by then.
    assert count_round_trips(visitor.open(address).answer)["postgresql"] == 3


def more_address(page: Page) -> str:
    found = re.search(r'bars__more.*?href="([^"]+)"', page.html, re.DOTALL)
    assert found is not None
    return found[1].replace("&amp;", "&")
