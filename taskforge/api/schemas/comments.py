"""Comments."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from taskforge.api import fields
from taskforge.api.field_schemas import Attachment
from taskforge.api.schemas.base import Input, Instant, Output, Versioned, id_answer, text_answer
from taskforge.comments.documents import MAX_CONTENT_LENGTH


class NewComment(Input):
    """A new comment, in Markdown; ``@name`` notifies a member of the team."""

    content = fields.long_text(MAX_CONTENT_LENGTH, required=True)


class CommentChanges(Versioned):
    """The new text of a comment."""

    content = fields.long_text(MAX_CONTENT_LENGTH, required=True)


class Comment(Output):
    """A comment. Its content is null while it can't be read, and empty once it is deleted."""

    comment_id = id_answer(required=True)
    task_id = id_answer(required=True)
    author_id = id_answer(required=True)
    author_name = text_answer()
    content = text_answer(required=True, allow_none=True)
    attachments: Any = ma.fields.List(ma.fields.Nested(Attachment), required=True)
    mentioned_users: Any = ma.fields.List(id_answer(), allow_none=True)
    version = ma.fields.Integer(required=True)
    created_at = Instant()
    edited_at = Instant(allow_none=True)
    deleted_at = Instant(allow_none=True)
    details_available = ma.fields.Boolean()


class CommentList(Output):
    """A page of a task's comments, oldest first."""

    items: Any = ma.fields.List(ma.fields.Nested(Comment), required=True)
    next_cursor = text_answer(required=True, allow_none=True)
