"""Files of tasks and comments."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from taskforge.api import fields
from taskforge.api.field_schemas import Attachment
from taskforge.api.schemas.base import Input, Instant, Output, id_answer


class Cover(Input):
    """The image that a card is to show."""

    attachment_id = fields.identifier(required=True)


class Showing(Input):
    """How a browser is to take a file."""

    inline = fields.choice(("true", "false"))


class AttachmentOfTask(Attachment):
    """A file with the task and, if so, the comment that it belongs to."""

    task_id = id_answer(required=True)
    comment_id = id_answer(allow_none=True)
    deleted_at = Instant(allow_none=True)


class AttachmentList(Output):
    """Files, at most 200 of them."""

    items: Any = ma.fields.List(ma.fields.Nested(AttachmentOfTask), required=True)
