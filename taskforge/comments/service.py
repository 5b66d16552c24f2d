"""Use cases that change comments: create, edit, delete, restore. People who are mentioned are notified."""

from __future__ import annotations

from typing import Any

from taskforge import faults
from taskforge.accounts.field_conflicts import merge_lines, settle_fields
from taskforge.boards.access import LockedBoard, lock_board
from taskforge.boards.mentions import resolve_mentions
from taskforge.comments.documents import MAX_CONTENT_LENGTH, content_message, new_comment
from taskforge.comments.queries import (
    UNREADABLE,
    get_comment,
    get_deleted_content,
    get_editable_comment,
    get_live_comment,
    may_restore,
)
from taskforge.errors import Conflict, Forbidden, NotFound, Unavailable
from taskforge.events import Event
from taskforge.ids import new_id
from taskforge.notification_kinds import NotificationKind
from taskforge.stores import outbox, sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent, retry_on_stale, unchanged
from taskforge.stores.retention import TOO_LATE
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.access import TaskAccess, access_task
from taskforge.tasks.queries import COUNT_ONE_COMMENT_MORE, add_to_comment_count
from taskforge.teams.permissions import Permission

COMMENTS_PER_TASK = 5000
NOT_DELETED = "This comment is not deleted."
TASK_IN_TRASH = "The task of this comment is in the trash. Restore the task first."

_CREATE = """
    INSERT INTO comments (comment_id, task_id, author_id, version, doc_sha, created_at)
    SELECT :comment_id, task_id, :author_id, 1, :doc_sha, :created_at
    FROM   counted
"""
_EDIT = """
    UPDATE comments
    SET    version = :version, doc_sha = :sha, edited_at = :at
    WHERE  comment_id = :comment_id AND version = :expected AND deleted_at IS NULL
"""
_DELETE = """
    UPDATE comments
    SET    version = :version, doc_sha = :sha, deleted_at = :at
    WHERE  comment_id = :comment_id AND version = :expected AND deleted_at IS NULL
"""
_RESTORE = """
    UPDATE comments
    SET    version = :version, doc_sha = :sha, deleted_at = NULL
    WHERE  comment_id = :comment_id AND version = :expected AND deleted_at IS NOT NULL
"""


@idempotent
def create_comment(
    actor: Actor, task_id: str, *, content: str, preloaded: TaskAccess | None = None
) -> Change:
    """Comment on a task; notifies everybody mentioned, and those who watch it.

    `preloaded` is what `access_task` would answer, if the request has read it.

    Raises:
        NotFound, Forbidden: no access to the task, or no permission ``comment.create``.
        Conflict: the task has too many comments.
    """
    task, _ = access_task(actor.user_id, task_id, Permission.COMMENT_CREATE, preloaded=preloaded)
    if task["comment_count"] >= COMMENTS_PER_TASK:
        raise Conflict(
            f"A task can have at most {COMMENTS_PER_TASK:,} comments. Go on in a new task."
        )
    mentioned = resolve_mentions(task["board_id"], content).user_ids
    faults.point("read.done")
    comment_id = new_id()
    with UnitOfWork(actor, entity_id=comment_id, version=1, extra={"task_id": task_id}) as uow:
        board = lock_board(uow, task["board_id"], Permission.COMMENT_CREATE)
        fields = new_comment(task_id, actor.user_id, content, mentioned, uow.at)
        message = content_message(comment_id, 1, fields)
        uow.change_reference(
            _CREATE,
            {
                "comment_id": comment_id,
                "task_id": task_id,
                "author_id": actor.user_id,
                "doc_sha": message.sha,
                "created_at": uow.at,
            },
            beside=f"counted AS ({COUNT_ONE_COMMENT_MORE})",
        )
        uow.stage(message)
        event_id = _record(uow, board, Event.COMMENT_CREATED, None, {"content": content})
        subject = _subject(comment_id, task_id, task["key"], task["title"])
        uow.notify(event_id, mentioned, NotificationKind.MENTIONED, subject)
        uow.notify_watchers(event_id, NotificationKind.COMMENTED, subject)
    return uow.change


def edit_comment(
    actor: Actor, comment_id: str, *, content: str, version: int | None = None
) -> Change:
    """Change one's own comment; notifies people who are mentioned for the first time.

    Raises:
        NotFound: no such comment, deleted, or its task is not visible.
        Forbidden: somebody else's comment.
        StaleVersion: it was changed in another window since `version`, in the same lines.
        Unavailable: its present text can't be read.
    """
    return retry_on_stale(
        lambda: _edit_comment(actor, comment_id, content=content, version=version)
    )


@idempotent
def delete_comment(actor: Actor, comment_id: str) -> Change:
    """Delete one's own comment, or anybody's with ``comment.moderate``. Its place in the discussion stays.

    Raises:
        NotFound: no such comment, deleted already, or its task is not visible.
        Forbidden: somebody else's comment.
    """
    view = get_live_comment(actor, comment_id)
    row, of_task = view.row, {"task_id": view.row["task_id"]}
    if not view.may_delete:
        raise Forbidden("Only its author, or somebody who moderates comments, can delete it.")
    if view.fields is None:
        raise Unavailable(UNREADABLE)
    new = row["version"] + 1
    permission = Permission.COMMENT_CREATE if view.may_edit else Permission.COMMENT_MODERATE
    with UnitOfWork(actor, entity_id=comment_id, version=new, extra=of_task) as uow:
        board = lock_board(uow, row["board_id"], permission)
        fields = {**view.fields, "content": "", "mentioned_users": [], "deleted": True}
        message = content_message(comment_id, new, fields)
        add_to_comment_count(uow, row["task_id"], -1)
        _update(uow, row, message, _DELETE)
        _record(uow, board, Event.COMMENT_DELETED, {"content": view.content}, {"deleted": True})
    return uow.change


@idempotent
def restore_comment(actor: Actor, comment_id: str) -> Change:
    """Take a deletion of a comment back: its words are there again, under the name of its author. Nobody is notified.

    Raises:
        NotFound: no such comment, not deleted, or its task is not visible.
        Forbidden: somebody else's comment or deletion, and no permission ``comment.moderate``.
        Conflict: its task is in the trash, it was deleted more than 30 days ago, or its words are gone.
    """
    view = get_comment(actor, comment_id)
    row, of_task = view.row, {"task_id": view.row["task_id"]}
    if row["deleted_at"] is None:
        raise NotFound(NOT_DELETED)
    if row["task_deleted_at"] is not None:
        raise Conflict(TASK_IN_TRASH)
    if not may_restore(actor.user_id, row["permissions"], row["author_id"], row["deleter_id"]):
        raise Forbidden("Only who deleted it, or somebody who moderates comments, can restore it.")
    if not view.may_restore:
        raise Conflict(TOO_LATE)
    content = get_deleted_content(comment_id, row["version"])
    if content is None:
        raise Conflict("The words of this comment are not on record, so it can’t be restored.")
    if view.fields is None:
        raise Unavailable(UNREADABLE)
    own = row["author_id"] == row["deleter_id"] == actor.user_id
    permission = Permission.COMMENT_CREATE if own else Permission.COMMENT_MODERATE
    mentioned = resolve_mentions(row["board_id"], content).user_ids
    new = row["version"] + 1
    with UnitOfWork(actor, entity_id=comment_id, version=new, extra=of_task) as uow:
        board = lock_board(uow, row["board_id"], permission)
        fields = {**view.fields, "content": content, "mentioned_users": mentioned, "deleted": False}
        add_to_comment_count(uow, row["task_id"], 1)
        _update(uow, row, content_message(comment_id, new, fields), _RESTORE)
        after = {"content": content, "deleted": False}
        _record(uow, board, Event.COMMENT_RESTORED, {"deleted": True}, after)
    return uow.change


@idempotent
def _edit_comment(actor: Actor, comment_id: str, *, content: str, version: int | None) -> Change:
    view = get_editable_comment(actor, comment_id)
    row, of_task = view.row, {"task_id": view.row["task_id"]}
    if view.fields is None:
        raise Unavailable(UNREADABLE)
    settled = settle_fields(
        actor,
        ("comment", comment_id),
        {"content": content},
        {"content": view.content},
        seen=version,
        current=row["version"],
        words={"content": "comment"},
        event=Event.COMMENT_EDITED,
        merge=_merge,
    )
    content = str(settled.get("content", view.content))
    if view.content == content:
        return unchanged(actor, entity_id=comment_id, version=row["version"], extra=of_task)
    mentioned = resolve_mentions(row["board_id"], content).user_ids
    new = row["version"] + 1
    with UnitOfWork(actor, entity_id=comment_id, version=new, extra=of_task) as uow:
        board = lock_board(uow, row["board_id"], Permission.COMMENT_CREATE)
        fields = {
            **view.fields,
            "content": content,
            "mentioned_users": mentioned,
            "edited": True,
            "last_edited_at": uow.at,
        }
        message = content_message(comment_id, new, fields)
        _update(uow, row, message, _EDIT)
        before, after = {"content": view.content}, {"content": content}
        event_id = _record(uow, board, Event.COMMENT_EDITED, before, after)
        subject = _subject(comment_id, row["task_id"], row["task_key"], row["task_title"])
        newly = [user for user in mentioned if user not in view.fields["mentioned_users"]]
        uow.notify(event_id, newly, NotificationKind.MENTIONED, subject)
    return uow.change


def _merge(_name: str, base: str, mine: str, theirs: str) -> str | None:
    merged = merge_lines(base, mine, theirs)
    return None if merged is None or len(merged) > MAX_CONTENT_LENGTH else merged


def _subject(comment_id: str, task_id: str, key: str, title: str) -> dict[str, Any]:
    """The payload of a notification about a comment: readable also when the task is deleted."""
    return {"task_id": task_id, "key": key, "title": title, "comment_id": comment_id}


def _update(uow: UnitOfWork, row: sql.Row, message: outbox.Message, statement: str) -> None:
    """Write the new version of a comment that was read as `row`, and stage its text.

    The unit of work raises StaleVersion at its end if another change came first.
    """
    parameters = {
        "version": message.version,
        "sha": message.sha,
        "at": uow.at,
        "comment_id": row["comment_id"],
        "expected": row["version"],
    }
    uow.change_reference(statement, parameters)
    uow.stage(message)


def _record(
    uow: UnitOfWork,
    board: LockedBoard,
    event: Event,
    before: dict[str, Any] | None,
    after: dict[str, Any],
) -> str:
    task_id = uow.change.extra["task_id"]
    return uow.record(
        event,
        entity_type="comment",
        entity_id=uow.change.entity_id,
        version=uow.change.version,
        before=before,
        after={"task_id": task_id, **after},
        team_id=board.team_id,
        board_id=board.board_id,
        board_seq=board.seq,
        task_id=task_id,
    )
