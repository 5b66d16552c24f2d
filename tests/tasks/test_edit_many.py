"""One act on many cards: all of them or none, each a fact of its own, and back again."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from taskforge.errors import InvalidInput, StaleVersion, WipLimitReached
from taskforge.ids import new_id
from taskforge.stores import mongo, sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change
from taskforge.tasks.batches import undo_batch
from taskforge.tasks.edit_many import MOST_AT_ONCE, edit_tasks
from taskforge.tasks.service import delete_task, edit_task, move_task
from taskforge.teams.service import remove_member
from tests.factories import Person, Team, csrf_token, make_person, make_task, make_team
from tests.pages import visit
from tests.stores.conftest import assert_stores_agree, catch_up
from tests.tasks.conftest import Barred


@pytest.fixture
def team(ada: Person, gus: Person) -> Team:
    return make_team(ada, member=gus)


@pytest.fixture
def ids(ada: Person, team: Team) -> list[str]:
    """Four cards in the backlog, in this order."""
    return [make_task(ada, team, title) for title in ("One", "Two", "Three", "Four")]


def act(person: Person, team: Team, ids: list[str], name: str, value: Any = None) -> Change:
    with person.app.app_context():
        return edit_tasks(person.actor, board_id=team.board_id, task_ids=ids, act=name, value=value)


def take_back(person: Person, team: Team, change: Change) -> Change:
    with person.app.app_context():
        return undo_batch(person.actor, board_id=team.board_id, event_id=str(change.event_id))


def rows(app: Flask, order: str = "c.rank, k.rank") -> list[Any]:
    with app.app_context():
        return list(
            sql.rows(
                text(
                    "SELECT k.*, c.status AS column_status FROM tasks k JOIN columns c USING (column_id)"
                    f" WHERE k.deleted_at IS NULL ORDER BY {order}"
                )
            )
        )


def titles(app: Flask, status: str | None = None) -> list[str]:
    return [row["title"] for row in rows(app) if status in (None, row["column_status"])]


def send(
    person: Person, team: Team, ids: list[str], op: str | None = None, **fields: str
) -> TestResponse:
    """What the script of the board sends."""
    browser = person.browser()
    return browser.post(
        f"/boards/{team.board_id}/tasks/edit-many",
        data={"task_id": ids, "op": op or new_id(), **fields},
        headers={"Accept": "application/json", "X-CSRFToken": csrf_token(browser)},
    )


def limit(person: Person, team: Team, most: int) -> None:
    visit(person).fill(
        f"/boards/{team.board_id}/settings",
        f"/columns/{team.columns['todo']}/edit",
        wip_limit=str(most),
        status="todo",
    )


def facts(app: Flask) -> list[Any]:
    with app.app_context():
        return list(
            sql.rows(
                text(
                    "SELECT event, entity_id, entity_version, board_seq FROM audit_logs"
                    " WHERE board_id IS NOT NULL AND board_seq IS NOT NULL ORDER BY board_seq"
                )
            )
        )


def assert_no_gaps(app: Flask) -> None:
    """The board's changes are numbered without a gap, and every store holds the same."""
    found = [fact["board_seq"] for fact in facts(app)]
    assert found == list(range(found[0], found[0] + len(found)))
    with app.app_context():
        assert sql.scalar(text("SELECT max(seq) FROM boards")) == found[-1]
        catch_up()
        assert_stores_agree()


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
    app: Flask, ada: Person, gus: Person, team: Team, ids: list[str]
) -> None:
    act(ada, team, ids, "assignee", gus.user_id)
    assert {row["assignee_id"] for row in rows(app)} == {gus.user_id}
    with app.app_context():
        catch_up()
        told = sql.scalar(
            text("SELECT count(*) FROM notifications WHERE user_id = :id AND kind = 'assigned'"),
            {"id": gus.user_id},
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


def test_undo_puts_every_card_back_between_its_neighbours(
    app: Flask, ada: Person, team: Team, ids: list[str]
) -> None:
    change = act(ada, team, [ids[1], ids[3]], "column", team.columns["todo"])
    undone = take_back(ada, team, change)
    assert titles(app, "backlog") == ["One", "Two", "Three", "Four"]
    again = take_back(ada, team, undone)
    assert titles(app, "todo") == ["Two", "Four"]
    take_back(ada, team, again)
    assert titles(app, "backlog") == ["One", "Two", "Three", "Four"]
    assert_no_gaps(app)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("priority", "urgent"),
        ("due", datetime(2030, 5, 1, tzinfo=UTC)),
        ("add_tags", ["new", "shed"]),
        ("remove_tags", ["old"]),
        ("done", None),
        ("assignee", "gus"),
    ],
)
def test_every_act_can_be_taken_back(
    app: Flask, ada: Person, gus: Person, team: Team, ids: list[str], name: str, value: Any
) -> None:
    with app.app_context():
        edit_task(ada.actor, ids[0], changes={"tags": ["old"], "assignee_id": ada.user_id})
        edit_task(ada.actor, ids[1], changes={"tags": ["old", "kept"], "priority": "low"})
    names = ("title", "tags", "priority", "due_at", "assignee_id", "column_id", "status", "rank")
    before = [[row[one] for one in names] for row in rows(app)]
    change = act(ada, team, ids, name, gus.user_id if value == "gus" else value)
    assert [[row[one] for one in names] for row in rows(app)] != before
    undone = take_back(ada, team, change)
    assert len(undone.extra["task_ids"]) == len(change.extra["versions"])
    assert [[row[one] for one in names] for row in rows(app)] == before
    assert_no_gaps(app)


def test_what_somebody_changed_since_stays_and_is_named(
    app: Flask, ada: Person, gus: Person, team: Team, ids: list[str]
) -> None:
    change = act(ada, team, ids, "priority", "high")
    with app.app_context():
        edit_task(gus.actor, ids[1], changes={"priority": "low"})
        edit_task(gus.actor, ids[2], changes={"title": "Drei"})
        delete_task(gus.actor, ids[3])
    undone = take_back(ada, team, change)
    assert undone.extra["task_ids"] == [ids[0], ids[2]]
    assert len(undone.extra["refused"]) == 2
    assert re.match(r"WEB-2: Gus Number\d+ changed the priority later", undone.extra["refused"][0])
    assert undone.extra["refused"][1].startswith("WEB-4: ")
    priorities = {row["title"]: row["priority"] for row in rows(app)}
    assert priorities == {"One": "medium", "Two": "low", "Drei": "medium"}


def test_who_has_left_the_team_gets_nothing_back(
    app: Flask, ada: Person, gus: Person, team: Team, ids: list[str]
) -> None:
    act(ada, team, ids[:1], "assignee", gus.user_id)
    change = act(ada, team, ids, "assignee", ada.user_id)
    with app.app_context():
        remove_member(ada.actor, team.team_id, gus.user_id)
    undone = take_back(ada, team, change)
    assert undone.extra["refused"] == ["WEB-1: Who had it does not belong to this team any more."]
    assert len(undone.extra["task_ids"]) == 3


def test_the_same_operation_acts_once(app: Flask, ada: Person, team: Team, ids: list[str]) -> None:
    op = new_id()
    fields = {"act": "column", "column_id": team.columns["todo"]}
    first = send(ada, team, ids, op, **fields).get_json()
    with app.app_context():
        move_task(ada.actor, ids[0], column_id=team.columns["backlog"])
    assert send(ada, team, ids, op, **fields).get_json() == first
    assert titles(app, "backlog") == ["One"]
    assert send(ada, team, ids[:2], op, **fields).status_code == 422


def test_a_script_is_told_what_became_of_which(
    app: Flask, ada: Person, team: Team, ids: list[str]
) -> None:
    answer = send(ada, team, [*ids, new_id()], act="priority", priority="low").get_json()
    assert answer["versions"] == dict.fromkeys(ids, 2)
    assert (answer["changed"], answer["skipped"], answer["gone"]) == (4, 0, 1)
    browser = ada.browser()
    headers = {"Accept": "application/json", "X-CSRFToken": csrf_token(browser)}
    undone = browser.post(answer["undo"], data={"op": new_id()}, headers=headers).get_json()
    assert undone["text"] == "4 cards are as before."
    assert undone["refused"] == []
    again = browser.post(undone["undo"], data={"op": new_id()}, headers=headers)
    assert again.status_code == 200
    assert {row["priority"] for row in rows(app)} == {"low"}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Act is not one of the choices."),
        ({"act": "burn"}, "Act is not one of the choices."),
        ({"act": "column"}, "Column id is not one of the choices."),
        (
            {"act": "column", "column_id": new_id()},
            "Column id must be a column of this task's board",
        ),
        ({"act": "priority", "priority": "7"}, "Priority is not one of the choices."),
        ({"act": "add_tags", "tags": " , "}, "Tags are missing: write at least one."),
        ({"act": "add_tags", "tags": "x" * 41}, "Tags must be at most 40 characters"),
        ({"act": "due", "due_at": "soon"}, "Due at"),
    ],
)
def test_a_script_is_told_what_is_wrong(
    app: Flask, ada: Person, team: Team, ids: list[str], fields: dict[str, str], sentence: str
) -> None:
    answer = send(ada, team, ids, **fields)
    assert answer.status_code == 422
    assert answer.get_json()["error"]["message"].startswith(sentence)
    assert {row["version"] for row in rows(app)} == {1}


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ([], "Select at least one card."),
        (["x"], "One of the selected cards is none."),
        ([new_id() for _ in range(MOST_AT_ONCE + 1)], "At most 150 cards can be changed at once"),
    ],
)
def test_the_selection_is_bounded(ada: Person, team: Team, sent: list[str], sentence: str) -> None:
    answer = send(ada, team, sent, act="delete")
    assert answer.status_code == 422
    assert answer.get_json()["error"]["message"].startswith(sentence)


def test_who_may_change_no_card_changes_none(app: Flask, ada: Person, barred: Barred) -> None:
    task_id = make_task(ada, barred.team)
    for fields in ({"act": "delete"}, {"act": "priority", "priority": "low"}, {"act": "done"}):
        assert send(barred.person, barred.team, [task_id], **fields).status_code == barred.status
    assert barred.visitor.open(f"/boards/{barred.team.board_id}/select").status == barred.status
    assert rows(app)[0]["version"] == 1


def test_many_cards_are_one_act(app: Flask, ada: Person, team: Team) -> None:
    ids = [make_task(ada, team, f"Card {number}") for number in range(40)]
    answer = send(ada, team, ids, act="column", column_id=team.columns["done"])
    assert answer.get_json()["changed"] == 40
    assert titles(app, "done") == [f"Card {number}" for number in range(40)]
    assert_no_gaps(app)


def test_of_two_at_once_both_happen_or_one_is_refused(
    app: Flask, ada: Person, gus: Person, team: Team
) -> None:
    ids = [make_task(ada, team, f"Card {number}") for number in range(12)]
    limit(ada, team, 8)
    outcomes: list[str] = []

    def run(person: Person, mine: list[str]) -> None:
        actor = Actor(user_id=person.user_id, op_id=new_id(), op_fingerprint=b"x")
        todo = team.columns["todo"]
        with app.app_context():
            for name, value in (("column", todo), ("priority", "high"), ("add_tags", ["both"])):
                one = Actor(user_id=actor.user_id, op_id=new_id(), op_fingerprint=b"x")
                try:
                    edit_tasks(one, board_id=team.board_id, task_ids=mine, act=name, value=value)
                    outcomes.append("done")
                except (WipLimitReached, StaleVersion) as error:
                    outcomes.append(type(error).__name__)

    threads = [
        threading.Thread(target=run, args=(ada, ids[:7])),
        threading.Thread(target=run, args=(gus, ids[5:])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("WipLimitReached") == 1
    assert len(titles(app, "todo")) == 7
    assert_no_gaps(app)


def test_the_page_selects_and_acts_without_javascript(
    app: Flask, ada: Person, team: Team, ids: list[str]
) -> None:
    visitor = visit(ada)
    page = visitor.open(f"/boards/{team.board_id}/select?column={team.columns['backlog']}")
    assert "Three" in page.text
    form = page.form("/tasks/edit-many")
    assert "task_id" not in form.fields
    refused = visitor.send(form, act="column", column_id=team.columns["todo"])
    assert refused.status == 422
    assert "Select at least one card." in refused.text
    sent = visitor.send(form, act="column", column_id=team.columns["todo"], task_id=ids[:3])
    assert sent.location == f"/boards/{team.board_id}"
    board = visitor.open(sent.location)
    assert "3 cards are moved to “To do”." in board.text
    assert titles(app, "todo") == ["One", "Two", "Three"]
    undone = visitor.send(board.form("/undo"))
    assert "3 cards are as before." in visitor.open(undone.location).text
    assert titles(app, "backlog") == ["One", "Two", "Three", "Four"]


def test_a_refused_act_keeps_what_was_checked(ada: Person, team: Team, ids: list[str]) -> None:
    visitor = visit(ada)
    limit(ada, team, 1)
    form = visitor.open(f"/boards/{team.board_id}/select").form("/tasks/edit-many")
    page = visitor.send(form, act="column", column_id=team.columns["todo"], task_id=ids[:2])
    assert page.status == 409
    assert "“To do” has 0 of 1 tasks: 2 more do not fit. Nothing was moved." in page.text
    assert page.html.count('" checked>') == 2


def test_all_cards_of_a_column_are_checked_by_a_link(
    ada: Person, team: Team, ids: list[str]
) -> None:
    make_task(ada, team, "Elsewhere", column_id=team.columns["todo"])
    address = f"/boards/{team.board_id}/select?column={team.columns['backlog']}"
    assert visit(ada).open(f"{address}&all=1").html.count('" checked>') == 4
    listed = ada.browser().get(address, headers={"Accept": "application/json"}).get_json()
    assert listed == {"task_ids": ids, "more": False}
    assert visit(ada).open(f"/boards/{team.board_id}/select?column={new_id()}").status == 404
