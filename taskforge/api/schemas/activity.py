"""The activity of a team."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from taskforge.api import fields
from taskforge.api.schemas.base import Input, Instant, Output, Page, id_answer, text_answer
from taskforge.history.activity_filter import KINDS

MAX_LENGTH = 60


class ActivityFilter(Input):
    """What of an activity is asked for. A day means the whole of it, in UTC."""

    who = fields.identifier()
    what = fields.choice(list(KINDS))
    entity = fields.line(MAX_LENGTH, optional=True)
    since = fields.line(MAX_LENGTH, optional=True, data_key="from")
    until = fields.line(MAX_LENGTH, optional=True, data_key="to")
    board = fields.identifier()


class ActivityPage(Page, ActivityFilter):
    """The filter, and which part of what it leaves."""


class ActivityActor(Output):
    """Who did something."""

    user_id = id_answer(required=True)
    display_name = text_answer(required=True)


class FieldChange(Output):
    """A field that an event changed; null stands for nothing."""

    field = text_answer(required=True)
    before = text_answer(required=True, allow_none=True)
    after = text_answer(required=True, allow_none=True)


class ActivityEvent(Output):
    """Something that happened in a team or on one of its boards."""

    event_id = id_answer(required=True)
    at = Instant(required=True)
    actor: Any = ma.fields.Nested(ActivityActor, allow_none=True)
    summary = text_answer(
        required=True, metadata={"description": "A sentence that follows the name of who did it"}
    )
    event = text_answer(required=True, metadata={"enum": list(KINDS)})
    entity_type = text_answer(required=True)
    entity_id = id_answer(required=True)
    board_id = id_answer(allow_none=True)
    board_name = text_answer(allow_none=True)
    changes: Any = ma.fields.List(ma.fields.Nested(FieldChange), required=True)
    ip_address = text_answer(allow_none=True, metadata={"description": "For admins of the team"})
    user_agent = text_answer(allow_none=True, metadata={"description": "For admins of the team"})


class Activity(Output):
    """A page of an activity, newest first; the previous page has what is later."""

    items: Any = ma.fields.List(ma.fields.Nested(ActivityEvent), required=True)
    next_cursor = text_answer(required=True, allow_none=True)
    previous_cursor = text_answer(required=True, allow_none=True)
