"""Use cases that change tasks: create, edit, move, delete, restore."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import text

from taskforge import faults
from taskforge.boards.access import LockedBoard, access_board, lock_board
from taskforge.errors import InvalidInput, NotFound, StaleVersion
from taskforge.ids import new_id
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, once, unchanged
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.access import access_task
from taskforge.tasks.documents import EMPTY_TEXT, face_fields, text_message
from taskforge.tasks.placing import Place, place_at_end, place_between, place_wished
from taskforge.tasks.texts import read_task_text
from taskforge.tasks.writing import (
    CORE_FIELDS,
    PLACE_FIELDS,
    TEXT_FIELDS,
    insert_task,
    update_task,
)
from taskforge.teams.access import access_team, keep_members

ATTEMPTS = 3


@once
def create_task(
    actor: Actor,
    *,
    team_id: str | None = None,
    board_id: str | None = None,
    title: str,
    column_id: str | None = None,
    status: str | None = None,
    priority: str = "medium",
    assignee_id: str | None = None,
    start_at: datetime | None = None,
    due_at: datetime | None = None,
    texts: Mapping[str, Any] | None = None,
) -> Change:
    """Create a task at the end of a column. `texts` may hold description, tags, custom_fields and checklist.

    Without a board it goes to the team's first one; without column and status to the board's first column.

    Raises:
        NotFound, Forbidden: no access to the board, or no permission ``task.create``.
        InvalidInput: column, status or assignee do not fit the board; a text is malformed.
        WipLimitReached: the column is full.
    """
    board_id = board_id or _first_board(actor, team_id)
    board_row, _ = access_board(actor.user_id, board_id, "task.create")
    if team_id is not None and board_row["team_id"] != team_id:
        raise InvalidInput.about("board_id", "belongs to another team")
    faults.point("read.done")
    task_id = new_id()
    stored_text = {**EMPTY_TEXT, **(texts or {})}
    message = text_message(task_id, 1, stored_text)
    core = {
        "title": title,
        "priority": priority,
        "assignee_id": assignee_id,
        "start_at": start_at,
        "due_at": due_at,
    }
    with UnitOfWork(actor, entity_id=task_id, version=1) as uow:
        board = lock_board(uow, board_id, "task.create", numbers=1)
        _require_assignee(uow, board.team_id, assignee_id)
        place = place_at_end(uow, board, column_id=column_id, status=status)
        insert_task(uow, board, place, message, core=core, texts=stored_text)
    return uow.change


def edit_task(
    actor: Actor, task_id: str, *, changes: Mapping[str, Any], version: int | None = None
) -> Change:
    """Change fields of a task; `changes` maps field names to checked values, absent fields stay.

    Fields: title, priority, assignee_id, start_at, due_at, status (moves it to the end of that status's first
    column), column_id (with before_id and after_id between those), description, tags, custom_fields, checklist.
    Without `version` the change is made to whatever is current.

    Raises:
        NotFound, Forbidden: no access, or no permission ``task.edit``.
        StaleVersion: the task is not at `version` any more; ``current`` is its view.
        InvalidInput: status or assignee do not fit, or a text is malformed.
        WipLimitReached: the column is full.
        Unavailable: a text is to change and its present state can't be read.
    """
    return _retried(_edit_task, actor, task_id, changes=changes, version=version)


def move_task(
    actor: Actor,
    task_id: str,
    *,
    column_id: str,
    before_id: str | None = None,
    after_id: str | None = None,
    version: int | None = None,
) -> Change:
    """Move a task to a column of its board: above `before_id`, below `after_id`, or to the end.

    Raises:
        NotFound, Forbidden: no access, or no permission ``task.move``.
        StaleVersion: the task is not at `version` any more.
        InvalidInput: the column or a neighbour is not on the task's board.
        WipLimitReached: the column is full.
    """
    return _retried(
        _move_task,
        actor,
        task_id,
        column_id=column_id,
        before_id=before_id,
        after_id=after_id,
        version=version,
    )


def delete_task(actor: Actor, task_id: str, *, version: int | None = None) -> Change:
    """Put a task into the trash, from which it can be restored for 30 days.

    Raises:
        NotFound, Forbidden: no access, or no permission ``task.delete``.
        StaleVersion: the task is not at `version` any more.
    """
    return _retried(_delete_task, actor, task_id, version=version)


@once
def restore_task(actor: Actor, task_id: str) -> Change:
    """Take a task out of the trash, to the end of its column (or of the first with its status, if that is gone).

    Raises:
        NotFound, Forbidden: no access, not in the trash, or no permission ``task.restore``.
        WipLimitReached: the column is full.
    """
    row, _ = access_task(actor.user_id, task_id, "task.restore", deleted=True)
    if row["deleted_at"] is None:
        raise NotFound("This task is not in the trash.")
    with UnitOfWork(actor, entity_id=task_id, version=row["version"] + 1) as uow:
        board = lock_board(uow, row["board_id"], "task.restore")
        place = _place_of_restored(uow, board, row)
        after = {**row, **asdict(place), "deleted_at": None}
        update_task(uow, board, "task.restored", row, after)
    return uow.change


@once
def _edit_task(
    actor: Actor, task_id: str, *, changes: Mapping[str, Any], version: int | None
) -> Change:
    row, _ = access_task(actor.user_id, task_id, "task.edit")
    _check_version(row, version)
    texts = {name: changes[name] for name in TEXT_FIELDS if name in changes}
    row, old_text = read_task_text(actor, row) if texts else (row, {})
    _check_version(row, version)
    new_text = {**old_text, **texts}
    message = (
        text_message(task_id, row["doc_version"] + 1, new_text) if new_text != old_text else None
    )
    faults.point("read.done")
    after = {**row, **{name: changes[name] for name in CORE_FIELDS if name in changes}}
    moves = "before_id" in changes or any(
        name in changes and changes[name] != row[name] for name in ("status", "column_id")
    )
    if message is None and not moves and after == row:
        return unchanged(actor, entity_id=task_id, version=row["version"])
    with UnitOfWork(actor, entity_id=task_id, version=row["version"] + 1) as uow:
        board = lock_board(uow, row["board_id"], "task.edit")
        if after["assignee_id"] != row["assignee_id"]:
            _require_assignee(uow, board.team_id, after["assignee_id"])
        if moves:
            after |= asdict(place_wished(uow, board, task_id, changes))
        if message is not None:
            after |= {
                "doc_version": message.version,
                "doc_sha": message.sha,
                **face_fields(new_text),
            }
            uow.stage(message)
        event = _name_edit(row, after, message is not None)
        update_task(uow, board, event, row, after, old_text=old_text, new_text=new_text)
    return uow.change


@once
def _move_task(
    actor: Actor,
    task_id: str,
    *,
    column_id: str,
    before_id: str | None,
    after_id: str | None,
    version: int | None,
) -> Change:
    row, _ = access_task(actor.user_id, task_id, "task.move")
    _check_version(row, version)
    if task_id in (before_id, after_id):
        raise InvalidInput.about("before_id", "must be another task")
    faults.point("read.done")
    with UnitOfWork(actor, entity_id=task_id, version=row["version"] + 1) as uow:
        board = lock_board(uow, row["board_id"], "task.move")
        place = place_between(
            uow, board, task_id=task_id, column_id=column_id, before_id=before_id, after_id=after_id
        )
        update_task(uow, board, "task.moved", row, {**row, **asdict(place)})
    return uow.change


@once
def _delete_task(actor: Actor, task_id: str, *, version: int | None) -> Change:
    row, _ = access_task(actor.user_id, task_id, "task.delete")
    _check_version(row, version)
    with UnitOfWork(actor, entity_id=task_id, version=row["version"] + 1) as uow:
        board = lock_board(uow, row["board_id"], "task.delete")
        update_task(uow, board, "task.deleted", row, {**row, "deleted_at": uow.at})
    return uow.change


def _retried(
    change_once: Callable[..., Change],
    actor: Actor,
    task_id: str,
    *,
    version: int | None,
    **wanted: Any,
) -> Change:
    """Run a change; when the caller named no version, losing a race against another change means trying again."""
    for attempt in range(ATTEMPTS):
        try:
            return change_once(actor, task_id, version=version, **wanted)
        except StaleVersion:
            if version is not None or attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def _check_version(row: Mapping[str, Any], version: int | None) -> None:
    if version is not None and row["version"] != version:
        raise StaleVersion()


def _place_of_restored(uow: UnitOfWork, board: LockedBoard, row: Mapping[str, Any]) -> Place:
    alive = uow.execute(
        text("SELECT 1 FROM columns WHERE column_id = :column_id AND deleted_at IS NULL"),
        {"column_id": row["column_id"]},
    ).first()
    if alive is not None:
        return place_at_end(uow, board, column_id=row["column_id"])
    try:
        return place_at_end(uow, board, status=row["status"])
    except InvalidInput:
        return place_at_end(uow, board)


def _name_edit(row: Mapping[str, Any], after: Mapping[str, Any], text_changed: bool) -> str:
    changed = {name for name in (*CORE_FIELDS, *PLACE_FIELDS) if row[name] != after[name]}
    if text_changed:
        return "task.edited"
    if changed == {"assignee_id"}:
        return "task.assigned"
    if changed and changed <= set(PLACE_FIELDS):
        return "task.status_changed" if "status" in changed else "task.moved"
    return "task.edited"


def _require_assignee(uow: UnitOfWork, team_id: str, assignee_id: str | None) -> None:
    if assignee_id is not None and not keep_members(uow, team_id, [assignee_id]):
        raise InvalidInput.about("assignee_id", "must be a member of this team")


def _first_board(actor: Actor, team_id: str | None) -> str:
    if team_id is None:
        raise InvalidInput.about("team_id", "is required")
    access_team(actor.user_id, team_id, "task.create")
    board_id = sql.scalar(
        text(
            "SELECT board_id FROM boards WHERE team_id = :team_id AND deleted_at IS NULL ORDER BY created_at, board_id"
        ),
        {"team_id": team_id},
    )
    if board_id is None:
        raise InvalidInput.about(
            "board_id", "is missing: this team has no board yet, create one first"
        )
    return str(board_id)
