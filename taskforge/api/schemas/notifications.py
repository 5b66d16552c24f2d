"""The inbox."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from taskforge.api import fields
from taskforge.api.schemas.base import Input, Instant, Output, Page, id_answer, text_answer
from taskforge.notifications.states import InboxState

MAX_MARKED = 200


class ReadMarks(Input):
    """Which notifications have been read; without a list, all of them."""

    body_optional = True

    notification_ids = fields.identifiers(MAX_MARKED)


class InboxPage(Page):
    """A page of the inbox, of what is unread in it, or of what was put off or archived."""

    state = fields.choice(tuple(InboxState))


class Snooze(Input):
    """Until when."""

    until = fields.instant(required=True)


class Notification(Output):
    """Something that concerns a person."""

    notification_id = id_answer(required=True)
    kind = text_answer(required=True)
    payload = ma.fields.Dict(metadata={"description": "What it is about, as it was then"})
    actor_id = id_answer(allow_none=True)
    actor_name = text_answer(allow_none=True)
    created_at = Instant()
    read_at = Instant(allow_none=True)
    snoozed_until = Instant(allow_none=True)
    archived_at = Instant(allow_none=True)


class Inbox(Output):
    """A page of notifications, latest first."""

    items: Any = ma.fields.List(ma.fields.Nested(Notification), required=True)
    next_cursor = text_answer(required=True, allow_none=True)
    unread_count = ma.fields.Integer(required=True)


class Marked(Output):
    """How many notifications were marked now, and how many are still unread."""

    marked = ma.fields.Integer(required=True)
    unread_count = ma.fields.Integer(required=True)


class TaskWatch(Output):
    """Whether a person hears of a task."""

    task_id = id_answer(required=True)
    is_watching = ma.fields.Boolean(required=True)


class BoardWatch(Output):
    """What a person chose for a board; with neither they hear of the tasks that they watch."""

    board_id = id_answer(required=True)
    is_watching = ma.fields.Boolean(required=True)
    is_muted = ma.fields.Boolean(required=True)


class NewReminder(Input):
    """When a person wants to be reminded."""

    at = fields.instant(required=True)


class Reminder(Output):
    """A reminder that is still to come."""

    reminder_id = id_answer(required=True)
    task_id = id_answer(required=True)
    at = Instant(attribute="remind_at", required=True)
    created_at = Instant()


class ReminderList(Output):
    """A person's reminders of a task, the next one first."""

    items: Any = ma.fields.List(ma.fields.Nested(Reminder), required=True)
