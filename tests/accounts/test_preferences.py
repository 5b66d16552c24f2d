"""Appearance, time zone and first day of the week: saved, shown, and used wherever days and times are."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from taskforge import clock
from tests.factories import Person, Team, make_task
from tests.pages import Visitor, visit
from tests.tasks.dated import create

PATH = "/profile/preferences"
INSTANT = "2026-12-23T23:30:00Z"


def test_preferences_are_saved_and_shown(visitor: Visitor) -> None:
    answer = visitor.fill(PATH, PATH, theme="dark", time_zone="Asia/Tokyo", week_start="sunday")
    assert (answer.status, answer.location) == (303, PATH)
    page = visitor.open(PATH)
    assert 'data-theme="dark" data-zone="Asia/Tokyo" data-week-start="sunday"' in page.html
    fields = page.form(PATH).fields
    assert (fields["time_zone"], fields["week_start"]) == ("Asia/Tokyo", "sunday")


def test_who_chose_nothing_is_told_nothing(visitor: Visitor) -> None:
    page = visitor.open("/boards")
    assert "data-zone" not in page.html
    assert "data-week-start" not in page.html


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("theme", "neon"), ("time_zone", "Mars/Base"), ("time_zone", "../etc/passwd"), ("time_zone", "x" * 300),
        ("week_start", "friday"),
    ],
)  # fmt: skip
def test_a_wrong_value_changes_nothing(visitor: Visitor, field: str, value: str) -> None:
    before = visitor.open(PATH).form(PATH).fields
    assert visitor.fill(PATH, PATH, **{field: value}).status == 422
    after = visitor.open(PATH).form(PATH).fields
    assert {**after, "op": "", "csrf_token": ""} == {**before, "op": "", "csrf_token": ""}


def test_the_chosen_zone_wins_over_the_browsers(ada: Person, team: Team, visitor: Visitor) -> None:
    task_id = create(ada, team, dueDate=INSTANT).json["taskId"]
    visitor.client.set_cookie("zone", "America/Los_Angeles")
    assert "23 Dec 2026, 15:30" in visitor.open(f"/tasks/{task_id}").html
    visitor.fill(PATH, PATH, time_zone="Asia/Tokyo")
    assert "24 Dec 2026, 08:30" in visitor.open(f"/tasks/{task_id}").html
    elsewhere = visit(ada)
    assert "24 Dec 2026, 08:30" in elsewhere.open(f"/tasks/{task_id}").html
    elsewhere.fill(PATH, PATH, time_zone="")
    assert "23 Dec 2026, 15:30" in visitor.open(f"/tasks/{task_id}").html


@pytest.mark.usefixtures("same_day")
def test_words_for_days_are_meant_in_the_chosen_zone(
    ada: Person, team: Team, visitor: Visitor
) -> None:
    task_id = make_task(ada, team)
    assert ada.api("PATCH", "/users/me", {"timeZone": "Pacific/Kiritimati"}).status_code == 200
    path = f"/tasks/{task_id}/fields/due"
    visitor.fill(path, path, value="today 10:00")
    today = clock.now().astimezone(ZoneInfo("Pacific/Kiritimati")).date()
    due = ada.api("GET", f"/tasks/{task_id}").json["dueDate"]
    assert due == f"{today - timedelta(days=1)}T20:00:00.000Z"


@pytest.mark.usefixtures("same_day")
@pytest.mark.parametrize(("week_start", "weekday"), [("monday", 0), ("saturday", 5), ("sunday", 6)])
def test_next_week_begins_on_the_chosen_day(
    ada: Person, team: Team, visitor: Visitor, week_start: str, weekday: int
) -> None:
    task_id = make_task(ada, team)
    assert ada.api("PATCH", "/users/me", {"weekStart": week_start}).status_code == 200
    path = f"/tasks/{task_id}/fields/due"
    visitor.fill(path, path, value="next week")
    due = date.fromisoformat(ada.api("GET", f"/tasks/{task_id}").json["dueDate"])
    today = clock.now().date()
    assert due.weekday() == weekday
    assert 0 < (due - today).days <= 7
    assert f'value="{due}"' in visitor.open(path).html


@pytest.mark.parametrize("body", [{"timeZone": "Mars"}, {"timeZone": 7}, {"weekStart": "tuesday"}])
def test_the_api_refuses_what_the_page_does(ada: Person, body: dict[str, object]) -> None:
    assert ada.api("PATCH", "/users/me", body).status_code == 422


def test_the_api_shows_and_changes_them(ada: Person) -> None:
    changes = {"timeZone": "Europe/Vienna", "weekStart": "sunday"}
    profile = ada.api("PATCH", "/users/me", changes).json
    assert (profile["timeZone"], profile["weekStart"]) == ("Europe/Vienna", "sunday")
    assert ada.api("PATCH", "/users/me", {"timeZone": None}).json["timeZone"] is None
