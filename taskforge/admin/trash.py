"""Purges tasks: what has been in the trash for 30 days is removed from every store."""

from __future__ import annotations

from datetime import datetime

from taskforge.boards.sequence import advance_sequence
from taskforge.comments.documents import tombstone_message
from taskforge.comments.purging import delete_comments
from taskforge.errors import NotFound
from taskforge.events import Event
from taskforge.history.snapshots import drop_snapshots
from taskforge.stores.actor import ITSELF
from taskforge.stores.retention import delete_messages
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.documents import tombstone_messages
from taskforge.tasks.purging import delete_task_row, lock_trashed

# What the audit event of a purge says of the task.
RECORDED = ("number", "title", "status", "priority", "assignee_id", "created_by", "column_id")


def purge_task(task_id: str, board_id: str, *, deleted_before: datetime) -> None:
    """Remove a trashed task and its comments from every store; the audit log keeps its events.

    The rows go in one transaction. In MongoDB nothing is deleted at once, because a delayed write would create
    the document again. Instead every document part gets one more version, a tombstone without content,
    over the outbox like any other change; late writes have a lower version and are refused. MongoDB's TTL index
    removes the tombstones after another 30 days.

    Raises:
        NotFound: the task is not on this board, not in the trash, or not for long enough.
        Unavailable: a store does not answer, or a lock is held; nothing was changed.
    """
    with UnitOfWork(ITSELF, entity_id=task_id, version=0) as uow:
        # The board's lock before the task's, like every change of a task.
        board = advance_sequence(uow, board_id)
        task = lock_trashed(uow, task_id, before=deleted_before)
        if board is None or task is None or task["board_id"] != board_id:
            raise NotFound()
        comments = delete_comments(uow, task_id)
        delete_task_row(uow, task_id)
        delete_messages(uow, [task_id, *(comment["comment_id"] for comment in comments)])
        drop_snapshots(uow, board_id, task_id)
        for message in tombstone_messages(task, uow.at):
            uow.stage(message)
        for comment in comments:
            message = tombstone_message(comment["comment_id"], comment["version"] + 1, uow.at)
            uow.stage(message)
        uow.record(
            Event.TASK_PURGED,
            entity_type="task",
            entity_id=task_id,
            version=task["version"] + 1,
            before={name: task[name] for name in RECORDED},
            after={"purged": True, "comments": len(comments)},
            team_id=board["team_id"],
            board_id=board_id,
            board_seq=board["seq"],
        )
