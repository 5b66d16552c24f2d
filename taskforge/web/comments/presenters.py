"""Comments as pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from taskforge.boards.mentions import BoardNames
from taskforge.comments.queries import CommentView
from taskforge.text.markdown import People, render_markdown
from taskforge.text.own_files import Images
from taskforge.text.people import person_of
from taskforge.web.attachments.presenters import show_files

UNREADABLE = "*This comment can't be read right now. It is safe.*"


def show_comment(
    view: CommentView, people: People | None = None, images: Images | None = None
) -> dict[str, Any]:
    """One comment for the templates; a deleted one is shown without its text and its files.

    `people` are the team of its task, `images` those that its text may show.
    """
    row = view.row
    people = people or BoardNames(row["board_id"])
    text = UNREADABLE if view.content is None else view.content
    readable = view.content is not None
    return {
        "comment_id": row["comment_id"],
        "author": person_of(
            row["author_id"],
            row["author_name"],
            picture=row["author_picture"] if row["author_sees_board"] else None,
        ),
        # Who does not see the board any more has no page for those who do.
        "has_author_page": row["author_sees_board"],
        "content": view.content or "",
        "html": render_markdown(text, people, images),
        "attachments": show_files(row),
        "created_at": row["created_at"],
        "edited_at": row["edited_at"],
        "version": row["version"],
        "is_readable": readable,
        "may_edit": readable and view.may_edit,
        "may_delete": readable and view.may_delete,
        "may_restore": view.may_restore,
        "deleted": row["deleted_at"] is not None,
        "marks": None,
    }


def show_comments(
    views: Iterable[CommentView], people: People | None = None, images: Images | None = None
) -> list[dict[str, Any]]:
    """Comments in the order given."""
    return [show_comment(view, people, images) for view in views]
