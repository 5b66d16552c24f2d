"""Removing attachments for good: after 30 days in the trash, or with their task. The blobs go after the change.

A process that dies in between leaves blobs that no row names, which the sweep removes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import cast

from sqlalchemy import text

from taskforge.attachments.blob_keys import file_key, thumbnail_key
from taskforge.attachments.queries import PURGEABLE
from taskforge.attachments.statements import FREE_SPACE
from taskforge.boards.sequence import advance_sequence
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
_PURGE_ONE = text("""
    UPDATE attachments
    SET    purged_at = :at, version = version + 1
    WHERE  attachment_id = :attachment_id AND deleted_at < :before AND purged_at IS NULL
    RETURNING attachment_id, task_id, comment_id, name, size, version
""")


def list_purgeable(before: datetime, limit: int) -> Sequence[sql.Row]:
    """``attachment_id`` and ``board_id`` of files that were deleted before an instant, oldest first."""
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
    """Remove the bytes of a deleted file. Its row stays, which the history of its task names.

    Raises:
        NotFound: it is not deleted, or not for long enough.
        Unavailable: a store does not answer, or a lock is held; nothing was changed.
    """
    with UnitOfWork(ITSELF, entity_id=attachment_id, version=0) as uow:
        board = advance_sequence(uow, board_id)
        parameters = {"attachment_id": attachment_id, "before": deleted_before, "at": uow.at}
        row = uow.row(_PURGE_ONE, parameters)
        if board is None or row is None:
            raise NotFound()
        _free_space(uow, board["team_id"], [row])
        uow.record(
            Event.ATTACHMENT_PURGED,
            entity_type="attachment",
            entity_id=attachment_id,
            version=row["version"],
            before={"size": row["size"]},
            after={name: row[name] for name in ("task_id", "comment_id", "name")}
            | {"purged": True},
            team_id=board["team_id"],
            board_id=board_id,
            board_seq=board["seq"],
            task_id=row["task_id"],
        )
    remove_blobs([attachment_id])


def remove_blobs(attachment_ids: Iterable[str]) -> None:
    """Remove the bytes and thumbnails of attachments without a row; the sweep does what can't be done now."""
    keys = [key for one in attachment_ids for key in (file_key(one), thumbnail_key(one))]
    if keys:
        with suppress(blobs.BlobsUnavailable):
            blobs.store().delete(keys)


def _free_space(uow: UnitOfWork, team_id: str, gone: Sequence[sql.Row]) -> None:
    size = sum(row["size"] for row in gone)
    uow.execute(FREE_SPACE, {"team_id": team_id, "size": size, "files": len(gone)})
