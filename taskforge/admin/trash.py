"""Purges tasks, boards and teams: what was deleted 30 days ago is removed from every store."""

from __future__ import annotations

from datetime import datetime

from taskforge.attachments.documents import COMMENT, TASK, files_message
from taskforge.attachments.purging import delete_counts_of_team, delete_files_of_task, remove_blobs
from taskforge.boards.purging import delete_board_rows, has_boards
from taskforge.boards.sequence import advance_sequence
from taskforge.comments.documents import tombstone_message
from taskforge.comments.purging import delete_comments
from taskforge.errors import NotFound
from taskforge.events import Event
from taskforge.history.snapshots import drop_all_snapshots, drop_snapshots
from taskforge.reports.projection import forget_board
from taskforge.stores import sql
from taskforge.stores.actor import ITSELF
from taskforge.stores.retention import delete_messages
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.documents import tombstone_messages
from taskforge.tasks.purging import delete_task_row, has_tasks, lock_task
from taskforge.teams.hierarchy import lock_tree
from taskforge.teams.purging import RECORDED as RECORDED_OF_TEAM
from taskforge.teams.purging import (
    delete_team_rows,
    lock_deleted_team,
    release_children,
    was_deleted_at,
)

# What the audit event of a purge says of the task, or of the board.
RECORDED_OF_BOARD = ("name", "key_prefix", "created_by")
RECORDED = ("number", "title", "status", "priority", "assignee_id", "created_by", "column_id")


def purge_task(task_id: str, board_id: str, *, deleted_before: datetime) -> None:
    """Remove a deleted task, or one of a deleted board or team, its comments and files from every store.

    The audit log keeps its events.

    The rows go in one transaction. In MongoDB nothing is deleted at once, because a delayed write would create
    the document again. Instead every document part gets one more version, a tombstone without content,
    over the outbox like any other change; late writes have a lower version and are refused. MongoDB's TTL index
    removes the tombstones after another 30 days.

    Raises:
        NotFound: the task is not on this board, or neither of them nor the team is deleted for long enough.
        Unavailable: a store does not answer, or a lock is held; nothing was changed.
    """
    with UnitOfWork(ITSELF, entity_id=task_id, version=0) as uow:
        # The board's lock before the task's, like every change of a task.
        board = advance_sequence(uow, board_id)
        task = lock_task(uow, task_id, board_id)
        if board is None or task is None:
            raise NotFound()
        if not (_is_due(task, deleted_before) or _is_gone(uow, board, deleted_before)):
            raise NotFound()
        files = delete_files_of_task(uow, task_id, board["team_id"])
        comments = delete_comments(uow, task_id)
        delete_task_row(uow, task_id)
        delete_messages(uow, [task_id, *(comment["comment_id"] for comment in comments)])
        drop_snapshots(uow, board_id, task_id)
        for message in tombstone_messages(task, uow.at):
            uow.stage(message)
        if task["files_version"]:
            uow.stage(files_message(TASK, task_id, task["files_version"] + 1, []))
        for comment in comments:
            message = tombstone_message(comment["comment_id"], comment["version"] + 1, uow.at)
            uow.stage(message)
            if comment["files_version"]:
                version = comment["files_version"] + 1
                uow.stage(files_message(COMMENT, comment["comment_id"], version, []))
        uow.record(
            Event.TASK_PURGED,
            entity_type="task",
            entity_id=task_id,
            version=task["version"] + 1,
            before={name: task[name] for name in RECORDED},
            after={"purged": True, "comments": len(comments), "files": len(files)},
            team_id=board["team_id"],
            board_id=board_id,
            board_seq=board["seq"],
        )
    remove_blobs(files)


def purge_board(board_id: str, *, deleted_before: datetime) -> None:
    """Remove a deleted board, or one of a deleted team, whose tasks have all been purged; the log keeps its events.

    Raises:
        NotFound: neither board nor team is deleted, not for long enough, or still has tasks.
        Unavailable: a store does not answer, or a lock is held; nothing was changed.
    """
    with UnitOfWork(ITSELF, entity_id=board_id, version=0) as uow:
        board = advance_sequence(uow, board_id)
        if board is None or not _is_gone(uow, board, deleted_before):
            raise NotFound()
        if has_tasks(uow, board_id):  # none comes any more: nobody can restore the board
            raise NotFound()
        drop_all_snapshots(uow, board_id)
        forget_board(uow, board_id)
        delete_board_rows(uow, board_id)
        uow.record(
            Event.BOARD_PURGED,
            entity_type="board",
            entity_id=board_id,
            version=board["version"] + 1,
            before={name: board[name] for name in RECORDED_OF_BOARD},
            after={"purged": True},
            team_id=board["team_id"],
            board_id=board_id,
            board_seq=board["seq"],
        )


def purge_team(team_id: str, *, deleted_before: datetime) -> None:
    """Remove a deleted team whose boards have all been purged; the audit log keeps its events.

    The teams below it have no parent from then on.

    Raises:
        NotFound: the team is not deleted, not for long enough, or still has boards.
        Unavailable: a store does not answer, or a lock is held; nothing was changed.
    """
    with UnitOfWork(ITSELF, entity_id=team_id, version=0) as uow:
        lock_tree(uow, for_change=True)
        team = lock_deleted_team(uow, team_id)
        if team is None or not _is_due(team, deleted_before) or has_boards(uow, team_id):
            raise NotFound()
        release_children(uow, team_id)
        delete_counts_of_team(uow, team_id)
        delete_team_rows(uow, team_id)
        uow.record(
            Event.TEAM_PURGED,
            entity_type="team",
            entity_id=team_id,
            version=team["version"] + 1,
            before={name: team[name] for name in RECORDED_OF_TEAM},
            after={"purged": True},
            team_id=team_id,
        )


def _is_gone(uow: UnitOfWork, board: sql.Row, deleted_before: datetime) -> bool:
    """Whether a board, or its team, is deleted for long enough."""
    team_deleted_at = was_deleted_at(uow, board["team_id"])
    return _is_due(board, deleted_before) or _is_due(
        {"deleted_at": team_deleted_at}, deleted_before
    )


def _is_due(row: sql.Row, deleted_before: datetime) -> bool:
    return row["deleted_at"] is not None and row["deleted_at"] < deleted_before
