"""Use cases that change tasks: create, edit, move, delete, restore."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from taskforge import faults
from taskforge.boards.access import BoardAccess, access_board, lock_board
from taskforge.boards.queries import find_first_board_id
from taskforge.errors import InvalidInput, NotFound
from taskforge.events import Event
from taskforge.ids import new_id
from taskforge.stores.actor import Actor
from taskforge.stores.operations import (
    Change,
    idempotent,
    retry_on_stale,
    retry_on_stale_preloaded,
    unchanged,
)
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.access import TaskAccess, access_task
from taskforge.tasks.documents import content_message
from taskforge.tasks.editing.changes import (
    change_fields,
    check_version,
    find_new_mentions,
    may_mention,
    require_order,
)
from taskforge.tasks.editing.conflicts import settle_changes, settle_move
from taskforge.tasks.editing.placement import (
    end_query,
    neighbours_query,
    place_found,
    place_found_at_end,
)
from taskforge.tasks.editing.trash import put_into_trash, take_from_trash
from taskforge.tasks.editing.writer import insert_task, update_task
from taskforge.tasks.fields import EMPTY_CONTENT, new_core
from taskforge.teams.access import access_team
from taskforge.teams.permissions import Permission


@idempotent
def create_task(
    actor: Actor,
    /,
    *,
    team_id: str | None = None,
    board_id: str | None = None,
    title: str,
    column_id: str | None = None,
    status: str | None = None,
    texts: Mapping[str, Any] | None = None,
    preloaded: BoardAccess | None = None,
    **values: Any,
) -> Change:
    """Create a task at the end of a column.

    `values` are its other row fields, `texts` its content, by the names declared in `taskforge.tasks.fields`; what is
    not given has the declared initial value. Without a board it goes to the team's first one; without column and
    status to the board's first column. `preloaded` is what `access_board` would answer, if the request has read it;
    without it the board is read before its lock only for the members whom a text may mention.

    Raises:
        NotFound, Forbidden: no access to the board, or no permission ``task.create``.
        InvalidInput: column, status or assignee do not fit the board; a text is malformed.
        WipLimitReached: the column is full.
    """
    board_id = board_id or _first_board(actor, team_id)
    stored_text = {**EMPTY_CONTENT, **(texts or {})}
    mentioned: list[str] = []
    if preloaded is not None or may_mention(stored_text):
        board_row, _ = access_board(
            actor.user_id, board_id, Permission.TASK_CREATE, preloaded=preloaded
        )
        mentioned = find_new_mentions(board_row["board_id"], {}, stored_text)
    faults.point("read.done")
    task_id = new_id()
    core = new_core({"title": title, **values})
    require_order({}, core)
    message = content_message(task_id, 1, stored_text)
    with UnitOfWork(actor, entity_id=task_id, version=1) as uow:
        assignee_id = core["assignee_id"]
        end = end_query(column_id=column_id, status=status, assignee_id=assignee_id)
        board = lock_board(uow, board_id, Permission.TASK_CREATE, numbers=1, joined=end)
        if team_id is not None and board.team_id != team_id:
            raise InvalidInput.about("board_id", "belongs to another team")
        place = place_found_at_end(
            board, board.joined, column_id=column_id, assignee_id=assignee_id
        )
        insert_task(uow, board, place, message, core=core, texts=stored_text, mentioned=mentioned)
    return uow.change


def edit_task(
    actor: Actor,
    task_id: str,
    *,
    changes: Mapping[str, Any],
    version: int | None = None,
    preloaded: TaskAccess | None = None,
) -> Change:
    """Change fields of a task; `changes` maps field names to checked values, absent fields stay.

    Fields: those of `taskforge.tasks.fields.INPUT_FIELDS`; status moves the task to the end of that status's first
    column, column_id (with before_id, after_id and anyway, as in `move_task`) to a column, between those neighbours.
    `version` is what the caller saw: what others changed since is settled field by field
    (`taskforge.tasks.editing.conflicts`). Without it the change is made to the current version. `preloaded` is what
    `access_task` would answer, if the request has read it.

    Raises:
        NotFound, Forbidden: no access, or no permission ``task.edit``.
        StaleVersion: somebody else changed one of these fields too; ``conflicts`` says which.
        InvalidInput: status or assignee do not fit, or a text is malformed.
        WipLimitReached: the column is full.
        Unavailable: a text is to change and its present state can't be read.
    """
    return retry_on_stale_preloaded(
        lambda found: _edit_task(actor, task_id, changes=changes, version=version, preloaded=found),
        preloaded,
    )


def move_task(
    actor: Actor,
    task_id: str,
    *,
    column_id: str,
    before_id: str | None = None,
    after_id: str | None = None,
    anyway: bool = False,
    version: int | None = None,
    preloaded: TaskAccess | None = None,
) -> Change:
    """Move a task to a column of its board: above `before_id`, below `after_id`, or to the end.

    A column above its WIP limit is recorded in the audit event; where the board's limits are hard, it is refused,
    unless it is to be done `anyway` by somebody who holds ``task.exceed_limit``. `preloaded` is what `access_task`
    would answer, if the request has read it already.

    Raises:
        NotFound, Forbidden: no access, or no permission ``task.move``.
        StaleVersion: somebody else has moved it since `version`.
        InvalidInput: the column or a neighbour is not on the task's board.
        WipLimitReached: the column is full, and limits are hard.
    """
    return retry_on_stale_preloaded(
        lambda found: _move_task(
            actor,
            task_id,
            column_id=column_id,
            before_id=before_id,
            after_id=after_id,
            anyway=anyway,
            version=version,
            preloaded=found,
        ),
        preloaded,
    )


def delete_task(actor: Actor, task_id: str, *, version: int | None = None) -> Change:
    """Put a task into the trash, from which it can be restored for 30 days.

    Raises:
        NotFound, Forbidden: no access, or no permission ``task.delete``.
        StaleVersion: the task is not at `version` any more.
    """
    return retry_on_stale(lambda: _delete_task(actor, task_id, version=version), version=version)


@idempotent
def restore_task(actor: Actor, task_id: str) -> Change:
    """Take a task out of the trash, to the end of its column (or of the first with its status, if that was deleted).

    Raises:
        NotFound, Forbidden: no access, not in the trash, or no permission ``task.restore``.
        WipLimitReached: the column is full.
    """
    row, _ = access_task(actor.user_id, task_id, Permission.TASK_RESTORE, deleted=True)
    if row["deleted_at"] is None:
        raise NotFound("This task is not in the trash.")
    return take_from_trash(actor, row)


@idempotent
def _edit_task(
    actor: Actor,
    task_id: str,
    *,
    changes: Mapping[str, Any],
    version: int | None,
    preloaded: TaskAccess | None,
) -> Change:
    row, _ = access_task(actor.user_id, task_id, Permission.TASK_EDIT, preloaded=preloaded)
    if version is not None and row["version"] != version:
        changes = settle_changes(actor, row, changes, version=version)
    return change_fields(
        actor, row, permission=Permission.TASK_EDIT, changes=changes, version=row["version"]
    )


@idempotent
def _move_task(
    actor: Actor,
    task_id: str,
    *,
    column_id: str,
    before_id: str | None,
    after_id: str | None,
    anyway: bool,
    version: int | None,
    preloaded: TaskAccess | None,
) -> Change:
    row, _ = access_task(actor.user_id, task_id, Permission.TASK_MOVE, preloaded=preloaded)
    near = {"before_id": before_id, "after_id": after_id}
    if not settle_move(actor, row, {"column_id": column_id, **near}, version=version):
        return unchanged(actor, entity_id=task_id, version=row["version"])
    if task_id in (before_id, after_id):
        raise InvalidInput.about("before_id", "must be another task")
    faults.point("read.done")
    with UnitOfWork(actor, entity_id=task_id, version=row["version"] + 1) as uow:
        neighbours = neighbours_query(task_id=task_id, column_id=column_id, **near)
        board = lock_board(uow, row["board_id"], Permission.TASK_MOVE, joined=neighbours)
        found = place_found(board, board.joined, **near, anyway=anyway)
        update_task(uow, board, Event.TASK_MOVED, row, {**row, **asdict(found)})
    return uow.change


@idempotent
def _delete_task(actor: Actor, task_id: str, *, version: int | None) -> Change:
    row, _ = access_task(actor.user_id, task_id, Permission.TASK_DELETE)
    check_version(row, version)
    return put_into_trash(actor, row)


def _first_board(actor: Actor, team_id: str | None) -> str:
    if team_id is None:
        raise InvalidInput.about("team_id", "is required")
    access_team(actor.user_id, team_id, Permission.TASK_CREATE)
    board_id = find_first_board_id(actor, team_id)
    if board_id is None:
        raise InvalidInput.about(
            "board_id", "is missing: this team has no board yet, create one first"
        )
    return board_id
