"""The figures of use: equal to a naive count, named by their store, and without what a store does not answer."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge import clock
from taskforge.analytics import postgresql
from taskforge.analytics.parts import Part, Read, read_parts
from taskforge.analytics.reading import kept_parts
from taskforge.comments.service import create_comment
from taskforge.errors import Unavailable
from taskforge.messaging import redis_client
from taskforge.messaging.breaker import MONGODB, POSTGRESQL, REDIS
from taskforge.stores import sql
from taskforge.tasks.service import delete_task, edit_task
from tests.admin.test_suspension import make_site_admin
from tests.factories import Person, Team, make_person, make_task, make_team
from tests.pages import Visitor, visit
from tests.stores.scene import relay_everything

STORE_OF = {
    "people": POSTGRESQL,
    "work": POSTGRESQL,
    "activity": POSTGRESQL,
    "attachments": POSTGRESQL,
    "throughput": POSTGRESQL,
    "tables": POSTGRESQL,
    "collections": MONGODB,
    "content": MONGODB,
    "online": REDIS,
    "keys": REDIS,
    "caches": REDIS,
    "queues": REDIS,
}


@pytest.fixture
def root(app: Flask) -> Person:
    return make_site_admin(make_person(app, "Root"))


@pytest.fixture
def here(root: Person) -> Visitor:
    return visit(root)


@pytest.fixture
def team(app: Flask, ada: Person, bob: Person) -> Team:
    """A team with work of this week and of two weeks ago; one card came to Done twice."""
    team = make_team(ada, name="The smiths", member=bob)
    with clock.frozen(clock.now() - timedelta(days=14)):
        old = make_task(ada, team, "An old card")
    first = make_task(ada, team, "Read by nobody")
    gone = make_task(bob, team, "Gone")
    with app.app_context():
        for status in ("done", "todo", "done", "todo"):
            edit_task(ada.actor, first, changes={"status": status})
        edit_task(ada.actor, first, changes={"description": "Words"})
        edit_task(bob.actor, old, changes={"status": "done", "title": "An older card"})
        edit_task(bob.actor, old, changes={"title": "The oldest card"})
        create_comment(bob.actor, first, content="Never to be seen here")
        delete_task(bob.actor, gone)
        relay_everything()
    return team


def figures_of(parts: list[Part]) -> dict[str, Any]:
    return {part.name: part.figures for part in parts}


def test_the_figures_are_those_of_a_naive_count(app: Flask, team: Team) -> None:
    """Every event is read and counted in Python, without the statement's ways."""
    with app.app_context():
        parts = kept_parts.get()
        events = sql.rows(text("SELECT * FROM audit_logs ORDER BY log_id"))
        tasks = sql.rows(text("SELECT status, deleted_at FROM tasks"))
        sessions = sql.rows(text("SELECT user_id, last_seen_at FROM user_sessions"))
    found = figures_of(parts)
    assert {part.name: part.store for part in parts} == STORE_OF
    activity, now = found["activity"], clock.now()
    counted = Counter(event["event"] for event in events)
    assert {row["event"]: row["count"] for row in activity["events"]} == counted
    for week in activity["weeks"]:
        of_week = [
            event
            for event in events
            if week["day"] <= event["action_timestamp"].date() < week["day"] + timedelta(days=7)
        ]
        kinds = Counter(event["event"] for event in of_week)
        finished = sum(
            event["entity_type"] == "task"
            and (event["new_state"] or {}).get("status") == "done"
            and (event["previous_state"] or {}).get("status") != "done"
            for event in of_week
        )
        assert week["events"] == len(of_week)
        assert week["tasks_created"] == kinds["task.created"]
        assert week["tasks_finished"] == finished
        assert week["comments"] == kinds["comment.created"]
        assert week["people"] == len({event["actor_id"] for event in of_week} - {None})
    assert sum(week["tasks_finished"] for week in activity["weeks"]) == 3
    for days in (1, 7, 30):
        since = now - timedelta(days=days)
        changed = {e["actor_id"] for e in events if e["action_timestamp"] >= since} - {None}
        assert activity["changed_by"][f"days{days}"] == len(changed)
        seen = {row["user_id"] for row in sessions if row["last_seen_at"] >= since}
        assert found["people"]["active"][f"days{days}"] == len(seen)
    busiest = Counter(event["board_id"] for event in events if event["board_id"])
    assert activity["boards"][0]["events"] == busiest.most_common(1)[0][1]
    assert activity["teams"][0]["team_name"] == "The smiths"
    live = Counter(row["status"] for row in tasks if row["deleted_at"] is None)
    by_status = {row["status"]: row["tasks"] for row in found["work"]["by_status"] if row["tasks"]}
    assert by_status == live
    assert found["work"]["in_trash"] == 1
    assert found["work"]["comments"] == 1
    assert found["content"] == {
        "sampled": len(tasks),
        "with_description": 1,
        "with_checklist": 0,
        "with_custom_fields": 0,
    }
    collections = {row["name"]: row["documents"] for row in found["collections"]["collections"]}
    assert (collections["tasks"], collections["comments"]) == (len(tasks), 1)


def test_a_team_in_the_trash_is_none(app: Flask, ada: Person, team: Team) -> None:
    gone = make_team(ada, "Gone")
    with app.app_context():
        sql.execute_now(
            text("UPDATE teams SET deleted_at = now() WHERE team_id = :team_id"),
            {"team_id": gone.team_id},
        )
        assert postgresql.read_work()["teams"] == 1


def test_a_store_that_takes_long_is_asked_for_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("taskforge.analytics.parts.STORE_SECONDS", -1.0)
    reads: dict[str, Read] = {"first": dict, "second": dict}
    found = read_parts(POSTGRESQL, reads, failures=(Unavailable,))
    assert [part.figures for part in found] == [{}, None]


def test_a_long_log_is_read_from_its_end_and_says_so(
    app: Flask, team: Team, here: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "MAX_EVENTS", 3)
    monkeypatch.setattr(postgresql, "MAX_ROWS", 0)
    with app.app_context():
        sql.execute_now(text("ANALYZE tasks"))
        sql.execute_now(text("ANALYZE comments"))
        activity, work = postgresql.read_activity(), postgresql.read_work()
        newest = sql.scalar(
            text(
                "SELECT min(action_timestamp) FROM (SELECT * FROM audit_logs"
                " ORDER BY log_id DESC LIMIT 3) l"
            )
        )
    assert activity["since"] == newest
    assert sum(week["events"] for week in activity["weeks"]) == 3
    assert (work["is_estimate"], work["tasks"], work["comments"]) == (True, 3, 1)
    assert "is not counted" in here.open("/admin/analytics").text


def test_keys_are_counted_by_kind_and_more_than_are_looked_at_are_estimated(
    app: Flask, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        client = redis_client.redis_client()
        client.flushdb()
        for number in range(30):
            client.set(f"task:{number}:1", "x" * 400)
        client.set("user:sessions:1", "x")
        client.set("something", "x")
        found = figures_of(kept_parts.get())["keys"]
        kinds = {row["kind"]: row for row in found["kinds"]}
        assert {name: row["keys"] for name, row in kinds.items()} == {
            "task document": 30,
            "a user's session hashes": 1,
            "other": 1,
        }
        assert 30 * 400 < kinds["task document"]["bytes"] < 30 * 1000
        monkeypatch.setattr("taskforge.analytics.redis_figures.MAX_SCANNED", 16)
        kept_parts.forget()
        found = figures_of(kept_parts.get())["keys"]
        assert found["is_estimate"]
        assert found["keys"] == 32
        assert 30 <= sum(row["keys"] for row in found["kinds"]) <= 34


def test_page_and_api_say_the_same_and_nothing_of_what_people_wrote(
    root: Person, here: Visitor, team: Team, ada: Person
) -> None:
    make_task(ada, team, "Looked at", status="in_review")
    page = here.open("/admin/analytics")
    answer = root.browser().get("/api/admin/analytics")
    assert (page.status, answer.status_code) == (200, 200)
    parts = {part["name"]: part for part in answer.json["parts"]}
    assert {name: part["store"] for name, part in parts.items()} == STORE_OF
    assert all(part["at"].endswith("Z") for part in parts.values())
    work = parts["work"]["figures"]
    assert f"Tasks {work['tasks']}" in page.text
    assert f"Comments {work['comments']}" in page.text
    assert {"status": "in_review", "tasks": 1} in work["byStatus"]
    assert parts["activity"]["figures"]["weeks"][-1]["tasksCreated"] == 3
    assert "2 in this week" not in page.text.split("Comments", 1)[0]
    for store in ("PostgreSQL", "MongoDB", "Redis"):
        assert store in page.text
    for words in ("Read by nobody", "Never to be seen", "An old card", ada.email):
        assert words not in page.html
        assert words not in answer.text
    assert visit(ada).open("/admin/analytics").status == 404
    assert ada.browser().get("/api/admin/analytics").status_code == 404
