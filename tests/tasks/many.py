"""Acting on many cards, taking it back, and what the board and the stores hold then."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from taskforge.ids import new_id
from taskforge.stores import sql
from taskforge.stores.operations import Change
from taskforge.tasks.bulk.batches import undo_batch
from taskforge.tasks.bulk.edit import edit_tasks
from tests.factories import Person, Team, csrf_token, make_limits_hard
from tests.pages import visit
from tests.stores.conftest import assert_stores_agree, catch_up


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
    """Let the column “To do” hold so many tasks and refuse more."""
    visit(person).fill(
        f"/boards/{team.board_id}/settings",
        f"/columns/{team.columns['todo']}/edit",
        wip_limit=str(most),
        status="todo",
    )
    make_limits_hard(person, team)


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
