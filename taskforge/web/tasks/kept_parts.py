"""The panel and the preview of a task, kept by versions: of a task that was shown before, no text is read or rendered.

Effect, measured on tasks with 12 comments, in one alternating run on a busy machine: 5.6 ms CPU for a page that is
kept, 14.4 ms for one that is not; and no trip to Redis or MongoDB for texts.

The key holds all that the templates show but the texts: the task's row, the reader's rights and zone, and for each
comment its row and what the reader may do with it. The versions in these rows stand for the texts. A text that mentions
somebody is drawn with names of the team; they are compared when the part is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app

from taskforge import clock
from taskforge.boards.mentions import BoardNames
from taskforge.bounded_cache import FragmentCache
from taskforge.comments.queries import CommentView, UnreadComments
from taskforge.http.fragments import (
    Fragment,
    inner_placeholder,
    nest,
    render_fragment,
    text_fragment,
)
from taskforge.http.page_cache import key_of
from taskforge.stores.actor import Actor
from taskforge.tasks.access import TaskAccess
from taskforge.text.effort import is_spent
from taskforge.text.handles import Nameable
from taskforge.web.tasks.presenters import task_rights
from taskforge.web.tasks.task_context import list_requested_comments, task_context

MAX_BYTES = 8_000_000  # of each process: the panels of some 500 tasks with 12 comments each
MAX_ENTRY_BYTES = 100_000
# Columns of a task's row that no part shows, or that change without the task: what is shown of them is in the key.
_NOT_SHOWN = frozenset(
    {"board_seq", "comment_count", "is_news", "pending_content", "permissions", "role", "unread"}
)
# What a comment shows besides its text and what its reader may do with it.
_SHOWN_OF_COMMENT = (
    "comment_id", "author_id", "author_name", "version", "created_at", "edited_at", "deleted_at",
)  # fmt: skip


@dataclass(frozen=True)
class KeptPart:
    """A part and the names that it was drawn with; None when its texts mention nobody."""

    fragment: Fragment
    names: tuple[Nameable, ...] | None

    @property
    def size(self) -> int:
        """The memory that its fragment takes, in bytes."""
        return self.fragment.size


_parts: FragmentCache[KeptPart] = FragmentCache(MAX_BYTES, MAX_ENTRY_BYTES)


def task_panel(actor: Actor, task: TaskAccess) -> Fragment:
    """The panel of a task with its discussion."""
    task_id = task.row["task_id"]
    unread = list_requested_comments(actor, task_id)

    def context(names: BoardNames) -> dict[str, Any]:
        found = task_context(actor, task_id, preloaded=task, unread=unread, people=names)
        found["task"]["board_seq"] = inner_placeholder()
        return found

    panel = kept_part("tasks/_panel.html", task, unread, context)
    return nest(panel, text_fragment(str(task.row["board_seq"])))


def kept_part(
    template: str,
    task: TaskAccess,
    unread: UnreadComments,
    make_context: Callable[[BoardNames], Mapping[str, Any]],
) -> Fragment:
    """A template that shows a task and comments; `make_context` reads their texts, unless the part is kept.

    `make_context` must show nothing that depends on the request otherwise than by `task`, `unread` and the zone. What
    it reads may be newer than these rows: such a part is shown, and kept by nobody.
    """
    names = BoardNames(task.row["board_id"])
    key = _key(template, task, unread.views)
    kept = None if current_app.debug else _parts.get(key)
    if kept is not None and (kept.names is None or kept.names == tuple(names())):
        return kept.fragment
    context = make_context(names)
    fragment = render_fragment(template, **context)
    if _is_of(context, task, unread) and not is_spent():
        _parts.keep(key, KeptPart(fragment, names.read))
    return fragment


def _key(template: str, task: TaskAccess, comments: Sequence[CommentView]) -> bytes:
    row = task.row
    return key_of(
        template,
        [(name, row[name]) for name in row if name not in _NOT_SHOWN],
        row["pending_content"] is not None,
        task_rights(task.membership, deleted=row["deleted_at"] is not None),
        str(clock.reader_zone()),
        [
            (
                *(view.row[name] for name in _SHOWN_OF_COMMENT),
                view.may_edit,
                view.may_delete,
                view.may_restore,
            )
            for view in comments
        ],
    )


def _is_of(context: Mapping[str, Any], task: TaskAccess, unread: UnreadComments) -> bool:
    """Whether a context shows the very versions of the rows, with all of their texts."""
    if context["details_unavailable"] or context["task"]["version"] != task.row["version"]:
        return False
    shown = [(one["comment_id"], one["version"], one["is_readable"]) for one in context["comments"]]
    return shown == [(row["comment_id"], row["version"], True) for row in unread.rows]
