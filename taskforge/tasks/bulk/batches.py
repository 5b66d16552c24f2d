"""Use cases that change several tasks of a board at once: all of them or none, each with an audit event of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from taskforge import faults
from taskforge.boards.access import LockedBoard, access_board, lock_board
from taskforge.boards.people import keep_viewers
from taskforge.errors import Conflict, InvalidInput, NotFound
from taskforge.events import Event
from taskforge.ids import new_id
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent, retry_on_stale, unchanged
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.access import task_rows
from taskforge.tasks.bulk.edit import MAX_AT_ONCE
from taskforge.tasks.bulk.queries import EVENTS_OF_BATCH, ROWS_OF_BOARD
from taskforge.tasks.bulk.undo import take_edits_back
from taskforge.tasks.documents import content_message
from taskforge.tasks.editing.placement import Place, places_at_end
from taskforge.tasks.editing.trash import list_columns, place_restored
from taskforge.tasks.editing.writer import insert_task, update_task
from taskforge.tasks.fields import EMPTY_CONTENT, new_core
from taskforge.teams.permissions import Permission

MAX_TASKS = 100  # in one batch
_OPPOSITE = {
    Event.TASK_CREATED: Event.TASK_DELETED,
    Event.TASK_DELETED: Event.TASK_RESTORED,
    Event.TASK_RESTORED: Event.TASK_DELETED,
}
_EDITS = (Event.TASK_MOVED, Event.TASK_STATUS_CHANGED, Event.TASK_ASSIGNED, Event.TASK_EDITED)


class NewTask:
    """A task that is to be created: its row fields by name, and its content in `texts`; see `create_task`."""

    def __init__(
        self, *, title: str, texts: Mapping[str, Any] | None = None, **values: Any
    ) -> None:
        self.core = new_core({"title": title, **values})
        self.texts = {**EMPTY_CONTENT, **(texts or {})}


@idempotent
def create_tasks(
    actor: Actor, *, board_id: str, column_id: str, new_tasks: Sequence[NewTask]
) -> Change:
    """Create tasks at the end of a column, in their order; ``extra`` holds their ``task_ids``.

    Raises:
        NotFound, Forbidden: no access to the board, or no permission ``task.create``.
        InvalidInput: none or too many, no such column, or an assignee who is not in the team.
        WipLimitReached: the column has no room for all of them.
    """
    access_board(actor.user_id, board_id, Permission.TASK_CREATE)
    if not 1 <= len(new_tasks) <= MAX_TASKS:
        raise InvalidInput(f"Between 1 and {MAX_TASKS} cards can be added at once.")
    faults.point("read.done")
    ids = [new_id() for _ in new_tasks]
    with UnitOfWork(actor, entity_id=ids[0], version=1, extra={"task_ids": ids}) as uow:
        number = len(new_tasks)
        board = lock_board(uow, board_id, Permission.TASK_CREATE, numbers=number, changes=number)
        _require_members(uow, board, new_tasks)
        places = places_at_end(uow, board, column_id=column_id, number=number)
        insert_tasks(uow, board, places, new_tasks, ids=ids)
    return uow.change


def insert_tasks(
    uow: UnitOfWork,
    board: LockedBoard,
    places: Sequence[Place],
    new_tasks: Sequence[NewTask],
    *,
    ids: Sequence[str],
) -> None:
    """Insert tasks under a lock that has a number and a sequence number for each of them."""
    for step, (place, new, task_id) in enumerate(zip(places, new_tasks, ids, strict=True)):
        message = content_message(task_id, 1, new.texts)
        insert_task(uow, board.at(step), place, message, core=new.core, texts=new.texts)


def delete_tasks(
    actor: Actor, *, board_id: str, list_ids: Callable[[], Sequence[str]], permission: str
) -> Change:
    """Put those tasks of a board into the trash that `list_ids` names and that are not in it yet.

    ``extra`` holds the ``task_ids``. Raises `NotFound` or `Forbidden` like `access_board`.
    """
    access_board(actor.user_id, board_id, permission)

    def attempt() -> Change:
        rows = _read_rows(board_id, list_ids(), deleted=False)
        return _delete_rows(actor, board_id, rows, permission)

    return retry_on_stale(attempt)


@idempotent
def undo_batch(actor: Actor, *, board_id: str, event_id: str) -> Change:
    """Take back what one batch did: new tasks go into the trash, trashed ones come back, edited ones are as before.

    `event_id` is the first audit event of the batch. ``extra`` holds ``undone`` (the opposite event) and the
    ``task_ids``; what was taken back already is skipped. Of edited ones see `take_edits_back`.

    Raises:
        NotFound, Forbidden: no such batch on the board, no access, or no permission for the opposite.
        WipLimitReached: a column has no room for what comes back.
        Conflict: a task is being changed at this moment, or a column was deleted.
    """
    access_board(actor.user_id, board_id)
    audit_events = _read_batch(board_id, event_id)
    event = audit_events[0]["event"]
    if event in _EDITS:
        event_ids = [audit_event["event_id"] for audit_event in audit_events]
        return take_edits_back(actor, board_id, event=event, event_ids=event_ids)
    ids = [audit_event["entity_id"] for audit_event in audit_events]
    opposite = _OPPOSITE[event]
    if opposite == Event.TASK_DELETED:
        change = delete_tasks(
            actor, board_id=board_id, list_ids=lambda: ids, permission=Permission.TASK_DELETE
        )
    else:
        change = _restore_rows(actor, board_id, _read_rows(board_id, ids, deleted=True))
    return change


def _delete_rows(actor: Actor, board_id: str, rows: Sequence[sql.Row], permission: str) -> Change:
    ids = [row["task_id"] for row in rows]
    extra = {"undone": Event.TASK_DELETED, "task_ids": ids}
    if not rows:
        return unchanged(actor, entity_id=board_id, version=0, extra=extra)
    faults.point("read.done")
    with UnitOfWork(actor, entity_id=board_id, version=0, extra=extra) as uow:
        board = lock_board(uow, board_id, permission, changes=len(rows))
        for step, row in enumerate(rows):
            update_task(uow, board.at(step), Event.TASK_DELETED, row, {**row, "deleted_at": uow.at})
    return uow.change


def _restore_rows(actor: Actor, board_id: str, rows: Sequence[sql.Row]) -> Change:
    access_board(actor.user_id, board_id, Permission.TASK_RESTORE)
    ids = [row["task_id"] for row in rows]
    extra = {"undone": Event.TASK_RESTORED, "task_ids": ids}
    if not rows:
        return unchanged(actor, entity_id=board_id, version=0, extra=extra)
    faults.point("read.done")
    with UnitOfWork(actor, entity_id=board_id, version=0, extra=extra) as uow:
        board = lock_board(uow, board_id, Permission.TASK_RESTORE, changes=len(rows))
        columns = list_columns(uow, board)
        for step, row in enumerate(rows):
            place = place_restored(uow, board, row, columns, at_old_rank=True)
            after = {**row, **asdict(place), "deleted_at": None}
            update_task(uow, board.at(step), Event.TASK_RESTORED, row, after)
    return uow.change


def _read_rows(board_id: str, ids: Sequence[str], *, deleted: bool) -> Sequence[sql.Row]:
    """Those of some tasks that are on a board, in the order in which it shows them; in its trash, or not."""
    return task_rows(
        ROWS_OF_BOARD,
        {"board_id": board_id, "ids": list(ids), "deleted": deleted},
    )


def _read_batch(board_id: str, event_id: str) -> Sequence[sql.Row]:
    """The audit events of one unit of work from its first on: the same event by the same person at the same instant."""
    found = sql.rows(
        EVENTS_OF_BATCH,
        {
            "event_id": event_id,
            "board_id": board_id,
            "events": [*_OPPOSITE, *_EDITS],
            "max_events": MAX_AT_ONCE,
        },
    )
    if not found:
        raise NotFound()
    return found


def _require_members(uow: UnitOfWork, board: LockedBoard, new_tasks: Sequence[NewTask]) -> None:
    named = {new.core["assignee_id"] for new in new_tasks} - {None}
    if named - set(keep_viewers(uow, board.board_id, named)):
        raise Conflict("Somebody whom you named has just left the team. Nothing was added.")
