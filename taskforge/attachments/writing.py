"""What all changes of attachments have in common, inside a unit of work: lock, lists, audit event."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from taskforge.attachments import statements
from taskforge.attachments.documents import COMMENT, TASK, files_message
from taskforge.boards.access import LockedBoard, lock_board
from taskforge.comments.queries import LIST_FILES_OF_COMMENT
from taskforge.events import Event
from taskforge.stores import sql
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.queries import LIST_FILES_OF_TASK
from taskforge.teams.permissions import Permission


def lock_holder(
    uow: UnitOfWork, file: Mapping[str, Any], permission: Permission
) -> tuple[LockedBoard, sql.Row]:
    """Take the board's lock; also the row of `statements.HOLDER`.

    Raises:
        NotFound, Forbidden: like `lock_board`; the task or the comment was deleted meanwhile.
    """
    joined = sql.JoinedQuery(statements.HOLDER, ids_of(file))
    board = lock_board(uow, file["board_id"], permission, joined=joined)
    assert board.joined is not None
    return board, board.joined


def write_list(uow: UnitOfWork, holder: sql.Row, entries: Sequence[Mapping[str, Any]]) -> None:
    """Write the list of what is attached to a task or comment, oldest first, and stage the copy for its document."""
    files = sorted(entries, key=lambda entry: str(entry["attachment_id"]))
    version = holder["files_version"] + 1
    listed = {"files": json.dumps(files), "files_version": version}
    comment_id = holder["comment_id"]
    if comment_id is not None:
        uow.execute(LIST_FILES_OF_COMMENT, {**listed, "comment_id": comment_id})
        uow.stage(files_message(COMMENT, comment_id, version, files))
        return
    task_id = holder["task_id"]
    uow.execute(LIST_FILES_OF_TASK, {**listed, "task_id": task_id, "count": len(files)})
    uow.stage(files_message(TASK, task_id, version, files))


def record_file(
    uow: UnitOfWork,
    board: LockedBoard,
    event: Event,
    file: Mapping[str, Any],
    more: Mapping[str, Any],
) -> None:
    """Write the audit event; the log keeps what the file was called even when it is gone."""
    named = {name: file[name] for name in ("task_id", "comment_id", "name")}
    uow.record(
        event,
        entity_type="attachment",
        entity_id=file["attachment_id"],
        version=uow.change.version,
        before=None if event is Event.ATTACHMENT_ADDED else {"deleted": not more["deleted"]},
        after={**named, **more},
        team_id=board.team_id,
        board_id=board.board_id,
        board_seq=board.seq,
        task_id=file["task_id"],
    )


def ids_of(file: Mapping[str, Any]) -> dict[str, Any]:
    """The ids of the task and, of a file of a comment, the comment that a file belongs to."""
    return {"task_id": file["task_id"], "comment_id": file["comment_id"]}
