"""Use cases that change what is attached already: delete and restore a file, choose the cover of a card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taskforge.attachments import limits, statements
from taskforge.attachments.access import access_attachment, may_restore, require_change
from taskforge.attachments.content_types import IMAGES
from taskforge.attachments.documents import list_entry
from taskforge.attachments.models import FAILED, PENDING
from taskforge.attachments.writing import ids_of, lock_holder, record_file, write_list
from taskforge.boards.access import LockedBoard, lock_board, reserve_changes
from taskforge.errors import Conflict, InvalidInput, NotFound
from taskforge.events import Event
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent, retry_on_stale, unchanged
from taskforge.stores.retention import TOO_LATE
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.access import access_task
from taskforge.tasks.editing.writer import update_task
from taskforge.teams.permissions import Permission

NOT_DELETED = "This file is not deleted."
TASK_IN_TRASH = "The task of this file is in the trash. Restore the task first."


def delete_attachment(actor: Actor, attachment_id: str) -> Change:
    """Put a file into the trash, from which it can be restored for 30 days. A card loses the cover that it was.

    Raises:
        NotFound: no such attachment, deleted already, or its task is not visible or in the trash.
        Forbidden: no permission ``task.edit``; of a comment: somebody else's, and no ``comment.moderate``.
    """
    return retry_on_stale(lambda: _delete(actor, attachment_id))


def restore_attachment(actor: Actor, attachment_id: str) -> Change:
    """Take a deletion of a file back. It is the cover again if it was, and the card has no other by now.

    Raises:
        NotFound: no such attachment, not deleted, or its task or comment is not visible.
        Forbidden: like `delete_attachment`.
        Conflict: it was deleted more than 30 days ago, its task is in the trash, or has 100 files by now.
    """
    return retry_on_stale(lambda: _restore(actor, attachment_id))


def set_cover(actor: Actor, task_id: str, attachment_id: str | None) -> Change:
    """Show an image of a task on its card, or none.

    Raises:
        NotFound, Forbidden: no access to the task, or no permission ``task.edit``.
        InvalidInput: the file is no image of this task.
        Conflict: its preview is not made yet.
    """
    return retry_on_stale(lambda: _set_cover(actor, task_id, attachment_id))


@idempotent
def _delete(actor: Actor, attachment_id: str) -> Change:
    row = access_attachment(actor.user_id, attachment_id)
    if row["task_deleted_at"] is not None:
        raise NotFound()
    permission = require_change(actor.user_id, row)
    task = access_task(actor.user_id, row["task_id"]).row
    version = row["version"] + 1
    with UnitOfWork(actor, entity_id=attachment_id, version=version, extra=ids_of(row)) as uow:
        board, holder = lock_holder(uow, row, permission)
        was_cover = holder["cover_id"] == attachment_id
        uow.change_reference(
            statements.DELETE,
            {
                "attachment_id": attachment_id,
                "version": row["version"],
                "at": uow.at,
                "actor_id": actor.user_id,
                "was_cover": was_cover,
            },
        )
        left = [one for one in holder["files"] if one["attachment_id"] != attachment_id]
        write_list(uow, holder, left)
        record_file(uow, board, Event.ATTACHMENT_DELETED, row, {"deleted": True})
        if was_cover:
            _change_cover(uow, board, task, None)
    return uow.change


@idempotent
def _restore(actor: Actor, attachment_id: str) -> Change:
    row = access_attachment(actor.user_id, attachment_id, deleted=True)
    if row["deleted_at"] is None:
        raise NotFound(NOT_DELETED)
    if row["task_deleted_at"] is not None:
        raise Conflict(TASK_IN_TRASH)
    permission = require_change(actor.user_id, row)
    if not may_restore(actor.user_id, row):
        raise Conflict(TOO_LATE)
    task = access_task(actor.user_id, row["task_id"]).row
    version = row["version"] + 1
    with UnitOfWork(actor, entity_id=attachment_id, version=version, extra=ids_of(row)) as uow:
        board, holder = lock_holder(uow, row, permission)
        limits.require_count(holder["file_count"])
        uow.change_reference(
            statements.RESTORE, {"attachment_id": attachment_id, "version": row["version"]}
        )
        write_list(uow, holder, [*holder["files"], list_entry(row)])
        record_file(uow, board, Event.ATTACHMENT_RESTORED, row, {"deleted": False})
        if row["was_cover"] and holder["cover_id"] is None:
            _change_cover(uow, board, task, attachment_id)
    return uow.change


@idempotent
def _set_cover(actor: Actor, task_id: str, attachment_id: str | None) -> Change:
    row = access_task(actor.user_id, task_id, Permission.TASK_EDIT).row
    if row["cover_id"] == attachment_id:
        return unchanged(actor, entity_id=task_id, version=row["version"])
    with UnitOfWork(actor, entity_id=task_id, version=row["version"] + 1) as uow:
        board = lock_board(uow, row["board_id"], Permission.TASK_EDIT)
        if attachment_id is not None:
            _require_image(uow, task_id, attachment_id)
        update_task(uow, board, Event.TASK_COVER_SET, row, {**row, "cover_id": attachment_id})
    return uow.change


def _require_image(uow: UnitOfWork, task_id: str, attachment_id: str) -> None:
    parameters = {"attachment_id": attachment_id, "task_id": task_id}
    found = uow.row(statements.LIVE_FILE_OF_TASK, parameters)
    if found is None or found["mimetype"] not in IMAGES or found["thumbnail"] == FAILED:
        raise InvalidInput.about("attachment_id", "is no image among the files of this task")
    if found["thumbnail"] == PENDING:
        raise Conflict("The preview of this image is not made yet. Please try again in a moment.")


def _change_cover(
    uow: UnitOfWork, board: LockedBoard, task: Mapping[str, Any], attachment_id: str | None
) -> None:
    """A further change of the same unit of work, with a number of its own on the board; `task` as it was read.

    The unit of work raises StaleVersion at its end if the task was changed since.
    """
    reserve_changes(uow, board, 1)
    after = {**task, "cover_id": attachment_id}
    update_task(uow, board.at(1), Event.TASK_COVER_SET, task, after)
