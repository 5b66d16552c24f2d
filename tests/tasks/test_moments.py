"""A start or due value is a day or an instant: kept as such, answered as it was given, read in the reader's zone."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge import clock
from taskforge.stores import mongo, sql
from taskforge.text.zones import find_zone
from tests.factories import Person, Team, make_task
from tests.pages import Visitor
from tests.stores.conftest import assert_stores_agree, catch_up
from tests.tasks.dated import create, fill, read, read_in

JSON = {"Accept": "application/json"}
BERLIN, TOKYO, LOS_ANGELES = "Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles"


@pytest.mark.parametrize(
    ("given", "answered"),
    [
        ("2026-12-24", "2026-12-24"),
        ("2026-12-24T15:30:00+02:00", "2026-12-24T13:30:00.000Z"),
        ("2026-12-24T00:00:00Z", "2026-12-24T00:00:00.000Z"),
        ("2026-12-24T00:00:00+01:00", "2026-12-23T23:00:00.000Z"),
        (None, None),
    ],
)
@pytest.mark.parametrize("name", ["dueDate", "startDate"])
def test_the_api_answers_a_day_as_a_day_and_an_instant_in_utc(
    ada: Person, team: Team, name: str, given: str | None, answered: str | None
) -> None:
    task_id = create(ada, team, **{name: given}).json["taskId"]
    assert read(ada, task_id)[name] == answered
    ada.api("PATCH", f"/tasks/{task_id}", {name: "2027-01-01"})
    ada.api("PATCH", f"/tasks/{task_id}", {name: given})
    assert read(ada, task_id)[name] == answered
    listed = ada.api("GET", f"/tasks?boardId={team.board_id}").json["items"]
    assert listed[0][name] == answered
    history = ada.api("GET", f"/tasks/{task_id}/history").json["items"]
    assert (history[0]["newState"] or {}).get(name) == answered


@pytest.mark.parametrize(
    "bad", ["fri", "tomorrow 15:00", "2026-12-24T15:30", "24 dec", "2026-02-30", 7]
)
def test_the_api_takes_strict_iso_only(ada: Person, team: Team, bad: object) -> None:
    assert create(ada, team, dueDate=bad).status_code == 422


def test_both_stores_say_which_of_the_two_it_is(ada: Person, team: Team) -> None:
    task_id = create(ada, team, startDate="2026-12-24", dueDate="2026-12-25T00:00:00Z").json[
        "taskId"
    ]
    with ada.app.app_context():
        catch_up()
        row = sql.row(text("SELECT start_at, start_has_time, due_at, due_has_time FROM tasks"))
        stored = mongo.collection("tasks").find_one({"_id": task_id})
        assert_stores_agree()
    assert row is not None
    assert stored is not None
    assert dict(row) == {
        "start_at": datetime(2026, 12, 24, tzinfo=UTC),
        "start_has_time": False,
        "due_at": datetime(2026, 12, 25, tzinfo=UTC),
        "due_has_time": True,
    }
    assert {name: stored[name] for name in row} == dict(row)


def test_documents_of_an_older_version_are_right_as_they_are(ada: Person, team: Team) -> None:
    """The row was written without flags, its mirror with schema version 2."""
    task_id = create(ada, team, dueDate="2026-12-24", startDate="2026-12-01T09:00:00Z").json[
        "taskId"
    ]
    flags = {"start_has_time": "", "due_has_time": ""}
    with ada.app.app_context():
        catch_up()
        sql.execute_now(text("UPDATE tasks SET start_has_time = NULL, due_has_time = NULL"))
        mongo.collection("tasks").update_one(
            {"_id": task_id}, {"$unset": flags, "$set": {"mirror_schema": 2}}
        )
        assert_stores_agree()
    ada.api("PATCH", f"/tasks/{task_id}", {"title": "y"})
    with ada.app.app_context():
        catch_up()
        assert_stores_agree()
        stored = mongo.collection("tasks").find_one({"_id": task_id})
    assert stored is not None
    assert (stored["start_has_time"], stored["due_has_time"]) == (True, False)


@pytest.mark.parametrize(
    ("stored", "answered"),
    [
        ("2026-12-24T00:00:00Z", "2026-12-24"),
        ("2026-12-24T09:30:00Z", "2026-12-24T09:30:00.000Z"),
    ],
)
def test_what_an_older_version_wrote_is_a_day_where_it_begins_one(
    ada: Person, team: Team, stored: str, answered: str
) -> None:
    task_id = make_task(ada, team)
    with ada.app.app_context():
        sql.execute_now(text("UPDATE tasks SET due_at = :at"), {"at": stored})
    assert read(ada, task_id)["dueDate"] == answered


def test_an_older_version_that_sets_a_time_on_a_day_is_believed(ada: Person, team: Team) -> None:
    task_id = create(ada, team, dueDate="2026-12-24").json["taskId"]
    with ada.app.app_context():
        sql.execute_now(text("UPDATE tasks SET due_at = '2026-12-24T09:30:00Z'"))
    assert read(ada, task_id)["dueDate"] == "2026-12-24T09:30:00.000Z"


def test_undoing_gives_back_a_day_that_an_older_version_logged(ada: Person, team: Team) -> None:
    task_id = make_task(ada, team)
    with ada.app.app_context():
        sql.execute_now(text("UPDATE tasks SET due_at = '2026-12-24T00:00:00Z'"))
    ada.api("PATCH", f"/tasks/{task_id}", {"dueDate": "2027-01-01T10:00:00Z"})
    history = ada.api("GET", f"/tasks/{task_id}/history").json["items"]
    assert history[0]["previousState"]["dueDate"] == "2026-12-24"
    undone = ada.api("POST", f"/tasks/{task_id}/undo", {"eventId": history[0]["eventId"]})
    assert undone.status_code == 200
    assert read(ada, task_id)["dueDate"] == "2026-12-24"


@pytest.mark.parametrize("zone", [BERLIN, TOKYO, LOS_ANGELES])
def test_another_day_keeps_the_time_of_the_reader(
    ada: Person, team: Team, visitor: Visitor, zone: str
) -> None:
    task_id = create(ada, team, dueDate="2026-12-24T15:30:00Z").json["taskId"]
    read_in(visitor, zone)
    before = datetime(2026, 12, 24, 15, 30, tzinfo=UTC).astimezone(find_zone(zone))
    assert visitor.open(f"/tasks/{task_id}/fields/due").form("/fields/due").fields["value"] == (
        f"{before:%Y-%m-%d %H:%M}"
    )
    assert fill(visitor, task_id, "due", "2027-01-05").status == 303
    after = datetime.combine(date(2027, 1, 5), before.time(), find_zone(zone)).astimezone(UTC)
    assert read(ada, task_id)["dueDate"] == f"{after:%Y-%m-%dT%H:%M}:00.000Z"
    assert fill(visitor, task_id, "due", "2027-01-05 all day").status == 303
    assert read(ada, task_id)["dueDate"] == "2027-01-05"
    assert fill(visitor, task_id, "due", "2027-01-06").status == 303
    assert read(ada, task_id)["dueDate"] == "2027-01-06"


def test_the_edit_form_and_many_cards_keep_the_time_too(
    ada: Person, team: Team, visitor: Visitor
) -> None:
    task_id = create(ada, team, dueDate="2026-12-24T15:30:00Z").json["taskId"]
    visitor.fill(f"/tasks/{task_id}/edit", "/edit", title="Better")
    assert read(ada, task_id)["dueDate"] == "2026-12-24T15:30:00.000Z"
    visitor.fill(f"/tasks/{task_id}/edit", "/edit", due_at="2026-12-31")
    assert read(ada, task_id)["dueDate"] == "2026-12-31T15:30:00.000Z"
    sent = {"act": "due", "due_at": "1 jan 2028", "task_id": task_id}
    visitor.fill(f"/boards/{team.board_id}/select", "/tasks/edit-many", **sent)
    assert read(ada, task_id)["dueDate"] == "2028-01-01T15:30:00.000Z"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("fri", "2026-05-15"),
        ("on friday", "2026-05-15"),
        ("by tomorrow", "2026-05-13"),
        ("24 dec", "2026-12-24"),
        ("Dec 24th, 2027", "2027-12-24"),
        ("2026-12-24", "2026-12-24"),
        ("tomorrow 15:00", "2026-05-13T13:00:00.000Z"),
        ("fri at 3pm", "2026-05-15T13:00:00.000Z"),
        ("2026-12-24 15:00", "2026-12-24T14:00:00.000Z"),
        ("2026-12-24T15:00", "2026-12-24T14:00:00.000Z"),
        ("2026-12-24T15:00:00Z", "2026-12-24T15:00:00.000Z"),
        ("", None),
    ],
)
@pytest.mark.parametrize("name", ["due", "start"])
def test_the_field_takes_words_in_the_readers_zone(
    ada: Person, team: Team, visitor: Visitor, name: str, typed: str, expected: str | None
) -> None:
    task_id = make_task(ada, team)
    read_in(visitor, BERLIN)
    with clock.frozen(datetime(2026, 5, 12, 9, tzinfo=UTC)):
        assert fill(visitor, task_id, name, typed).status == 303
    assert read(ada, task_id)[f"{name}Date"] == expected


@pytest.mark.parametrize(
    "typed", ["soon", "32 dec", "fri 25:00", "15:00", "yesterday-ish", "x" * 500]
)
def test_other_words_are_refused_with_examples_and_stay_in_the_field(
    ada: Person, team: Team, visitor: Visitor, typed: str
) -> None:
    task_id = make_task(ada, team)
    page = fill(visitor, task_id, "due", typed)
    assert page.status == 422
    assert "must be a day such as fri" in page.html
    assert page.form("/fields/due").fields["value"] == typed


def test_today_is_the_readers_today(ada: Person, team: Team, visitor: Visitor) -> None:
    task_id = make_task(ada, team)
    with clock.frozen(datetime(2026, 5, 12, 22, 30, tzinfo=UTC)):
        for zone, day in ((TOKYO, "2026-05-13"), (LOS_ANGELES, "2026-05-12"), ("", "2026-05-12")):
            read_in(visitor, zone)
            fill(visitor, task_id, "due", "today")
            assert read(ada, task_id)["dueDate"] == day


def test_a_time_that_summer_time_skips_is_an_hour_later(
    ada: Person, team: Team, visitor: Visitor
) -> None:
    task_id = make_task(ada, team)
    read_in(visitor, BERLIN)
    fill(visitor, task_id, "due", "2027-03-28 02:30")
    assert read(ada, task_id)["dueDate"] == "2027-03-28T01:30:00.000Z"


def test_the_log_holds_a_day_as_a_day(app: Flask, ada: Person, team: Team) -> None:
    create(ada, team, dueDate="2026-12-24", startDate="2026-12-24T00:00:00Z")
    with app.app_context():
        state = sql.scalar(text("SELECT new_state FROM audit_logs WHERE event = 'task.created'"))
    logged = state if isinstance(state, dict) else json.loads(state)
    assert (logged["due_at"], logged["start_at"]) == ("2026-12-24", "2026-12-24T00:00:00.000Z")
