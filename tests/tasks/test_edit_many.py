"""One act on many cards: all of them or none, each a fact of its own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.errors import InvalidInput, StaleVersion, WipLimitReached
from taskforge.ids import new_id
from taskforge.stores import mongo, sql
from taskforge.stores.actor import Actor
from taskforge.tasks.bulk.edit import edit_tasks
from taskforge.tasks.service import delete_task, edit_task
from tests.factories import Person, Team, make_person, make_task, make_team
from tests.stores.conftest import catch_up
from tests.tasks.many import act, assert_no_gaps, facts, limit, rows, send, take_back, titles
from tests.together import at_once_inside


def test_cards_move_to_the_end_of_a_column_in_the_order_of_the_board(
    app: Flask, ada: Person, team: Team, ids: list[str]
) -> None:
    make_task(ada, team, "Old", column_id=team.columns["todo"])
    change = act(ada, team, [ids[3], ids[0], ids[2]], "column", team.columns["todo"])
    assert titles(app, "todo") == ["Old", "One", "Three", "Four"]
    assert titles(app, "backlog") == ["Two"]
    assert set(change.extra["versions"].values()) == {2}
    assert [fact["event"] for fact in facts(app)][-3:] == ["task.moved"] * 3
    assert_no_gaps(app)


def test_each_card_is_a_fact_of_its_own(
    app: Flask, ada: Person, team: Team, ids: list[str]
) -> None:
    act(ada, team, ids, "priority", "urgent")
    found = facts(app)[-4:]
    assert [fact["entity_id"] for fact in found] == ids
    assert {(fact["event"], fact["entity_version"]) for fact in found} == {("task.edited", 2)}
    assert_no_gaps(app)


def test_all_are_assigned_and_each_is_told(
    app: Flask, ada: Person, bob: Person, team: Team, ids: list[str]
) -> None:
    act(ada, team, ids, "assignee", bob.user_id)
    assert {row["assignee_id"] for row in rows(app)} == {bob.user_id}
    with app.app_context():
        catch_up()
        told = sql.scalar(
            text("SELECT count(*) FROM notifications WHERE user_id = :id AND kind = 'assigned'"),
            {"id": bob.user_id},
        )
        assert told == 4
    act(ada, team, ids, "assignee", None)
    assert {row["assignee_id"] for row in rows(app)} == {None}


def test_somebody_of_another_team_is_assigned_nothing(
    app: Flask, ada: Person, team: Team, ids: list[str]
) -> None:
    stranger = make_person(app, "Sam")
    with pytest.raises(InvalidInput, match="must be a member of this team"):
        act(ada, team, ids, "assignee", stranger.user_id)
    assert {row["version"] for row in rows(app)} == {1}
    assert_no_gaps(app)


def test_a_due_date_is_set_and_taken_away(
    app: Flask, ada: Person, team: Team, ids: list[str]
) -> None:
    day = datetime(2030, 5, 1, tzinfo=UTC)
    act(ada, team, ids, "due", day)
    assert {row["due_at"] for row in rows(app)} == {day}
    act(ada, team, ids, "due", None)
    assert {row["due_at"] for row in rows(app)} == {None}


def test_done_means_the_first_column_that_says_so(
    app: Flask, ada: Person, team: Team, ids: list[str]
) -> None:
    act(ada, team, ids[:2], "done")
    assert titles(app, "done") == ["One", "Two"]
    assert [row["status"] for row in rows(app, "k.number")] == [
        "done",
        "done",
        "backlog",
        "backlog",
    ]
    assert [fact["event"] for fact in facts(app)][-2:] == ["task.status_changed"] * 2


def test_tags_come_and_go_whatever_their_case(
    app: Flask, ada: Person, team: Team, ids: list[str]
) -> None:
    with app.app_context():
        edit_task(ada.actor, ids[0], changes={"tags": ["Shed"], "description": "Kept"})
    change = act(ada, team, ids, "add_tags", ["shed", "tools"])
    assert [row["tags"] for row in rows(app, "k.number")] == [["Shed", "tools"]] + [
        ["shed", "tools"]
    ] * 3
    assert len(change.extra["versions"]) == 4
    with app.app_context():
        catch_up()
        stored = mongo.collection("tasks").find_one({"_id": ids[0]})
        assert stored is not None
        assert (stored["tags"], stored["description"]) == (["Shed", "tools"], "Kept")
    act(ada, team, ids, "remove_tags", ["SHED"])
    assert {tuple(row["tags"]) for row in rows(app)} == {("tools",)}
    assert_no_gaps(app)


def test_a_card_with_too_many_tags_keeps_all_from_changing(
    app: Flask, ada: Person, team: Team, ids: list[str]
) -> None:
    with app.app_context():
        edit_task(ada.actor, ids[2], changes={"tags": [f"t{one}" for one in range(20)]})
    with pytest.raises(InvalidInput, match="“Three” would have 21 tags, and a card has at most 20"):
        act(ada, team, ids, "add_tags", ["more"])
    assert not any("more" in row["tags"] for row in rows(app))


def test_deleted_cards_go_into_the_trash_and_come_back(
    app: Flask, ada: Person, team: Team, ids: list[str]
) -> None:
    change = act(ada, team, ids[:3], "delete")
    assert titles(app) == ["Four"]
    back = take_back(ada, team, change)
    assert sorted(back.extra["task_ids"]) == sorted(ids[:3])
    assert titles(app) == ["One", "Two", "Three", "Four"]
    take_back(ada, team, back)
    assert titles(app) == ["Four"]
    assert_no_gaps(app)


def test_what_is_so_already_is_no_change(
    app: Flask, ada: Person, team: Team, ids: list[str]
) -> None:
    act(ada, team, ids[:2], "priority", "high")
    change = act(ada, team, ids, "priority", "high")
    assert change.extra["skipped"] == ids[:2]
    assert set(change.extra["versions"]) == set(ids[2:])
    nothing = act(ada, team, ids, "priority", "high")
    assert (nothing.event_id, nothing.extra["versions"]) == (None, {})
    assert_no_gaps(app)


def test_cards_that_are_gone_or_elsewhere_are_told_and_not_touched(
    app: Flask, ada: Person, team: Team, ids: list[str]
) -> None:
    elsewhere = make_task(ada, make_team(ada, "Other"), "Elsewhere")
    with app.app_context():
        delete_task(ada.actor, ids[1])
    unknown = new_id()
    change = act(ada, team, [*ids, elsewhere, unknown], "priority", "low")
    assert change.extra["gone"] == [ids[1], elsewhere, unknown]
    assert {row["title"]: row["priority"] for row in rows(app)} == {
        "One": "low", "Three": "low", "Four": "low", "Elsewhere": "medium",
    }  # fmt: skip


def test_a_column_without_room_for_all_takes_none(
    app: Flask, ada: Person, team: Team, ids: list[str]
) -> None:
    limit(ada, team, 3)
    act(ada, team, ids[:1], "column", team.columns["todo"])
    with pytest.raises(WipLimitReached) as refused:
        act(ada, team, ids, "column", team.columns["todo"])
    assert refused.value.message == (
        "“To do” has 1 of 3 tasks: 3 more do not fit. Nothing was moved."
    )
    assert titles(app, "todo") == ["One"]
    act(ada, team, ids[:3], "column", team.columns["todo"])  # the one that is there counts once
    assert titles(app, "todo") == ["One", "Two", "Three"]


def test_many_cards_are_one_act(app: Flask, ada: Person, team: Team) -> None:
    ids = [make_task(ada, team, f"Card {number}") for number in range(40)]
    answer = send(ada, team, ids, act="column", column_id=team.columns["done"])
    assert answer.get_json()["changed"] == 40
    assert titles(app, "done") == [f"Card {number}" for number in range(40)]
    assert_no_gaps(app)


def test_of_two_at_once_both_happen_or_one_is_refused(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    ids = [make_task(ada, team, f"Card {number}") for number in range(12)]
    limit(ada, team, 8)
    outcomes: list[str] = []

    def run(person: Person, mine: list[str]) -> None:
        todo = team.columns["todo"]
        for name, value in (("column", todo), ("priority", "high"), ("add_tags", ["both"])):
            actor = Actor(user_id=person.user_id, op_id=new_id(), op_fingerprint=b"x")
            try:
                edit_tasks(actor, board_id=team.board_id, task_ids=mine, act=name, value=value)
                outcomes.append("done")
            except (WipLimitReached, StaleVersion) as error:
                outcomes.append(type(error).__name__)

    at_once_inside(app, [lambda: run(ada, ids[:7]), lambda: run(bob, ids[5:])])
    assert outcomes.count("WipLimitReached") == 1
    assert len(titles(app, "todo")) == 7
    assert_no_gaps(app)
