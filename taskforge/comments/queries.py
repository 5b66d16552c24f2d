"""Reads of comments: a task's discussion, and one comment, each with its text and what the reader may do with it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from taskforge import clock
from taskforge.accounts.queries import join_person
from taskforge.boards.queries import HELD_ON_BOARD, IS_LIVE, join_board, join_view, sees_board
from taskforge.errors import Forbidden, NotFound, Unavailable
from taskforge.stores import mongo, sql
from taskforge.stores.actor import Actor
from taskforge.stores.documents import VersionMoved, decode_content, read_contents
from taskforge.stores.outbox import pending_content
from taskforge.stores.prepared_statements import prepared
from taskforge.stores.retention import RESTORABLE_FOR
from taskforge.tasks.access import access_task
from taskforge.tasks.queries import join_task
from taskforge.teams.permissions import Permission

PAGE = 100
ATTEMPTS = 4
UNREADABLE = "The comment can't be read right now, so it can't be changed safely. Please try again."

# SQL of comments for the features above: the only way in which theirs names the table of comments.
COMMENTS = "comments c"  # an item of a FROM clause
COMMENT_IDS_OF_TASK = "SELECT comment_id FROM comments WHERE task_id = :task_id"

# Lists the files of a comment anew, for `taskforge.attachments`.
LIST_FILES_OF_COMMENT = prepared("""
    UPDATE comments
    SET    files = CAST(:files AS jsonb), files_version = :files_version
    WHERE  comment_id = :comment_id
""")
_DELETED_CONTENT = prepared("""
    SELECT previous_state ->> 'content'
    FROM   audit_logs
    WHERE  entity_type = 'comment' AND entity_id = :comment_id AND entity_version = :version
""")


@dataclass(frozen=True)
class CommentView:
    """A comment as somebody sees it. ``fields`` is None while its text can't be read; deleted ones have no content."""

    row: sql.Row
    fields: dict[str, Any] | None
    may_edit: bool
    may_delete: bool
    may_restore: bool

    @property
    def content(self) -> str | None:
        """The Markdown of the comment; None while unreadable."""
        return None if self.fields is None else str(self.fields.get("content") or "")


class UnreadComments:
    """Comments of which only the rows were read. ``views`` are they, without texts; ``read_rows`` reads them again."""

    def __init__(self, actor: Actor, read_rows: Callable[[], Sequence[sql.Row]]) -> None:
        self.actor = actor
        self.read_rows = read_rows
        self.rows = read_rows()

    @property
    def views(self) -> list[CommentView]:
        """The comments; ``fields`` is None in all of them."""
        return [_comment_view(self.actor, row, None) for row in self.rows]


def left_join_comment(condition: str) -> str:
    """SQL that joins, as ``c``, the comment for which a condition on ``c`` holds, if there is one."""
    return f"LEFT JOIN comments c ON {condition}"


def list_comments(
    actor: Actor, task_id: str, *, after_id: str | None = None, limit: int = PAGE
) -> list[CommentView]:
    """The comments of a task, oldest first, behind `after_id`; at most `limit` (100).

    Raises:
        NotFound: the task is not visible to the actor.
    """
    access_task(actor.user_id, task_id, deleted=True)
    return list_comments_of_visible_task(actor, task_id, after_id=after_id, limit=limit)


def list_comments_of_visible_task(
    actor: Actor, task_id: str, *, after_id: str | None = None, limit: int = PAGE
) -> list[CommentView]:
    """Like `list_comments`, without the check of the task: empty where the task is not visible to the actor."""
    return read_comments(
        list_comments_without_texts(actor, task_id, after_id=after_id, limit=limit)
    )


def list_comments_without_texts(
    actor: Actor, task_id: str, *, after_id: str | None = None, limit: int = PAGE
) -> UnreadComments:
    """Like `list_comments_of_visible_task`, with no store asked for the texts: `read_comments` reads them."""
    return UnreadComments(
        actor,
        lambda: _rows(
            actor, "c.task_id = :task_id", task_id=task_id, after_id=after_id, limit=limit
        ),
    )


def list_last_without_texts(actor: Actor, task_id: str, *, limit: int) -> UnreadComments:
    """The latest comments of a task that are not deleted, oldest first; none where the task is not visible."""
    where = "c.task_id = :task_id AND c.deleted_at IS NULL"
    return UnreadComments(
        actor,
        lambda: _rows(actor, where, newest_first=True, task_id=task_id, limit=limit)[::-1],
    )


def read_comments(unread: UnreadComments) -> list[CommentView]:
    """The comments with their texts: those that were listed, or what they became meanwhile.

    Raises:
        Unavailable: they change faster than they can be read.
    """
    return _view(unread.actor, unread.read_rows, unread.rows)


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


def get_live_comment(actor: Actor, comment_id: str) -> CommentView:
    """One comment that is not deleted, of a task that is not in the trash.

    Raises:
        NotFound: no such comment, deleted, or its task is not visible to the actor.
    """
    view = get_comment(actor, comment_id)
    if view.row["deleted_at"] is not None or view.row["task_deleted_at"] is not None:
        raise NotFound()
    return view


def get_editable_comment(actor: Actor, comment_id: str) -> CommentView:
    """One of the actor's own comments.

    Raises:
        NotFound: like `get_live_comment`.
        Forbidden: somebody else's comment, or no permission ``comment.create``.
    """
    view = get_live_comment(actor, comment_id)
    if not view.may_edit:
        raise Forbidden("Only its author can edit a comment.")
    return view


def may_restore(
    user_id: str, permissions: Collection[str], author_id: str, deleter_id: str | None
) -> bool:
    """Whether somebody may take the deletion of a comment back: its author their own, who moderates comments any."""
    if Permission.COMMENT_MODERATE in permissions:
        return True
    return user_id == author_id == deleter_id and Permission.COMMENT_CREATE in permissions


def get_deleted_content(comment_id: str, version: int) -> str | None:
    """The Markdown of a comment before its deletion, which led to `version`: the audit log keeps it.

    The caller has checked access. None where the log does not have it.
    """
    found: str | None = sql.scalar(_DELETED_CONTENT, {"comment_id": comment_id, "version": version})
    return found


def _rows(
    actor: Actor, where: str, *, newest_first: bool = False, **parameters: Any
) -> Sequence[sql.Row]:
    """Comments of one task, which `where` selects, each with its author, its task and the reader's permissions."""
    order = "DESC" if newest_first else "ASC"
    parameters = {"after_id": None, **parameters, "user_id": actor.user_id}
    return sql.rows(prepared(_comments_where(where, order)), parameters)


@cache
def _comments_where(where: str, order: str) -> str:
    """The statement for one of few conditions. The last audit event of a deleted comment is its deletion.

    The inner SELECT limits the comments before anything is joined: the generic plan does not know the limit, and
    would join all comments of the task.
    """
    return f"""
        SELECT c.comment_id, c.task_id, c.author_id, u.display_name AS author_name,
               u.picture AS author_picture, {sees_board("c.author_id")} AS author_sees_board, c.version,
               c.files AS attachments, c.created_at, c.edited_at, c.deleted_at,
               k.board_id, k.team_id, k.title AS task_title, k.deleted_at AS task_deleted_at, d.actor_id AS deleter_id,
               b.key_prefix || '-' || k.number AS task_key,
               {HELD_ON_BOARD} AS permissions,
               {pending_content("c.comment_id")} AS pending_content
        FROM   (SELECT *
                FROM   comments c
                WHERE  {where}
                       AND (CAST(:after_id AS uuid) IS NULL OR c.comment_id > CAST(:after_id AS uuid))
                ORDER  BY c.comment_id {order}
                LIMIT  :limit) c
               {join_task("c.task_id")}
               {join_board("k.board_id")}
               {join_person("c.author_id")}
               {join_view()}
               LEFT JOIN audit_logs d
                 ON  c.deleted_at IS NOT NULL AND d.entity_type = 'comment'
                 AND d.entity_id = c.comment_id AND d.entity_version = c.version
        WHERE  {IS_LIVE}
        ORDER  BY c.comment_id {order}
    """


def _view(
    actor: Actor,
    read_rows: Callable[[], Sequence[sql.Row]],
    rows: Sequence[sql.Row] | None = None,
) -> list[CommentView]:
    """Comments with their texts; a text that can't be read is None, so that the page can show the others.

    `rows` have been read already; when one is no longer its comment's present one, `read_rows` reads them again.
    """
    for _ in range(ATTEMPTS):
        rows = read_rows() if rows is None else rows
        try:
            return [
                _comment_view(actor, row, fields)
                for row, fields in zip(rows, _texts(rows), strict=True)
            ]
        except VersionMoved:
            rows = None
    raise Unavailable(UNREADABLE, retry_after=1)


def _texts(rows: Sequence[sql.Row]) -> list[dict[str, Any] | None]:
    found = {
        row["comment_id"]: decode_content("comment", row["pending_content"])
        for row in rows
        if row["pending_content"] is not None
    }
    rest = {row["comment_id"]: row["version"] for row in rows if row["comment_id"] not in found}
    if rest:
        try:
            found |= read_contents("comment", rest)
        except mongo.DocumentsUnavailable:
            found |= _each_text(rest)
    return [found.get(row["comment_id"]) for row in rows]


def _each_text(versions: dict[str, int]) -> dict[str, dict[str, Any]]:
    """Read texts one by one, when MongoDB is away: those that the redo log holds are found."""
    found: dict[str, dict[str, Any]] = {}
    for comment_id, version in versions.items():
        try:
            found |= read_contents("comment", {comment_id: version})
        except mongo.DocumentsUnavailable:
            continue
    return found


def _comment_view(actor: Actor, row: sql.Row, fields: dict[str, Any] | None) -> CommentView:
    own = row["author_id"] == actor.user_id and Permission.COMMENT_CREATE in row["permissions"]
    is_live = row["deleted_at"] is None
    return CommentView(
        row,
        fields,
        may_edit=is_live and own,
        may_delete=is_live and (own or Permission.COMMENT_MODERATE in row["permissions"]),
        may_restore=not is_live
        and row["task_deleted_at"] is None
        and row["deleted_at"] >= clock.now() - RESTORABLE_FOR
        and may_restore(actor.user_id, row["permissions"], row["author_id"], row["deleter_id"]),
    )
