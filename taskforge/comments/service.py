"""Use cases that change comments: create, edit, delete. Mentions are recognised and their people told."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert

from taskforge import faults
from taskforge.boards.access import LockedBoard, lock_board
from taskforge.comments.documents import content_message, new_comment
from taskforge.comments.mentions import resolve_mentions
from taskforge.comments.models import Comment
from taskforge.comments.queries import UNREADABLE, get_editable_comment, get_live_comment
from taskforge.errors import Conflict, Forbidden, NotFound, StaleVersion, Unavailable
from taskforge.ids import new_id
from taskforge.stores import outbox, sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent, unchanged
from taskforge.stores.prepared_statements import prepared
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.access import access_task
from taskforge.teams.access import keep_members

COMMENTS_PER_TASK = 5000


@idempotent
def create_comment(actor: Actor, task_id: str, *, content: str) -> Change:
    """Comment on a task; tells its assignee, creator, earlier commenters and everybody mentioned.

    Raises:
        NotFound, Forbidden: no access to the task, or no permission ``comment.create``.
        Conflict: the task has too many comments.
    """
    task, _ = access_task(actor.user_id, task_id, "comment.create")
    if task["comment_count"] >= COMMENTS_PER_TASK:
        raise Conflict(
            f"A task can have at most {COMMENTS_PER_TASK:,} comments. Go on in a new task."
        )
    mentioned = resolve_mentions(task["team_id"], content)
    faults.point("read.done")
    comment_id = new_id()
    with UnitOfWork(actor, entity_id=comment_id, version=1, extra={"task_id": task_id}) as uow:
        board = lock_board(uow, task["board_id"], "comment.create")
        fields = new_comment(task_id, actor.user_id, content, mentioned, uow.at)
        message = content_message(comment_id, 1, fields)
        uow.update_reference(
            insert(Comment),
            {
                "comment_id": comment_id,
                "task_id": task_id,
                "author_id": actor.user_id,
                "version": 1,
                "doc_sha": message.sha,
                "created_at": uow.at,
            },
        )
        _count(uow, task_id, 1)
        uow.stage(message)
        event_id = _record(uow, board, "comment.created", None, {"content": content})
        subject = _subject(comment_id, task_id, task["key"], task["title"])
        uow.notify(event_id, mentioned, "mentioned", subject)
        uow.notify(event_id, _concerned(uow, task), "commented", subject)
    return uow.change


@idempotent
def edit_comment(
    actor: Actor, comment_id: str, *, content: str, version: int | None = None
) -> Change:
    """Change one's own comment; people mentioned for the first time are told.

    Raises:
        NotFound: no such comment, deleted, or its task is not visible.
        Forbidden: somebody else's comment.
        StaleVersion: the comment is not at `version` any more.
        Unavailable: its present text can't be read.
    """
    view = get_editable_comment(actor, comment_id)
    row, of_task = view.row, {"task_id": view.row["task_id"]}
    if version is not None and row["version"] != version:
        raise StaleVersion()
    if view.fields is None:
        raise Unavailable(UNREADABLE)
    if view.content == content:
        return unchanged(actor, entity_id=comment_id, version=row["version"], extra=of_task)
    mentioned = resolve_mentions(row["team_id"], content)
    new = row["version"] + 1
    with UnitOfWork(actor, entity_id=comment_id, version=new, extra=of_task) as uow:
        board = lock_board(uow, row["board_id"], "comment.create")
        fields = {
            **view.fields,
            "content": content,
            "mentioned_users": mentioned,
            "edited": True,
            "last_edited_at": uow.at,
        }
        message = content_message(comment_id, new, fields)
        _update(uow, row, message, "edited_at")
        before, after = {"content": view.content}, {"content": content}
        event_id = _record(uow, board, "comment.edited", before, after)
        subject = _subject(comment_id, row["task_id"], row["task_key"], row["task_title"])
        newly = [user for user in mentioned if user not in view.fields["mentioned_users"]]
        uow.notify(event_id, newly, "mentioned", subject)
    return uow.change


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
    permission = "comment.create" if view.may_edit else "comment.moderate"
    with UnitOfWork(actor, entity_id=comment_id, version=new, extra=of_task) as uow:
        board = lock_board(uow, row["board_id"], permission)
        fields = {**view.fields, "content": "", "mentioned_users": [], "deleted": True}
        message = content_message(comment_id, new, fields)
        _update(uow, row, message, "deleted_at")
        _count(uow, row["task_id"], -1)
        _record(uow, board, "comment.deleted", {"content": view.content}, {"deleted": True})
    return uow.change


def _subject(comment_id: str, task_id: str, key: str, title: str) -> dict[str, Any]:
    """What a notification keeps of a comment: enough to be read when the task is gone."""
    return {"task_id": task_id, "key": key, "title": title, "comment_id": comment_id}


def _concerned(uow: UnitOfWork, task: sql.Row) -> list[str]:
    earlier = uow.execute(
        prepared(
            "SELECT DISTINCT author_id FROM comments WHERE task_id = :task_id AND deleted_at IS NULL LIMIT 50"
        ),
        {"task_id": task["task_id"]},
    ).scalars()
    return keep_members(uow, task["team_id"], [task["assignee_id"], task["created_by"], *earlier])


def _update(uow: UnitOfWork, row: sql.Row, message: outbox.Message, stamp: str) -> None:
    uow.update_reference(
        prepared(
            f"UPDATE comments SET version = :version, doc_sha = :sha, {stamp} = :at"
            " WHERE comment_id = :comment_id AND version = :expected AND deleted_at IS NULL"
        ),
        {
            "version": message.version,
            "sha": message.sha,
            "at": uow.at,
            "comment_id": row["comment_id"],
            "expected": row["version"],
        },
    )
    uow.stage(message)


def _count(uow: UnitOfWork, task_id: str, difference: int) -> None:
    counted = uow.execute(
        prepared(
            "UPDATE tasks SET comment_count = comment_count + :difference"
            " WHERE task_id = :task_id AND deleted_at IS NULL"
        ),
        {"difference": difference, "task_id": task_id},
    )
    if counted.rowcount != 1:
        raise NotFound()


def _record(
    uow: UnitOfWork,
    board: LockedBoard,
    event: str,
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
