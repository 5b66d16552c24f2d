"""Changing a task, taking the change back, and what is kept of both."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from taskforge.stores import sql
from taskforge.stores.operations import Change
from taskforge.tasks import service
from taskforge.tasks.history.undo import undo_change
from taskforge.tasks.queries import get_task
from tests.factories import Person, Team


def order(team: Team, status: str = "todo") -> list[str]:
    found = sql.rows(
        text(
            "SELECT title FROM tasks WHERE column_id = :column_id AND deleted_at IS NULL ORDER BY rank, task_id"
        ),
        {"column_id": team.columns[status]},
    )
    return [row["title"] for row in found]


def facts(task_id: str) -> list[dict[str, Any]]:
    return [
        dict(row)
        for row in sql.rows(
            text("SELECT * FROM audit_logs WHERE entity_id = :id ORDER BY log_id"), {"id": task_id}
        )
    ]


def edit(person: Person, task_id: str, **changes: Any) -> Change:
    return service.edit_task(person.actor, task_id, changes=changes)


def undo(person: Person, change: Change) -> Change:
    assert change.event_id
    return undo_change(person.actor, change.entity_id, change.event_id)


def state(person: Person, task_id: str) -> dict[str, Any]:
    view = get_task(person.actor, task_id, deleted=True)
    assert view.texts is not None
    names = (
        "title",
        "priority",
        "assignee_id",
        "start_at",
        "due_at",
        "column_id",
        "status",
        "rank",
    )
    return {**{name: view.row[name] for name in names}, **view.texts}
