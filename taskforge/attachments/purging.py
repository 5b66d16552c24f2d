"""Removing attachments for good: 30 days after they or their comment were deleted, or with their task.

The blobs go after the change. A process that dies in between leaves blobs that no row names, which the sweep removes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import cast

from sqlalchemy import text

from taskforge.attachments.blob_keys import keys_of
from taskforge.attachments.queries import PURGEABLE
from taskforge.attachments.statements import FREE_SPACE
from taskforge.attachments.writing import write_list
from taskforge.boards.sequence import advance_sequence
from taskforge.comments.queries import COMMENTS, left_join_comment
from taskforge.errors import NotFound
from taskforge.events import Event
from taskforge.stores import blobs, sql
from taskforge.stores.actor import ITSELF
from taskforge.stores.unit_of_work import UnitOfWork

_DELETE_OF_TASK = text("""
    DELETE FROM attachments
    WHERE  task_id = :task_id
    RETURNING attachment_id, size, purged_at
""")
_DELETE_COUNTS = text("DELETE FROM team_files WHERE team_id = :team_id")
# A live one whose comment was deleted counts as deleted from then on.
_PURGE_ONE = text(f"""
    UPDATE attachments a
    SET    purged_at = :at, deleted_at = coalesce(a.deleted_at, :at), version = a.version + 1
    WHERE  a.attachment_id = :attachment_id AND a.purged_at IS NULL
           AND coalesce(a.deleted_at,
                        (SELECT c.deleted_at
                         FROM   (SELECT) one
                                {left_join_comment("c.comment_id = a.comment_id")})) < :before
    RETURNING a.attachment_id, a.task_id, a.comment_id, a.name, a.size, a.version, a.deleted_at = :at AS was_live
""")
_COMMENT = text(f"""
    SELECT c.task_id, c.comment_id, c.files, c.files_version
    FROM   {COMMENTS}
    WHERE  c.comment_id = :comment_id
""")


def list_purgeable(before: datetime, limit: int) -> Sequence[sql.Row]:
    """``attachment_id`` and ``board_id`` of files that were deleted before an instant, or with their comment."""
    return sql.rows(PURGEABLE, {"before": before, "limit": limit})


def delete_files_of_task(uow: UnitOfWork, task_id: str, team_id: str) -> list[str]:
    """Delete the rows of all files of a task and its comments; answers their ids, for `remove_blobs`."""
    gone = cast(
        Sequence[sql.Row], uow.execute(_DELETE_OF_TASK, {"task_id": task_id}).mappings().all()
    )
    stored = [row for row in gone if row["purged_at"] is None]
    if stored:
        _free_space(uow, team_id, stored)
    return [row["attachment_id"] for row in stored]


def delete_counts_of_team(uow: UnitOfWork, team_id: str) -> None:
    """Delete what was counted of a team's files, of which none is left."""
    uow.execute(_DELETE_COUNTS, {"team_id": team_id})


def purge_attachment(attachment_id: str, board_id: str, *, deleted_before: datetime) -> None:
    """Remove the bytes of a file that was deleted, by itself or with its comment. Its row stays for the history.

    Raises:
        NotFound: neither is deleted, or not for long enough.
        Unavailable: a store does not answer, or a lock is held; nothing was changed.
    """
    with UnitOfWork(ITSELF, entity_id=attachment_id, version=0) as uow:
        board = advance_sequence(uow, board_id)
        parameters = {"attachment_id": attachment_id, "before": deleted_before, "at": uow.at}
        row = uow.row(_PURGE_ONE, parameters)
        if board is None or row is None:
            raise NotFound()
        _free_space(uow, board["team_id"], [row])
        if row["was_live"]:
            _take_off_list(uow, row)
        uow.record(
            Event.ATTACHMENT_PURGED,
            entity_type="attachment",
            entity_id=attachment_id,
            version=row["version"],
            before={"size": row["size"]},
            after={name: row[name] for name in ("task_id", "comment_id", "name")}
            | {"purged": True, "deleted": True},
            team_id=board["team_id"],
            board_id=board_id,
            board_seq=board["seq"],
            task_id=row["task_id"],
        )
    remove_blobs([attachment_id])


def remove_blobs(attachment_ids: Iterable[str]) -> None:
    """Remove the bytes, thumbnails and pages of attachments without a row; the sweep does what can't be done now."""
    keys = [key for one in attachment_ids for key in keys_of(one)]
    if keys:
        with suppress(blobs.BlobsUnavailable):
            blobs.store().delete(keys)


def _take_off_list(uow: UnitOfWork, file: sql.Row) -> None:
    """Let the deleted comment of a file list it no more."""
    comment = uow.row(_COMMENT, {"comment_id": file["comment_id"]})
    assert comment is not None
    left = [one for one in comment["files"] if one["attachment_id"] != file["attachment_id"]]
    write_list(uow, comment, left)


def _free_space(uow: UnitOfWork, team_id: str, gone: Sequence[sql.Row]) -> None:
    size = sum(row["size"] for row in gone)
    uow.execute(FREE_SPACE, {"team_id": team_id, "size": size, "files": len(gone)})
