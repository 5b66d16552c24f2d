"""The facts of a task in the audit log, as undoing needs them: what each touched, and what stands in its way now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from taskforge.errors import NotFound
from taskforge.stores import sql
from taskforge.tasks.editing.writer import PLACE_FIELDS

MOST_LATER = 500
PLACE, TRASH = "place", "deleted"
# For the log these touched many fields; what undoing them takes back is one.
IN_AND_OUT = frozenset({"task.created", "task.deleted", "task.restored"})
# What the inverse of an event needs; an edit's inverse is an edit.
PERMISSIONS = {
    "task.created": "task.delete",
    "task.restored": "task.delete",
    "task.deleted": "task.restore",
    "task.moved": "task.move",
    "task.status_changed": "task.move",
    "task.assigned": "task.edit",
    "task.edited": "task.edit",
}
_NOTES = frozenset({"spread_ranks", "undoes"})
_SHOWN = (
    "l.event_id, l.event, l.entity_version AS version, l.new_state->>'undoes' AS undoes, l.actor_id,"
    " u.display_name AS actor_name, l.action_timestamp AS at, CASE WHEN jsonb_typeof(l.new_state) = 'object'"
    " THEN ARRAY(SELECT jsonb_object_keys(l.new_state)) ELSE '{}' END AS fields"
)
_TABLES = "audit_logs l LEFT JOIN users u ON u.user_id = l.actor_id"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One change of a task without its values: who did what when to which fields, and which event it took back."""

    event_id: str
    event: str
    version: int
    fields: frozenset[str]
    undoes: str | None
    actor_id: str | None
    actor_name: str | None
    at: datetime

    @property
    def touched(self) -> frozenset[str]:
        """The fields that it changed; column, status and rank together are the place."""
        names = {PLACE if name in PLACE_FIELDS else name for name in self.fields - _NOTES}
        return frozenset(names)

    @property
    def undoable(self) -> frozenset[str]:
        """The fields that undoing it changes; nothing where there is nothing to take back."""
        if self.event in IN_AND_OUT:
            return frozenset({TRASH})
        return self.touched if self.event in PERMISSIONS else frozenset()


def get_fact(task_id: str, event_id: str) -> tuple[Fact, dict[str, Any]]:
    """A fact of a task, and the values before it.

    Raises:
        NotFound: no such fact of this task.
    """
    found = sql.row(
        text(
            f"SELECT {_SHOWN}, l.previous_state FROM {_TABLES}"
            " WHERE l.event_id = :event_id AND l.entity_id = :task_id AND l.entity_type = 'task'"
        ),
        {"event_id": event_id, "task_id": task_id},
    )
    if found is None:
        raise NotFound("There is no such change of this task.")
    return _fact(_without_states(found)), found["previous_state"] or {}


def list_later(task_id: str, version: int) -> list[Fact]:
    """What happened to a task after a version of it, latest first; one fact more than `MOST_LATER` at most."""
    found = sql.rows(
        text(
            f"SELECT {_SHOWN} FROM {_TABLES} WHERE l.entity_type = 'task' AND l.entity_id = :task_id"
            " AND l.entity_version > :version ORDER BY l.entity_version DESC LIMIT :limit"
        ),
        {"task_id": task_id, "version": version, "limit": MOST_LATER + 1},
    )
    return [_fact(row) for row in found]


def list_facts(event_ids: Sequence[str]) -> dict[str, tuple[Fact, dict[str, Any]]]:
    """Facts of different tasks by task id, each with the values before it, in the order of the board's changes."""
    found = sql.rows(
        text(
            f"SELECT {_SHOWN}, l.entity_id, l.previous_state FROM {_TABLES}"
            " WHERE l.event_id = ANY(CAST(:ids AS uuid[])) AND l.entity_type = 'task' ORDER BY l.board_seq"
        ),
        {"ids": list(event_ids)},
    )
    return {
        row["entity_id"]: (_fact(_without_states(row)), row["previous_state"] or {})
        for row in found
    }


def list_later_of(versions: Mapping[str, int]) -> dict[str, list[Fact]]:
    """What happened to each of some tasks after a version of it, by task id; see `list_later`."""
    found = sql.rows(
        text(
            "SELECT asked.task_id AS entity_id, later.* FROM"
            " unnest(CAST(:ids AS uuid[]), CAST(:versions AS int[])) AS asked(task_id, after) CROSS JOIN LATERAL"
            f" (SELECT {_SHOWN} FROM {_TABLES} WHERE l.entity_type = 'task' AND l.entity_id = asked.task_id"
            " AND l.entity_version > asked.after ORDER BY l.entity_version DESC LIMIT :limit) later"
        ),
        {"ids": list(versions), "versions": list(versions.values()), "limit": MOST_LATER + 1},
    )
    by_task: dict[str, list[Fact]] = defaultdict(list)
    for row in found:
        by_task[row["entity_id"]].append(_fact(_without_states(row)))
    return by_task


def find_obstacle(fact: Fact, later: Sequence[Fact]) -> Fact | None:
    """The latest change after `fact` that has to go first: it undid the fact, or touched a field that undoing changes.

    `later` are facts, latest first. One that was itself undone counts for nothing, and neither does its undoing.
    """
    settled: set[str] = set()
    following = {one.event_id for one in later if one.version > fact.version}
    for one in later:
        if one.version <= fact.version:
            break
        if one.event_id in settled:
            continue
        if one.undoes in following:
            settled.add(str(one.undoes))
        elif one.undoes == fact.event_id or one.touched & fact.undoable:
            return one
    return None


def _without_states(row: sql.Row) -> dict[str, Any]:
    return {name: row[name] for name in row if name not in ("entity_id", "previous_state")}


def _fact(row: sql.Row) -> Fact:
    return Fact(**{**row, "fields": frozenset(row["fields"])})
