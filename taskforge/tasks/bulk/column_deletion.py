"""Deleting a column together with what becomes of its tasks, and taking that back: each in one unit of work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from taskforge import faults
from taskforge.boards.access import LockedBoard, access_board, lock_board, reserve_changes
from taskforge.boards.deleted_columns import (
    find_deletion,
    mark_column_deleted,
    mark_column_restored,
)
from taskforge.errors import Conflict, InvalidInput
from taskforge.events import EVENTS, Event
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent, retry_on_stale
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.bulk.edit import read_tasks
from taskforge.tasks.bulk.queries import CARD_EVENTS_BEFORE, ROWS_OF_COLUMN
from taskforge.tasks.columns import get_column
from taskforge.tasks.editing.placement import Place, places_at_end
from taskforge.tasks.editing.writer import update_task
from taskforge.tasks.history.events import PERMISSIONS, AuditEvent, list_audit_events, list_later_of
from taskforge.tasks.history.undo import find_refusal
from taskforge.tasks.row_columns import compose_row
from taskforge.teams.permissions import Permission
from taskforge.text.counting import count_cards

MAX_CARDS = 500  # that one deletion of a column takes along: each is written under the board's lock
_CHANGES = (Event.TASK_MOVED, Event.TASK_DELETED)

AuditEvents = Mapping[str, tuple[AuditEvent, Mapping[str, Any]]]


@idempotent
def delete_column(
    actor: Actor,
    board_id: str,
    column_id: str,
    *,
    move_to: str | None = None,
    with_cards: bool = False,
) -> Change:
    """Delete a column. Its tasks go to the end of the column `move_to`, or `with_cards` into the trash.

    Each of them has an audit event of its own. ``extra`` holds the column's ``column_id`` and ``name``, and the number
    of ``cards``.

    Raises:
        NotFound, Forbidden: no access, no such column, no permission ``board.edit``, or not ``task.move`` or
            ``task.delete`` for its tasks.
        InvalidInput: `move_to` is no other column of the board.
        Conflict: it holds tasks and nothing is said of them, or too many; or it is the board's last column.
        WipLimitReached: the other column has no room for all of them.
    """
    access_board(actor.user_id, board_id, Permission.BOARD_EDIT)
    with UnitOfWork(actor, entity_id=board_id, version=0, extra={"column_id": column_id}) as uow:
        board = lock_board(uow, board_id, Permission.BOARD_EDIT)
        column = get_column(uow, board, column_id)
        # No task comes or goes meanwhile: every change of a task takes the board's lock.
        number = column["task_count"]
        if number:
            _require_choice(board, column, move_to=move_to, with_cards=with_cards)
            reserve_changes(uow, board, number)
            _empty(uow, board, column, move_to=move_to)
        mark_column_deleted(
            uow, board.at(number), column, cards=number, moved_to=move_to if number else None
        )
        uow.answer(cards=number, name=column["name"])
    return uow.change


def restore_column(actor: Actor, board_id: str, column_id: str) -> Change:
    """Take the deletion of a column back: it is at its old place, and so are the tasks that left it then.

    What happened to a task since stays: one that was moved on, restored or deleted by somebody is left where it is.
    ``extra`` holds the column's ``column_id`` and ``name``, the numbers of ``cards`` that came back and that were
    ``left``, and the id of the column to which they had ``moved``, if to any.

    Raises:
        NotFound, Forbidden: no access, not deleted, no permission ``board.edit``, or not ``task.move`` or
            ``task.restore`` for its tasks.
        Conflict: it was deleted more than 30 days ago, or the board has too many columns.
        StaleVersion: others change these tasks again and again at this moment.
    """
    return retry_on_stale(lambda: _restore_column(actor, board_id, column_id))


@idempotent
def _restore_column(actor: Actor, board_id: str, column_id: str) -> Change:
    access_board(actor.user_id, board_id, Permission.BOARD_EDIT)
    column, deletion = find_deletion(board_id, column_id)
    audit_events = _events_of_cards(board_id, deletion) if deletion else {}
    rows = _list_returning(board_id, audit_events)
    extra = {
        "column_id": column_id,
        "name": column["name"],
        "cards": len(rows),
        "left": len(audit_events) - len(rows),
        "moved": deletion["moved_to"] if deletion else None,
    }
    faults.point("read.done")
    with UnitOfWork(actor, entity_id=board_id, version=0, extra=extra) as uow:
        board = lock_board(uow, board_id, Permission.BOARD_EDIT, changes=1 + len(rows))
        mark_column_restored(uow, board, column_id, deleted_at=column["deleted_at"])
        for step, row in enumerate(rows, start=1):
            audit_event, before = audit_events[row["task_id"]]
            board.require(PERMISSIONS[audit_event.event])
            place = Place(column_id, column["status"], before.get("rank", row["rank"]))
            after = {**row, **asdict(place), "deleted_at": None}
            event = _opposite(audit_event)
            update_task(uow, board.at(step), event, row, after, undoes=audit_event.event_id)
    return uow.change


def _require_choice(
    board: LockedBoard, column: sql.Row, *, move_to: str | None, with_cards: bool
) -> None:
    number, name = column["task_count"], column["name"]
    cards = count_cards(number)
    if move_to is None and not with_cards:
        raise Conflict(
            f"“{name}” holds {cards}. Choose a column to move them to, or delete them with it."
        )
    if move_to == column["column_id"]:
        raise InvalidInput.about("move_to", "must be another column of this board")
    if number > MAX_CARDS:
        raise Conflict(
            f"“{name}” holds {cards}, and at most {MAX_CARDS} go with a column. Move some of them first."
        )
    board.require(Permission.TASK_DELETE if move_to is None else Permission.TASK_MOVE)


def _empty(uow: UnitOfWork, board: LockedBoard, column: sql.Row, *, move_to: str | None) -> None:
    """Move the tasks of a column to the end of another one, in their order, or put them into the trash."""
    place = {"board_id": board.board_id, "column_id": column["column_id"]}
    rows = [compose_row(dict(row)) for row in uow.execute(ROWS_OF_COLUMN, place).mappings()]
    if move_to is None:
        for step, row in enumerate(rows):
            after = {**row, "deleted_at": uow.at}
            update_task(uow, board.at(step), Event.TASK_DELETED, row, after)
        return
    places = places_at_end(
        uow, board, column_id=move_to, number=len(rows), refused="Nothing was deleted."
    )
    for step, (row, new) in enumerate(zip(rows, places, strict=True)):
        update_task(uow, board.at(step), Event.TASK_MOVED, row, {**row, **asdict(new)})


def _events_of_cards(board_id: str, deletion: sql.Row) -> AuditEvents:
    """The audit events of the tasks that left a column when it was deleted, by task id."""
    found = sql.rows(
        CARD_EVENTS_BEFORE,
        {
            "board_id": board_id,
            "seq": deletion["board_seq"],
            "cards": deletion["cards"],
            "events": list(_CHANGES),
        },
    )
    return list_audit_events([row["event_id"] for row in found]) if found else {}


def _list_returning(board_id: str, audit_events: AuditEvents) -> Sequence[sql.Row]:
    """Those of the tasks that nobody has moved, restored or deleted since."""
    if not audit_events:
        return []
    versions = {task_id: event.version for task_id, (event, _) in audit_events.items()}
    later = list_later_of(versions)
    return [
        row
        for row in read_tasks(board_id, list(audit_events))
        if find_refusal(audit_events[row["task_id"]][0], row, later.get(row["task_id"], [])) is None
    ]


def _opposite(audit_event: AuditEvent) -> Event:
    if audit_event.event == Event.TASK_DELETED:
        return Event.TASK_RESTORED
    return EVENTS[audit_event.event]
