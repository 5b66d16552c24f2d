"""Use cases of comments: list, create, edit, delete. Mentions are recognised and their people told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, text

from taskforge import faults
from taskforge.boards.access import LockedBoard, lock_board
from taskforge.comments.documents import text_message
from taskforge.comments.mentions import resolve_mentions
from taskforge.comments.models import Comment
from taskforge.errors import Conflict, Forbidden, NotFound, StaleVersion, Unavailable
from taskforge.ids import new_id
from taskforge.stores import mongo, outbox, sql
from taskforge.stores.actor import Actor
from taskforge.stores.documents import VersionMoved, read_texts
from taskforge.stores.unit_of_work import Change, UnitOfWork, once, unchanged
from taskforge.tasks.access import access_task
from taskforge.teams.access import HELD_PERMISSIONS, keep_members

PAGE = 100
COMMENTS_PER_TASK = 5000
ATTEMPTS = 4
UNREADABLE = "The comment can't be read right now, so it can't be changed safely. Please try again."


@dataclass(frozen=True)
class CommentView:
    """A comment as somebody sees it. ``fields`` is None while its text can't be read; deleted ones have no content."""

    row: sql.Row
    fields: dict[str, Any] | None
    may_edit: bool
    may_delete: bool

    @property
    def content(self) -> str | None:
        """The Markdown of the comment; None while unreadable."""
        return None if self.fields is None else str(self.fields.get("content") or "")


def list_comments(
    actor: Actor, task_id: str, *, after_id: str | None = None, limit: int = PAGE
) -> list[CommentView]:
    """The comments of a task, oldest first, behind `after_id`; at most `limit` (100).

    Raises:
        NotFound: the task is not visible to the actor.
    """
    access_task(actor.user_id, task_id, deleted=True)
    return _view(
        actor,
        lambda: _rows(
            actor, "c.task_id = :task_id", task_id=task_id, after_id=after_id, limit=limit
        ),
    )


def get_comment(actor: Actor, comment_id: str) -> CommentView:
    """One comment.

    Raises:
        NotFound: no such comment, or its task is not visible to the actor.
    """
    found = _view(
        actor, lambda: _rows(actor, "c.comment_id = :comment_id", comment_id=comment_id, limit=1)
    )
    if not found:
        raise NotFound()
    return found[0]


@once
def create_comment(actor: Actor, task_id: str, *, content: str) -> Change:
    """Comment on a task; tells its assignee, creator, earlier commenters and everybody mentioned.

    Raises:
        NotFound, Forbidden: no access to the task, or no permission ``comment.create``.
        Conflict: the task has too many comments.
    """
    task, _ = access_task(actor.user_id, task_id, "comment.create")
    if task["comment_count"] >= COMMENTS_PER_TASK:
        raise Conflict(f"A task can have at most {COMMENTS_PER_TASK} comments.")
    mentioned = resolve_mentions(task["team_id"], content)
    faults.point("read.done")
    comment_id = new_id()
    with UnitOfWork(actor, entity_id=comment_id, version=1, extra={"task_id": task_id}) as uow:
        board = lock_board(uow, task["board_id"], "comment.create")
        fields = {
            "task_id": task_id,
            "author_id": actor.user_id,
            "content": content,
            "attachments": [],
            "mentioned_users": mentioned,
            "created": uow.at,
            "edited": False,
            "last_edited_at": None,
            "deleted": False,
        }
        message = text_message(comment_id, 1, fields)
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
        event_id = _record(
            uow,
            board,
            "comment.created",
            comment_id,
            None,
            {"task_id": task_id, "content": content},
        )
        subject = {
            "task_id": task_id,
            "key": task["key"],
            "title": task["title"],
            "comment_id": comment_id,
        }
        uow.notify(event_id, mentioned, "mentioned", subject)
        uow.notify(event_id, _concerned(uow, task), "commented", subject)
    return uow.change


@once
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
    view = get_comment(actor, comment_id)
    row = view.row
    if row["deleted_at"] is not None or row["task_deleted_at"] is not None:
        raise NotFound()
    if not view.may_edit:
        raise Forbidden("Only its author can edit a comment.")
    if version is not None and row["version"] != version:
        raise StaleVersion()
    if view.fields is None:
        raise Unavailable(UNREADABLE)
    if view.content == content:
        return unchanged(
            actor,
            entity_id=comment_id,
            version=row["version"],
            extra={"task_id": row["task_id"]},
        )
    mentioned = resolve_mentions(row["team_id"], content)
    with UnitOfWork(
        actor, entity_id=comment_id, version=row["version"] + 1, extra={"task_id": row["task_id"]}
    ) as uow:
        board = lock_board(uow, row["board_id"], "comment.create")
        fields = {
            **view.fields,
            "content": content,
            "mentioned_users": mentioned,
            "edited": True,
            "last_edited_at": uow.at,
        }
        message = text_message(comment_id, row["version"] + 1, fields)
        _update(uow, row, message, "edited_at")
        before, after = {"content": view.content}, {"content": content}
        event_id = _record(uow, board, "comment.edited", comment_id, before, after)
        subject = {
            "task_id": row["task_id"],
            "key": row["task_key"],
            "title": row["task_title"],
            "comment_id": comment_id,
        }
        uow.notify(
            event_id,
            [user for user in mentioned if user not in view.fields["mentioned_users"]],
            "mentioned",
            subject,
        )
    return uow.change


@once
def delete_comment(actor: Actor, comment_id: str) -> Change:
    """Delete one's own comment, or anybody's with ``comment.moderate``. Its place in the discussion stays.

    Raises:
        NotFound: no such comment, deleted already, or its task is not visible.
        Forbidden: somebody else's comment.
    """
    view = get_comment(actor, comment_id)
    row = view.row
    if row["deleted_at"] is not None or row["task_deleted_at"] is not None:
        raise NotFound()
    if not view.may_delete:
        raise Forbidden("You can't delete this comment.")
    if view.fields is None:
        raise Unavailable(UNREADABLE)
    version = row["version"] + 1
    permission = "comment.create" if view.may_edit else "comment.moderate"
    with UnitOfWork(
        actor, entity_id=comment_id, version=version, extra={"task_id": row["task_id"]}
    ) as uow:
        board = lock_board(uow, row["board_id"], permission)
        message = text_message(
            comment_id,
            version,
            {**view.fields, "content": "", "mentioned_users": [], "deleted": True},
        )
        _update(uow, row, message, "deleted_at")
        _count(uow, row["task_id"], -1)
        _record(
            uow, board, "comment.deleted", comment_id, {"content": view.content}, {"deleted": True}
        )
    return uow.change


def _rows(actor: Actor, where: str, **parameters: Any) -> Sequence[sql.Row]:
    return sql.rows(
        text(
            "SELECT c.comment_id, c.task_id, c.author_id, u.display_name AS author_name, c.version, c.created_at,"
            " c.edited_at, c.deleted_at, k.board_id, k.team_id, k.title AS task_title, k.deleted_at AS task_deleted_at,"
            f" b.key_prefix || '-' || k.number AS task_key, {HELD_PERMISSIONS} AS permissions"
            " FROM comments c JOIN tasks k USING (task_id) JOIN boards b ON b.board_id = k.board_id"
            " JOIN users u ON u.user_id = c.author_id"
            " JOIN team_memberships m ON m.team_id = k.team_id AND m.user_id = :user_id"
            f" WHERE {where} AND b.deleted_at IS NULL"
            " AND (CAST(:after_id AS uuid) IS NULL OR c.comment_id > CAST(:after_id AS uuid))"
            " ORDER BY c.comment_id LIMIT :limit"
        ),
        {"after_id": None, **parameters, "user_id": actor.user_id},
    )


def _view(actor: Actor, read_rows: Any) -> list[CommentView]:
    """Comments with their texts; a text that can't be read is None, so that the rest can be shown."""
    for _ in range(ATTEMPTS):
        rows = read_rows()
        try:
            return [
                _comment_view(actor, row, fields)
                for row, fields in zip(rows, _texts(rows), strict=True)
            ]
        except VersionMoved:
            continue
    raise Unavailable(UNREADABLE, retry_after=1)


def _texts(rows: Sequence[sql.Row]) -> list[dict[str, Any] | None]:
    pending = outbox.pending([row["comment_id"] for row in rows]) if rows else {}
    found = {comment_id: mongo.decode(payload) for comment_id, payload in pending.items()}
    rest = {row["comment_id"]: row["version"] for row in rows if row["comment_id"] not in found}
    if rest:
        try:
            found |= read_texts("comment", rest)
        except mongo.DocumentsUnavailable:
            found |= _each_text(rest)
    return [found.get(row["comment_id"]) for row in rows]


def _each_text(versions: dict[str, int]) -> dict[str, dict[str, Any]]:
    """One by one what can be had (from the redo log), when all at once can't."""
    found: dict[str, dict[str, Any]] = {}
    for comment_id, version in versions.items():
        try:
            found |= read_texts("comment", {comment_id: version})
        except mongo.DocumentsUnavailable:
            continue
    return found


def _comment_view(actor: Actor, row: sql.Row, fields: dict[str, Any] | None) -> CommentView:
    own = row["author_id"] == actor.user_id and "comment.create" in row["permissions"]
    alive = row["deleted_at"] is None
    return CommentView(
        row,
        fields,
        may_edit=alive and own,
        may_delete=alive and (own or "comment.moderate" in row["permissions"]),
    )


def _concerned(uow: UnitOfWork, task: dict[str, Any]) -> list[str]:
    earlier = uow.execute(
        text(
            "SELECT DISTINCT author_id FROM comments WHERE task_id = :task_id AND deleted_at IS NULL LIMIT 50"
        ),
        {"task_id": task["task_id"]},
    ).scalars()
    return keep_members(uow, task["team_id"], [task["assignee_id"], task["created_by"], *earlier])


def _update(uow: UnitOfWork, row: sql.Row, message: outbox.Message, stamp: str) -> None:
    uow.update_reference(
        text(
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
        text(
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
    comment_id: str,
    before: dict[str, Any] | None,
    after: dict[str, Any],
) -> str:
    task_id = uow.change.extra["task_id"]
    return uow.record(
        event,
        entity_type="comment",
        entity_id=comment_id,
        version=uow.change.version,
        before=before,
        after={"task_id": task_id, **after},
        team_id=board.team_id,
        board_id=board.board_id,
        board_seq=board.seq,
    )
