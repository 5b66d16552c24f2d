"""The panel and the preview of a task, kept by versions: of a task that was shown before, no text is read or rendered.

Effect, measured on tasks with 12 comments, in one alternating run on a busy machine: 5.6 ms CPU for a page that is
kept, 14.4 ms for one that is not; and no trip to Redis or MongoDB for texts.

The key holds all that the templates show but the texts: the task's row, the reader's rights and zone, and the row of
each comment. The versions in these rows stand for the texts. A text that mentions somebody is drawn with names of the
team; they are compared when the part is used.

What a reader may do with each comment and its files differs for its author and for moderators. So the panel is also
kept as a `_Common`, with marks in place of these: the first view of one more person who wrote there fills the marks
and compresses the panel, which takes 0.4 ms in place of 2 ms for drawing it, and of the trips for its texts.
"""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import current_app

from taskforge import clock
from taskforge.boards.mentions import BoardNames
from taskforge.bounded_cache import FragmentCache
from taskforge.comments.queries import CommentView, UnreadComments
from taskforge.http.fragments import (
    Fragment,
    inner_placeholder,
    make_fragment,
    nest,
    render_fragment,
    render_part,
    text_fragment,
)
from taskforge.http.page_cache import key_of
from taskforge.stores.actor import Actor
from taskforge.tasks.access import TaskAccess
from taskforge.tasks.queries import is_syncing
from taskforge.text.effort import is_spent
from taskforge.text.handles import Nameable
from taskforge.web.attachments.presenters import show_files
from taskforge.web.tasks.presenters import task_rights
from taskforge.web.tasks.task_context import list_requested_comments, task_context

MAX_BYTES = 6_000_000  # of each process: some 1,100 panels with 3 to 12 comments, 4.5 to 6 kB each
MAX_COMMON_BYTES = 2_000_000
MAX_ENTRY_BYTES = 100_000
# Random, so that no text can contain a mark.
_SECRET = secrets.token_hex(12)
_PARTS = ("attribute", "acts", "files")  # of a comment, in the order of comments/_acts.html
# Columns of a task's row that no part shows, or that change without the task: what is shown of them is in the key.
_NOT_SHOWN = frozenset(
    {"board_seq", "comment_count", "is_news", "pending_content", "permissions", "role", "unread"}
)
# What a comment shows besides its text and what its reader may do with it.
_SHOWN_OF_COMMENT = (
    "comment_id", "author_id", "author_name", "author_picture", "author_sees_board",
    "version", "attachments", "created_at", "edited_at", "deleted_at",
)  # fmt: skip

Comments = Iterable[Mapping[str, Any]]
MakeContext = Callable[[BoardNames], Mapping[str, Any]]


@dataclass(frozen=True)
class KeptPart:
    """A part and the names that it was drawn with; None when its texts mention nobody."""

    fragment: Fragment
    names: tuple[Nameable, ...] | None

    @property
    def size(self) -> int:
        """The memory that its fragment takes, in bytes."""
        return self.fragment.size


@dataclass(frozen=True)
class _Common:
    """The HTML of a panel for all who have the same rights, with marks in place of what they may do with comments."""

    deflated: bytes
    names: tuple[Nameable, ...] | None

    @property
    def size(self) -> int:
        """The memory that its HTML takes, in bytes."""
        return len(self.deflated)


Kept = TypeVar("Kept", KeptPart, _Common)

_parts: FragmentCache[KeptPart] = FragmentCache(MAX_BYTES, MAX_ENTRY_BYTES)
_common: FragmentCache[_Common] = FragmentCache(MAX_COMMON_BYTES, MAX_ENTRY_BYTES)


def task_panel(actor: Actor, task: TaskAccess) -> Fragment:
    """The panel of a task with its discussion."""
    unread = list_requested_comments(actor, task.row["task_id"])
    names = BoardNames(task.row["board_id"])
    rights = task_rights(task.membership, deleted=task.row["deleted_at"] is not None)
    common_key = _key("tasks/_panel.html", task, unread.views, rights)
    acts = [(view.may_edit, view.may_delete, view.may_restore) for view in unread.views]
    key = key_of(common_key, acts)
    kept = _find(_parts, key, names)
    panel = kept.fragment if kept else _draw_panel(actor, task, unread, names, common_key, key)
    return nest(panel, text_fragment(str(task.row["board_seq"])))


def kept_part(
    template: str, task: TaskAccess, unread: UnreadComments, make_context: MakeContext
) -> Fragment:
    """A template that shows a task and comments to all readers alike; `make_context` reads their texts, if need be.

    It must show nothing that depends on the request otherwise than by `task`, `unread` and the zone. What it reads may
    be newer than these rows: such a part is shown, and kept by nobody.
    """
    names = BoardNames(task.row["board_id"])
    key = _key(template, task, unread.views, None)
    kept = _find(_parts, key, names)
    if kept is not None:
        return kept.fragment
    context = make_context(names)
    fragment = render_fragment(template, **context)
    if _is_of(context, task, unread) and not is_spent():
        _parts.keep(key, KeptPart(fragment, names.read))
    return fragment


def _draw_panel(
    actor: Actor,
    task: TaskAccess,
    unread: UnreadComments,
    names: BoardNames,
    common_key: bytes,
    key: bytes,
) -> Fragment:
    common = _find(_common, common_key, names)
    if common is not None:
        html = zlib.decompress(common.deflated).decode()
        fragment = make_fragment(_with_acts(html, map(_acts_of, unread.views)))
        _parts.keep(key, KeptPart(fragment, common.names))
        return fragment
    task_id = task.row["task_id"]
    context = task_context(actor, task_id, preloaded=task, unread=unread, people=names)
    context["task"]["board_seq"] = inner_placeholder()
    marked = [{**one, "marks": _marks(one["comment_id"])} for one in context["comments"]]
    html = render_part("tasks/_panel.html", **{**context, "comments": marked})
    fragment = make_fragment(_with_acts(html, context["comments"]))
    if _is_of(context, task, unread) and not is_spent():
        deflated = zlib.compress(html.encode(), level=1)
        _common.keep(common_key, _Common(deflated, names.read))
        _parts.keep(key, KeptPart(fragment, names.read))
    return fragment


def _find(cache: FragmentCache[Kept], key: bytes, names: BoardNames) -> Kept | None:
    """What is kept under a key, if those whom it mentions still have the same names."""
    kept = None if current_app.debug else cache.get(key)
    if kept is None or kept.names is None or kept.names == tuple(names()):
        return kept
    return None


def _marks(comment_id: str) -> dict[str, str]:
    """What stands for the parts of a comment that depend on its reader; nothing in it is escaped."""
    return {name: f"~{name}-{comment_id}-{_SECRET}~" for name in _PARTS}


def _with_acts(html: str, comments: Comments) -> str:
    """The HTML of a panel with what a reader may do with the comments, in place of their marks."""
    for comment in comments:
        drawn = [""] * len(_PARTS)
        may = comment["may_edit"] or comment["may_delete"] or comment["may_restore"]
        if may or comment["attachments"]:
            drawn = render_part("comments/_acts.html", comment=comment, mark=_SECRET).split(_SECRET)
        for mark, part in zip(_marks(comment["comment_id"]).values(), drawn, strict=True):
            html = html.replace(mark, part)
    return html


def _acts_of(view: CommentView) -> dict[str, Any]:
    """What `_with_acts` needs of a comment whose text was readable."""
    return {
        "comment_id": view.row["comment_id"],
        "version": view.row["version"],
        "deleted": view.row["deleted_at"] is not None,
        "attachments": show_files(view.row),
        "may_edit": view.may_edit,
        "may_delete": view.may_delete,
        "may_restore": view.may_restore,
    }


def _key(
    template: str,
    task: TaskAccess,
    comments: Sequence[CommentView],
    rights: Mapping[str, bool] | None,
) -> bytes:
    row = task.row
    return key_of(
        template,
        [(name, row[name]) for name in row if name not in _NOT_SHOWN],
        is_syncing(row),
        rights,
        str(clock.reader_zone()),
        [[view.row[name] for name in _SHOWN_OF_COMMENT] for view in comments],
    )


def _is_of(context: Mapping[str, Any], task: TaskAccess, unread: UnreadComments) -> bool:
    """Whether a context shows the very versions of the rows, with all of their texts, and no mark of the moment."""
    shown_task = context["task"]
    if context["details_unavailable"] or shown_task["version"] != task.row["version"]:
        return False
    if shown_task["syncing"]:
        return False
    shown = [(one["comment_id"], one["version"], one["is_readable"]) for one in context["comments"]]
    return shown == [(row["comment_id"], row["version"], True) for row in unread.rows]
