"""Use cases that attach a file, to a task or to a comment.

The blob is written first, under the id of the attachment that is to be; then one unit of work writes the row, the lists
of the task or comment, what the team has stored, and the audit event. What a crash or a refusal in between leaves is a
blob that no row names; `taskforge.attachments.sweep` removes it later.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from taskforge import faults
from taskforge.attachments import limits, statements
from taskforge.attachments.blob_keys import file_key
from taskforge.attachments.content_types import DRAWN, FIELD, IMAGES, detect_type
from taskforge.attachments.documents import list_entry
from taskforge.attachments.images import measure_image
from taskforge.attachments.models import PENDING
from taskforge.attachments.names import clean_name
from taskforge.attachments.writing import ids_of, lock_holder, record_file, write_list
from taskforge.comments.queries import get_editable_comment
from taskforge.errors import Conflict, Forbidden, InvalidInput, NotFound, Unavailable
from taskforge.events import Event
from taskforge.ids import new_id
from taskforge.sent_file import SentFile
from taskforge.stores import blobs
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, Replayed, find_operation, idempotent
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.access import TaskAccess, access_task
from taskforge.teams.permissions import Permission

UNSTORED = "The file can’t be stored right now. Nothing was changed; please try again in a moment."
# What refuses a file after its blob was written, so that the blob can be removed at once. An unavailable store is not
# among them: whether the row was committed is unknown then.
_REFUSALS = (Conflict, NotFound, Forbidden, InvalidInput, Replayed)
_RECORDED = ("size", "mimetype")  # what the audit event says of a new file besides its name


@dataclass(frozen=True)
class _Holder:
    """What a file is attached to: a task, or a comment on it; and by which permission."""

    task_id: str
    board_id: str
    team_id: str
    permission: Permission
    comment_id: str | None = None


@idempotent
def attach_to_task(
    actor: Actor, task_id: str, sent: SentFile, *, preloaded: TaskAccess | None = None
) -> Change:
    """Attach a file to a task. ``extra`` of the answer holds the ``task_id``.

    `preloaded` is what `access_task` would answer, if the request has read it.

    Raises:
        NotFound, Forbidden: no access to the task, or no permission ``task.edit``.
        InvalidInput: the file is empty, or not what its name says.
        TooLarge: it is larger than 25 MB (a setting).
        Conflict: the task has 100 files (a setting), or the team has no space left.
        Unavailable: the file can't be stored.
    """
    row, _ = access_task(actor.user_id, task_id, Permission.TASK_EDIT, preloaded=preloaded)
    holder = _Holder(row["task_id"], row["board_id"], row["team_id"], Permission.TASK_EDIT)
    return _attach(actor, holder, sent)


@idempotent
def attach_to_comment(actor: Actor, comment_id: str, sent: SentFile) -> Change:
    """Attach a file to one's own comment. ``extra`` of the answer holds the ``task_id`` and the ``comment_id``.

    Raises:
        NotFound: no such comment, deleted, or its task is not visible or in the trash.
        Forbidden: somebody else's comment.
        InvalidInput, TooLarge, Conflict, Unavailable: like `attach_to_task`.
    """
    row = get_editable_comment(actor, comment_id).row
    permission = Permission.COMMENT_CREATE
    holder = _Holder(row["task_id"], row["board_id"], row["team_id"], permission, comment_id)
    return _attach(actor, holder, sent)


def _attach(actor: Actor, holder: _Holder, sent: SentFile) -> Change:
    # A retry is answered before its bytes are stored once more.
    if (stored := find_operation(actor)) is not None:
        return stored
    limits.require_size(sent.name, sent.size)
    file = _describe(actor, holder, sent)
    limits.require_quota(holder.team_id, sent.size)
    faults.point("read.done")
    _write_blob(file, sent)
    faults.point("upload.blob_written")
    try:
        change = _write_row(actor, file, holder.permission)
    except _REFUSALS:
        _remove_blob(file["attachment_id"])
        raise
    faults.point("upload.row_committed")
    return change


def _describe(actor: Actor, holder: _Holder, sent: SentFile) -> dict[str, Any]:
    """The row of a file that is to be attached, without what is known only when it is stored."""
    name = clean_name(sent.name)
    mimetype = detect_type(sent.stream, name)
    size = measure_image(sent.stream) if mimetype in IMAGES else None
    return {
        "attachment_id": new_id(),
        "task_id": holder.task_id,
        "board_id": holder.board_id,
        "comment_id": holder.comment_id,
        "name": name,
        "mimetype": mimetype,
        "width": size.width if size else None,
        "height": size.height if size else None,
        "thumbnail": PENDING if mimetype in DRAWN else None,
        "uploaded_by": actor.user_id,
    }


def _write_blob(file: dict[str, Any], sent: SentFile) -> None:
    """Store the bytes; `file` gets their ``size`` and ``sha256``.

    Raises:
        Unavailable: the blob store does not take them.
        InvalidInput: there are not as many as announced.
    """
    try:
        stored = blobs.store().write(file_key(file["attachment_id"]), sent.chunks())
    except blobs.BlobsUnavailable as error:
        raise Unavailable(UNSTORED) from error
    if stored.size != sent.size:
        _remove_blob(file["attachment_id"])
        raise InvalidInput.about(FIELD, "is cut off: it did not arrive as a whole")
    file |= {"size": stored.size, "sha256": bytes.fromhex(stored.sha256)}


def _write_row(actor: Actor, file: dict[str, Any], permission: Permission) -> Change:
    attachment_id = file["attachment_id"]
    with UnitOfWork(actor, entity_id=attachment_id, version=1, extra=ids_of(file)) as uow:
        board, holder = lock_holder(uow, file, permission)
        limits.require_count(holder["file_count"])
        space = {"team_id": board.team_id, "size": file["size"], "quota": limits.quota_bytes()}
        if uow.execute(statements.TAKE_SPACE, space).rowcount != 1:
            raise limits.too_full()
        row = {**file, "uploaded_at": uow.at}
        uow.change_reference(
            statements.INSERT, {name: row[name] for name in row if name != "board_id"}
        )
        write_list(uow, holder, [*holder["files"], list_entry(row)])
        record_file(
            uow, board, Event.ATTACHMENT_ADDED, row, {name: row[name] for name in _RECORDED}
        )
    return uow.change


def _remove_blob(attachment_id: str) -> None:
    """Remove the bytes of a file that was refused; the sweep does what can't be done now."""
    with suppress(blobs.BlobsUnavailable):
        blobs.store().delete([file_key(attachment_id)])
