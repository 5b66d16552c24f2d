"""Pages, filters and quick-add take the days and times of tasks in the reader's zone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge import clock
from taskforge.stores import sql
from taskforge.tasks.queries import get_task
from taskforge.text.zones import find_zone
from tests.factories import Person, Team
from tests.pages import Visitor
from tests.tasks.dated import create, fill, read_in

JSON = {"Accept": "application/json"}
BERLIN, TOKYO, LOS_ANGELES = "Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles"


@pytest.mark.parametrize(
    ("zone", "shown"),
    [(BERLIN, "24 Dec 2026, 00:00"), (TOKYO, "24 Dec 2026, 08:00"), ("", "23 Dec 2026, 23:00 UTC")],
)
def test_pages_show_an_instant_on_the_readers_day_with_its_time(
    ada: Person, team: Team, visitor: Visitor, zone: str, shown: str
) -> None:
    task_id = create(ada, team, dueDate="2026-12-24T00:00:00+01:00").json["taskId"]
    read_in(visitor, zone)
    html = visitor.open(f"/tasks/{task_id}").html
    assert f'<time datetime="2026-12-23T23:00:00.000Z" data-moment data-due>{shown}</time>' in html
    ada.api("PATCH", f"/tasks/{task_id}", {"dueDate": "2027-01-01"})
    assert shown in visitor.open(f"/tasks/{task_id}/history").html


def test_a_day_is_the_same_day_for_everybody(ada: Person, team: Team, visitor: Visitor) -> None:
    task_id = create(ada, team, dueDate="2026-12-24", startDate="2026-12-01").json["taskId"]
    for zone in (BERLIN, TOKYO, LOS_ANGELES, ""):
        read_in(visitor, zone)
        html = visitor.open(f"/tasks/{task_id}").html
        assert '<time datetime="2026-12-24" data-moment data-due>24 Dec 2026</time>' in html
        assert '<time datetime="2026-12-01" data-moment>1 Dec 2026</time>' in html


def test_a_card_of_another_year_shows_its_year(ada: Person, team: Team, visitor: Visitor) -> None:
    year = clock.now().year
    create(ada, team, dueDate=f"{year}-12-24")
    create(ada, team, dueDate=f"{year + 1}-12-24")
    create(ada, team, dueDate=f"{year}-12-24T15:00:00Z")
    html = visitor.open(f"/boards/{team.board_id}").html
    for shown in ("24 Dec", f"24 Dec {year + 1}", "24 Dec, 15:00 UTC"):
        assert f"data-moment data-due>{shown}</time>" in html


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-12-25", "2026-12-24"),
        ("2026-12-24T15:00:00Z", "2026-12-24T14:00:00Z"),
        ("2026-12-25T00:00:00Z", "2026-12-24"),
    ],
)
def test_a_start_after_the_due_date_is_refused(
    ada: Person, team: Team, visitor: Visitor, start: str, due: str
) -> None:
    refused = create(ada, team, startDate=start, dueDate=due)
    assert refused.status_code == 422
    assert "would be after the due date" in refused.json["error"]["message"]
    task_id = create(ada, team, dueDate=due).json["taskId"]
    assert ada.api("PATCH", f"/tasks/{task_id}", {"startDate": start}).status_code == 422
    typed = start.replace("Z", "+00:00")
    page = fill(visitor, task_id, "start", typed)
    assert page.status == 422
    assert page.form("/fields/start").fields["value"] == typed
    same = create(ada, team, startDate=due, dueDate=due)
    assert same.status_code == 201


def test_a_task_whose_dates_are_the_wrong_way_round_can_still_be_edited(
    ada: Person, team: Team
) -> None:
    task_id = create(ada, team, dueDate="2026-12-24").json["taskId"]
    with ada.app.app_context():
        sql.execute_now(text("UPDATE tasks SET start_at = '2027-01-01T00:00:00Z'"))
    assert ada.api("PATCH", f"/tasks/{task_id}", {"title": "y"}).status_code == 200


@pytest.mark.parametrize(
    ("due", "zone", "bucket", "is_shown"),
    [
        ("2026-05-12", TOKYO, "overdue", True),  # there it is the 13th
        ("2026-05-12", LOS_ANGELES, "overdue", False),
        ("2026-05-12", LOS_ANGELES, "today", True),
        ("2026-05-12", "", "today", True),
        ("2026-05-13", TOKYO, "today", True),
        ("2026-05-13", "", "today", False),
        ("2026-05-12T22:00:00Z", "", "overdue", True),
        ("2026-05-12T23:30:00Z", "", "overdue", False),
        ("2026-05-12T23:30:00Z", TOKYO, "today", True),
        ("2026-05-12T14:00:00Z", TOKYO, "today", False),
        ("2026-05-19", TOKYO, "week", True),
        ("2026-05-19", "", "week", False),
        ("2026-05-19T14:59:00Z", TOKYO, "week", True),
        ("2026-05-19T15:00:00Z", TOKYO, "week", False),
        ("2026-05-13T00:00:00Z", "", "today", False),
    ],
)
def test_filters_use_the_readers_day(
    ada: Person, team: Team, visitor: Visitor, due: str, zone: str, bucket: str, *, is_shown: bool
) -> None:
    create(ada, team, title="The card", dueDate=due)
    read_in(visitor, zone)
    with clock.frozen(datetime(2026, 5, 12, 22, 30, tzinfo=UTC)):
        html = visitor.open(f"/boards/{team.board_id}?due={bucket}").html
        menu = visitor.open(f"/boards/{team.board_id}/filter").html
    assert ("The card" in html) == is_shown
    counted = menu.partition(f'value="{bucket}"')[2].partition("tabular-numbers")[2][:8]
    assert ("1" in counted) == is_shown


@pytest.mark.parametrize(
    "name", ["../etc/passwd", "Nowhere/Land", "x" * 500, "Europe", "Europe/", ""]
)
def test_a_zone_that_does_not_exist_is_utc(name: str) -> None:
    assert find_zone(name) == clock.UTC_ZONE


def test_quick_add_sets_a_time_in_the_readers_zone(
    app: Flask, ada: Person, team: Team, visitor: Visitor
) -> None:
    read_in(visitor, BERLIN)
    with clock.frozen(datetime(2026, 5, 12, 9, tzinfo=UTC)):
        visitor.fill(
            f"/boards/{team.board_id}",
            "/tasks/create",
            title="Call the bank on friday 15:00",
            today="2026-05-12",
        )
    with app.app_context():
        row = sql.row(text("SELECT task_id, title FROM tasks"))
        assert row is not None
        found = get_task(ada.actor, row["task_id"]).row
    assert (found["title"], found["due_at"]) == (
        "Call the bank",
        datetime(2026, 5, 15, 13, tzinfo=UTC),
    )
