"""The audit events of a task for undoing: the fields that each touched, and the later change that prevents it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from taskforge.errors import NotFound
from taskforge.events import Event
from taskforge.stores import sql
from taskforge.stores.actor import BY_PROGRAM
from taskforge.tasks.fields import PLACE_NAMES
from taskforge.tasks.history.queries import (
    CHECKLIST_AFTER,
    EVENT_OF_TASK,
    EVENTS_BY_ID,
    LATER_EVENTS,
    LATER_EVENTS_OF_TASKS,
)
from taskforge.teams.permissions import Permission

MAX_LATER = 500
CHECKLIST = "checklist"
PLACE, TRASH, STEPS = "place", "deleted", "removed steps"
# The log names many fields for these; undoing them changes a single one.
IN_AND_OUT = frozenset({Event.TASK_CREATED, Event.TASK_DELETED, Event.TASK_RESTORED})
# What the inverse of an event needs; an edit's inverse is an edit.
PERMISSIONS: dict[str, Permission] = {
    Event.TASK_CREATED: Permission.TASK_DELETE,
    Event.TASK_RESTORED: Permission.TASK_DELETE,
    Event.TASK_DELETED: Permission.TASK_RESTORE,
    Event.TASK_MOVED: Permission.TASK_MOVE,
    Event.TASK_STATUS_CHANGED: Permission.TASK_MOVE,
    Event.TASK_ASSIGNED: Permission.TASK_EDIT,
    Event.TASK_EDITED: Permission.TASK_EDIT,
}
_NOTES = frozenset({"spread_ranks", "undoes", "over_limit", BY_PROGRAM})


@dataclass(frozen=True, kw_only=True)
class AuditEvent:
    """One change of a task without its values: who did what when to which fields, and which event it took back."""

    event_id: str
    event: str
    version: int
    fields: frozenset[str]
    undoes: str | None
    actor_id: str | None
    actor_name: str | None
    actor_picture: str | None
    at: datetime
    removes_steps: bool = False

    @property
    def touched(self) -> frozenset[str]:
        """The fields that it changed; column, status and rank together are the place."""
        names = {PLACE if name in PLACE_NAMES else name for name in self.fields - _NOTES}
        return frozenset(names)

    @property
    def undoable(self) -> frozenset[str]:
        """The fields that undoing it changes; nothing where there is nothing to take back."""
        if self.event in IN_AND_OUT:
            return frozenset({TRASH})
        if self.removes_steps and self.touched == {CHECKLIST}:
            return frozenset({STEPS})  # they come back beside whatever the checklist holds by then
        return self.touched if self.event in PERMISSIONS else frozenset()


def get_audit_event(task_id: str, event_id: str) -> tuple[AuditEvent, dict[str, Any]]:
    """An audit event of a task, and the values before it.

    Raises:
        NotFound: no such audit event of this task.
    """
    found = sql.row(EVENT_OF_TASK, {"event_id": event_id, "task_id": task_id})
    if found is None:
        raise NotFound("There is no such change of this task.")
    return _audit_event(_without_states(found)), found["previous_state"] or {}


def get_checklist_after(event_id: str) -> list[dict[str, Any]]:
    """The checklist that an audit event left. The caller has checked access."""
    found: list[dict[str, Any]] = sql.scalar(CHECKLIST_AFTER, {"event_id": event_id})
    return found


def list_later(task_id: str, version: int) -> list[AuditEvent]:
    """What happened to a task after a version of it, latest first; one audit event more than `MAX_LATER` at most."""
    found = sql.rows(
        LATER_EVENTS,
        {"task_id": task_id, "version": version, "limit": MAX_LATER + 1},
    )
    return [_audit_event(row) for row in found]


def list_audit_events(event_ids: Sequence[str]) -> dict[str, tuple[AuditEvent, dict[str, Any]]]:
    """Audit events of different tasks by task id, each with the values before it, in their order on the board."""
    found = sql.rows(EVENTS_BY_ID, {"ids": list(event_ids)})
    return {
        row["entity_id"]: (_audit_event(_without_states(row)), row["previous_state"] or {})
        for row in found
    }


def list_later_of(versions: Mapping[str, int]) -> dict[str, list[AuditEvent]]:
    """What happened to each of some tasks after a version of it, by task id; see `list_later`."""
    found = sql.rows(
        LATER_EVENTS_OF_TASKS,
        {"ids": list(versions), "versions": list(versions.values()), "limit": MAX_LATER + 1},
    )
    by_task: dict[str, list[AuditEvent]] = defaultdict(list)
    for row in found:
        by_task[row["entity_id"]].append(_audit_event(_without_states(row)))
    return by_task


def find_obstacle(audit_event: AuditEvent, later: Sequence[AuditEvent]) -> AuditEvent | None:
    """The latest later change that has to go first: it undid the event, or touched a field that undoing it changes.

    `later` are audit events, latest first. One that was itself undone is ignored, and so is its undoing.
    """
    settled: set[str] = set()
    following = {one.event_id for one in later if one.version > audit_event.version}
    for one in later:
        if one.version <= audit_event.version:
            break
        if one.event_id in settled:
            continue
        if one.undoes in following:
            settled.add(str(one.undoes))
        elif one.undoes == audit_event.event_id or one.touched & audit_event.undoable:
            return one
    return None


def _without_states(row: sql.Row) -> dict[str, Any]:
    return {name: row[name] for name in row if name not in ("entity_id", "previous_state")}


def _audit_event(row: sql.Row) -> AuditEvent:
    return AuditEvent(**{**row, "fields": frozenset(row["fields"])})
