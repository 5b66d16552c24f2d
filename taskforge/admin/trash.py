"""Emptying the trash: what has been in it for 30 days is purged for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text

from taskforge.comments.documents import tombstone_message
from taskforge.errors import NotFound
from taskforge.history.snapshots import drop_snapshots
from taskforge.stores import sql
from taskforge.stores.actor import ITSELF
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.documents import tombstone_messages

SHOWN = ("number", "title", "status", "priority", "assignee_id", "created_by", "column_id")


def list_expired(before: datetime, limit: int) -> Sequence[str]:
    """Ids of tasks that were deleted before an instant, longest ago first."""
    found = sql.rows(
        text(
            "SELECT task_id FROM tasks WHERE deleted_at < :before ORDER BY deleted_at LIMIT :limit"
        ),
        {"before": before, "limit": limit},
    )
    return [row["task_id"] for row in found]


def purge_task(task_id: str, *, deleted_before: datetime) -> None:
    """Remove a trashed task and its comments from every store; the audit log keeps its facts.

    The rows go in one transaction. In MongoDB nothing is deleted: a write that was delayed somewhere would create
    the document anew. Instead every part gets one more version, a tombstone without content, over the outbox
    like any other change; the guard of the counters refuses whatever comes late. MongoDB's TTL index removes the
    tombstones after another 30 days.

    Raises:
        NotFound: not in the trash, or not for long enough.
    """
    with UnitOfWork(ITSELF, entity_id=task_id, version=0) as uow:
        # The board's lock first, like everybody else who changes a task.
        board = uow.row(
            text(
                "UPDATE boards SET seq = seq + 1 FROM tasks k WHERE k.task_id = :task_id"
                " AND k.board_id = boards.board_id RETURNING boards.board_id, boards.team_id, boards.seq"
            ),
            {"task_id": task_id},
        )
        task = uow.row(
            text(
                "SELECT * FROM tasks WHERE task_id = :task_id AND deleted_at < :before FOR UPDATE"
            ),
            {"task_id": task_id, "before": deleted_before},
        )
        if board is None or task is None:
            raise NotFound()
        comments = uow.execute(
            text("DELETE FROM comments WHERE task_id = :task_id RETURNING comment_id, version"),
            {"task_id": task_id},
        ).all()
        uow.execute(text("DELETE FROM tasks WHERE task_id = :task_id"), {"task_id": task_id})
        gone = {"ids": [task_id, *(comment.comment_id for comment in comments)]}
        for table in ("outbox", "outbox_redo"):  # they hold texts too
            uow.execute(
                text(f"DELETE FROM {table} WHERE entity_id = ANY(CAST(:ids AS uuid[]))"), gone
            )
        drop_snapshots(uow, board["board_id"], task_id)
        for message in tombstone_messages(task, uow.at):
            uow.stage(message)
        for comment in comments:
            uow.stage(tombstone_message(comment.comment_id, comment.version + 1, uow.at))
        uow.record(
            "task.purged",
            entity_type="task",
            entity_id=task_id,
            version=task["version"] + 1,
            before={name: task[name] for name in SHOWN},
            after={"purged": True, "comments": len(comments)},
            team_id=board["team_id"],
            board_id=board["board_id"],
            board_seq=board["seq"],
        )
