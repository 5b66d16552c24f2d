"""Taking back one act on many cards: on all that no later change prevents; the refused ones are named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from taskforge import faults
from taskforge.boards.access import access_board, lock_board
from taskforge.boards.people import keep_viewers, list_viewers_among
from taskforge.errors import StaleVersion
from taskforge.events import EVENTS
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, retry_on_stale, unchanged
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.bulk.edit import RowEdit, read_tasks, with_texts, write_edits
from taskforge.tasks.editing.placement import Place, place_back
from taskforge.tasks.fields import CONTENT_NAMES, CORE_NAMES, earlier_value
from taskforge.tasks.history.events import (
    PERMISSIONS,
    PLACE,
    STEPS,
    AuditEvent,
    list_audit_events,
    list_later_of,
)
from taskforge.tasks.history.undo import find_refusal

LEFT = "Who had it does not belong to this team any more."
NAMED = 20  # refusals that are answered, of however many

AuditEvents = Mapping[str, tuple[AuditEvent, Mapping[str, Any]]]


def take_edits_back(actor: Actor, board_id: str, *, event: str, event_ids: Sequence[str]) -> Change:
    """Give cards of a board back what one act changed; `event_ids` are its audit events, all of one `event`.

    ``extra`` holds the ``task_ids`` that are as they were, and ``refused``: sentences about those that are not.

    Raises:
        NotFound, Forbidden: no access to the board, or no permission for the opposite.
        Conflict: a column was deleted, or a task is being changed again and again at this moment.
        WipLimitReached: a column has no room for what comes back.
        Unavailable: a text is to change and its present state can't be read.
    """
    access_board(actor.user_id, board_id, PERMISSIONS[event])
    return retry_on_stale(lambda: _take_back(actor, board_id, event, list_audit_events(event_ids)))


def _take_back(actor: Actor, board_id: str, event: str, audit_events: AuditEvents) -> Change:
    rows = read_tasks(board_id, list(audit_events))
    refused = _find_refusals(rows, audit_events)
    left = [row for row in rows if row["task_id"] not in refused]
    edits = _find_edits(left, audit_events)
    extra = {
        "undone": event,
        "task_ids": [edit.row["task_id"] for edit in edits],
        "refused": [
            f"{row['key']}: {refused[row['task_id']]}" for row in rows if row["task_id"] in refused
        ][:NAMED],
        "refused_count": len(refused),
    }
    if not edits:
        return unchanged(actor, entity_id=board_id, version=0, extra=extra)
    faults.point("read.done")
    with UnitOfWork(actor, entity_id=board_id, version=0, extra=extra) as uow:
        board = lock_board(uow, board_id, PERMISSIONS[event], changes=len(edits))
        assignees = _assignees(edits)
        if assignees - set(keep_viewers(uow, board.board_id, assignees)):
            raise StaleVersion()  # somebody left just now: their cards are refused at the next try

        def place_of(row: sql.Row) -> Place | None:
            audit_event, before = audit_events[row["task_id"]]
            if PLACE not in audit_event.undoable:
                return None
            column_id, rank = (before.get(name, row[name]) for name in ("column_id", "rank"))
            return place_back(uow, board, task_id=row["task_id"], column_id=column_id, rank=rank)

        write_edits(uow, board, EVENTS[event], edits, place_of)
    return uow.change


def _find_refusals(rows: Sequence[sql.Row], audit_events: AuditEvents) -> dict[str, str]:
    """Why some of the tasks stay as they are, by task id."""
    later = list_later_of(
        {task_id: audit_event.version for task_id, (audit_event, _) in audit_events.items()}
    )
    members = _viewers_among(rows, audit_events)
    refused = {}
    for row in rows:
        audit_event, before = audit_events[row["task_id"]]
        why = find_refusal(audit_event, row, later.get(row["task_id"], []))
        if audit_event.undoable == {STEPS}:  # no act on many cards; the other steps are not touched
            why = "Undo this in the history of the card."
        if why is None and before.get("assignee_id") and before["assignee_id"] not in members:
            why = LEFT
        if why is not None:
            refused[row["task_id"]] = why
    return refused


def _viewers_among(rows: Sequence[sql.Row], audit_events: AuditEvents) -> set[str]:
    """Those of the earlier assignees who see the board."""
    assignees = [
        before["assignee_id"] for _, before in audit_events.values() if before.get("assignee_id")
    ]
    if not assignees or not rows:
        return set()
    return list_viewers_among(rows[0]["board_id"], assignees)


def _find_edits(rows: Sequence[sql.Row], audit_events: AuditEvents) -> list[RowEdit]:
    """What each task gets back, in their order."""
    texts = {}
    for row in rows:
        before = audit_events[row["task_id"]][1]
        fields = {
            name: earlier_value(name, before[name]) for name in CONTENT_NAMES if name in before
        }
        if fields:
            texts[row["task_id"]] = fields
    with_text = with_texts(rows, texts)
    edits = []
    for row in rows:
        audit_event, before = audit_events[row["task_id"]]
        edit = with_text.get(row["task_id"], RowEdit(row=row))
        core = {name: earlier_value(name, before[name]) for name in CORE_NAMES if name in before}
        edits.append(replace(edit, core=core, undoes=audit_event.event_id))
    return edits


def _assignees(edits: Sequence[RowEdit]) -> set[str]:
    return {edit.core["assignee_id"] for edit in edits if edit.core.get("assignee_id")}
