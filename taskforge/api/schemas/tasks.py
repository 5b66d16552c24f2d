"""Tasks and their history."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from taskforge.api import fields
from taskforge.api.schemas.base import (
    Input,
    Instant,
    Output,
    Page,
    Versioned,
    id_answer,
    text_answer,
)
from taskforge.boards.statuses import STATUSES
from taskforge.tasks.documents import MAX_DESCRIPTION_LENGTH
from taskforge.tasks.models import PRIORITIES
from taskforge.web.tasks.forms import TITLE_LENGTH


class _TaskFields(Versioned):
    """What can be said of a task. Null clears a field where it can be empty."""

    description = fields.long_text(MAX_DESCRIPTION_LENGTH)
    status = fields.choice(STATUSES, nullable=True)
    priority = fields.choice(PRIORITIES, nullable=True)
    column_id = fields.identifier(nullable=True)
    assignee_id = fields.identifier(nullable=True)
    start_date = fields.instant()
    due_date = fields.instant()
    tags = fields.tags()
    custom_fields = fields.custom_fields()
    checklist = fields.checklist()


class NewTask(_TaskFields):
    """A new task. Without a board it goes to the team's first one, without column and status to the first column."""

    title = fields.line(TITLE_LENGTH)
    team_id = fields.identifier(required=True)
    board_id = fields.identifier(nullable=True)

    class Meta:
        """A task that does not exist yet has no version."""

        exclude = ("version",)


class WholeTask(_TaskFields):
    """A task as it shall be: what is left out becomes empty, except that status and column stay."""

    title = fields.line(TITLE_LENGTH)


class TaskChanges(_TaskFields):
    """What is to change in a task; the rest stays."""

    title = fields.line(TITLE_LENGTH, optional=True)


class TaskPlace(Versioned):
    """Where a task goes: a column, above or below a neighbour, or to its end."""

    column_id = fields.identifier(required=True)
    before_id = fields.identifier(nullable=True)
    after_id = fields.identifier(nullable=True)


class TaskUndo(Input):
    """Which change of a task is to be taken back, by the eventId of its history entry."""

    event_id = fields.identifier(required=True)


class TaskFilter(Page):
    """Which tasks are wanted."""

    team_id = fields.identifier()
    board_id = fields.identifier()
    status = fields.choice(STATUSES)
    assignee_id = fields.identifier()


class Attachment(Output):
    """A file that belongs to a task."""

    name = text_answer()
    url = text_answer()
    size = ma.fields.Integer()
    mimetype = text_answer()
    uploaded_at = Instant()
    uploaded_by = id_answer()


class ChecklistItem(Output):
    """One line of a checklist."""

    item_id = id_answer()
    text = text_answer()
    done = ma.fields.Boolean()


class TaskSummary(Output):
    """A task as lists show it: everything but the long texts."""

    task_id = id_answer(required=True)
    key = text_answer(required=True)
    title = text_answer(required=True)
    status = text_answer(required=True, metadata={"enum": list(STATUSES)})
    priority = text_answer(metadata={"enum": list(PRIORITIES)})
    team_id = id_answer(required=True)
    board_id = id_answer(required=True)
    column_id = id_answer(required=True)
    rank = text_answer(metadata={"description": "Tasks of a column are in the order of this text"})
    assignee_id = id_answer(allow_none=True)
    creator_id = id_answer(attribute="created_by")
    start_date = Instant(attribute="start_at", allow_none=True)
    due_date = Instant(attribute="due_at", allow_none=True)
    tags: Any = ma.fields.List(text_answer())
    comment_count = ma.fields.Integer()
    attachment_count = ma.fields.Integer()
    checklist_done = ma.fields.Integer()
    checklist_total = ma.fields.Integer()
    version = ma.fields.Integer(required=True)
    created_at = Instant()
    updated_at = Instant()
    deleted_at = Instant(allow_none=True)


class Task(TaskSummary):
    """A task. The long texts are null while they can't be read: then detailsAvailable is false."""

    description = text_answer(allow_none=True)
    custom_fields = ma.fields.Dict(keys=ma.fields.String(), allow_none=True)
    checklist: Any = ma.fields.List(ma.fields.Nested(ChecklistItem), allow_none=True)
    attachments: Any = ma.fields.List(ma.fields.Nested(Attachment), allow_none=True)
    syncing = ma.fields.Boolean(
        metadata={"description": "Saved, but the document store has yet to get the newest text"}
    )
    details_available = ma.fields.Boolean()


class TaskList(Output):
    """A page of tasks, oldest first."""

    items: Any = ma.fields.List(ma.fields.Nested(TaskSummary), required=True)
    next_cursor = text_answer(required=True, allow_none=True)


class HistoryEntry(Output):
    """One change of a task or of one of its comments, with what changed."""

    log_id = ma.fields.Integer(required=True)
    event_id = id_answer(required=True)
    event = text_answer(required=True)
    action = text_answer(required=True)
    entity_type = text_answer()
    entity_id = id_answer()
    version = ma.fields.Integer(attribute="entity_version", allow_none=True)
    actor_id = id_answer(allow_none=True)
    actor_name = text_answer(allow_none=True)
    action_timestamp = Instant()
    previous_state = ma.fields.Dict(allow_none=True)
    new_state = ma.fields.Dict(allow_none=True)
    board_seq = ma.fields.Integer(allow_none=True)


class History(Output):
    """A page of a task's history, latest first."""

    items: Any = ma.fields.List(ma.fields.Nested(HistoryEntry), required=True)
    next_cursor = text_answer(required=True, allow_none=True)
