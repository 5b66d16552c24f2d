"""Use cases that change several tasks of a board at once: all of them or none, each with a fact of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from taskforge import faults
from taskforge.boards.access import LockedBoard, access_board, lock_board
from taskforge.errors import Conflict, InvalidInput, NotFound, StaleVersion
from taskforge.ids import new_id
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent, unchanged
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.access import REFERENCE
from taskforge.tasks.bulk.edit import MOST_AT_ONCE
from taskforge.tasks.bulk.undo import take_edits_back
from taskforge.tasks.documents import EMPTY_CONTENT, content_message
from taskforge.tasks.editing.placement import Place, place_at_end, place_back, places_at_end
from taskforge.tasks.editing.writer import insert_task, update_task
from taskforge.teams.access import keep_members

MOST_TASKS = 100  # in one batch
ATTEMPTS = 3
_OPPOSITE = {
    "task.created": "task.deleted",
    "task.deleted": "task.restored",
    "task.restored": "task.deleted",
}
_EDITS = ("task.moved", "task.status_changed", "task.assigned", "task.edited")


@dataclass(frozen=True, kw_only=True)
class NewTask:
    """A task that is to be created; `texts` may hold description, tags, custom_fields and checklist."""

    title: str
    priority: str = "medium"
    assignee_id: str | None = None
    due_at: datetime | None = None
    texts: Mapping[str, Any] = field(default_factory=dict)


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
    access_board(actor.user_id, board_id, "task.create")
    if not 1 <= len(new_tasks) <= MOST_TASKS:
        raise InvalidInput(f"Between 1 and {MOST_TASKS} cards can be added at once.")
    faults.point("read.done")
    ids = [new_id() for _ in new_tasks]
    with UnitOfWork(actor, entity_id=ids[0], version=1, extra={"task_ids": ids}) as uow:
        number = len(new_tasks)
        board = lock_board(uow, board_id, "task.create", numbers=number, changes=number)
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
        texts = {**EMPTY_CONTENT, **new.texts}
        core = {
            "title": new.title,
            "priority": new.priority,
            "assignee_id": new.assignee_id,
            "start_at": None,
            "due_at": new.due_at,
        }
        message = content_message(task_id, 1, texts)
        insert_task(uow, board.at(step), place, message, core=core, texts=texts)


def delete_tasks(
    actor: Actor, *, board_id: str, list_ids: Callable[[], Sequence[str]], permission: str
) -> Change:
    """Put those tasks of a board into the trash that `list_ids` names and that are not in it yet.

    ``extra`` holds the ``task_ids``. Raises `NotFound` or `Forbidden` like `access_board`.
    """
    access_board(actor.user_id, board_id, permission)
    for attempt in range(ATTEMPTS):
        rows = _read_rows(board_id, list_ids(), deleted=False)
        try:
            return _delete_rows(actor, board_id, rows, permission)
        except StaleVersion:
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


@idempotent
def undo_batch(actor: Actor, *, board_id: str, event_id: str) -> Change:
    """Take back what one batch did: new tasks go into the trash, trashed ones come back, edited ones are as before.

    `event_id` is the batch's first fact. ``extra`` holds ``undone`` (the opposite event) and the ``task_ids``; what
    somebody has taken back already is passed over. Of edited ones see `take_edits_back`.

    Raises:
        NotFound, Forbidden: no such batch on the board, no access, or no permission for the opposite.
        WipLimitReached: a column has no room for what comes back.
        Conflict: a task is being changed at this moment, or a column is gone.
    """
    access_board(actor.user_id, board_id)
    facts = _read_batch(board_id, event_id)
    event = facts[0]["event"]
    if event in _EDITS:
        event_ids = [fact["event_id"] for fact in facts]
        return take_edits_back(actor, board_id, event=event, event_ids=event_ids)
    ids = [fact["entity_id"] for fact in facts]
    opposite = _OPPOSITE[event]
    if opposite == "task.deleted":
        change = delete_tasks(
            actor, board_id=board_id, list_ids=lambda: ids, permission="task.delete"
        )
    else:
        change = _restore_rows(actor, board_id, _read_rows(board_id, ids, deleted=True))
    return change


def _delete_rows(actor: Actor, board_id: str, rows: Sequence[sql.Row], permission: str) -> Change:
    ids = [row["task_id"] for row in rows]
    extra = {"undone": "task.deleted", "task_ids": ids}
    if not rows:
        return unchanged(actor, entity_id=board_id, version=0, extra=extra)
    faults.point("read.done")
    with UnitOfWork(actor, entity_id=board_id, version=0, extra=extra) as uow:
        board = lock_board(uow, board_id, permission, changes=len(rows))
        for step, row in enumerate(rows):
            update_task(uow, board.at(step), "task.deleted", row, {**row, "deleted_at": uow.at})
    return uow.change


def _restore_rows(actor: Actor, board_id: str, rows: Sequence[sql.Row]) -> Change:
    access_board(actor.user_id, board_id, "task.restore")
    ids = [row["task_id"] for row in rows]
    extra = {"undone": "task.restored", "task_ids": ids}
    if not rows:
        return unchanged(actor, entity_id=board_id, version=0, extra=extra)
    faults.point("read.done")
    with UnitOfWork(actor, entity_id=board_id, version=0, extra=extra) as uow:
        board = lock_board(uow, board_id, "task.restore", changes=len(rows))
        columns = _list_columns(uow, board)
        for step, row in enumerate(rows):
            place = _place_of_restored(uow, board, row, columns)
            after = {**row, **asdict(place), "deleted_at": None}
            update_task(uow, board.at(step), "task.restored", row, after)
    return uow.change


def _list_columns(uow: UnitOfWork, board: LockedBoard) -> Sequence[Row[tuple[str, str]]]:
    """The columns that a board has now, from left to right."""
    columns = uow.execute(
        text(
            "SELECT column_id, status FROM columns WHERE board_id = :board_id AND deleted_at IS NULL"
            " ORDER BY rank"
        ),
        {"board_id": board.board_id},
    ).all()
    if not columns:
        raise InvalidInput.about("column", "is missing: this board has none, add one first")
    return columns


def _place_of_restored(
    uow: UnitOfWork, board: LockedBoard, row: sql.Row, columns: Sequence[Row[tuple[str, str]]]
) -> Place:
    """Where a task comes back to: where it was, else the end of the first column with its status, else of the first."""
    if any(column.column_id == row["column_id"] for column in columns):
        here = {"task_id": row["task_id"], "column_id": row["column_id"], "rank": row["rank"]}
        return place_back(uow, board, **here)
    alike = next((one for one in columns if one.status == row["status"]), columns[0])
    return place_at_end(uow, board, column_id=alike.column_id)


def _read_rows(board_id: str, ids: Sequence[str], *, deleted: bool) -> Sequence[sql.Row]:
    """Those of some tasks that are on a board, in the order in which it shows them; in its trash, or not."""
    return sql.rows(
        text(
            f"SELECT {REFERENCE} FROM tasks k WHERE k.board_id = :board_id"
            " AND k.task_id = ANY(CAST(:ids AS uuid[])) AND (k.deleted_at IS NOT NULL) = :deleted"
            " ORDER BY k.rank, k.task_id"
        ),
        {"board_id": board_id, "ids": list(ids), "deleted": deleted},
    )


def _read_batch(board_id: str, event_id: str) -> Sequence[sql.Row]:
    """The facts of one unit of work from its first on: the same event by the same person at the same instant."""
    found = sql.rows(
        text(
            "SELECT l.event, l.event_id, l.entity_id FROM audit_logs first"
            " JOIN audit_logs l ON l.board_id = first.board_id"
            " AND l.board_seq >= first.board_seq AND l.board_seq < first.board_seq + :most"
            " AND l.event = first.event AND l.actor_id = first.actor_id"
            " AND l.action_timestamp = first.action_timestamp"
            " WHERE first.event_id = :event_id AND first.board_id = :board_id AND first.event = ANY(:events)"
            " ORDER BY l.board_seq"
        ),
        {
            "event_id": event_id,
            "board_id": board_id,
            "events": [*_OPPOSITE, *_EDITS],
            "most": MOST_AT_ONCE,
        },
    )
    if not found:
        raise NotFound()
    return found


def _require_members(uow: UnitOfWork, board: LockedBoard, new_tasks: Sequence[NewTask]) -> None:
    wanted = {new.assignee_id for new in new_tasks if new.assignee_id}
    if wanted - set(keep_members(uow, board.team_id, wanted)):
        raise Conflict("Somebody whom you named has just left the team. Nothing was added.")
