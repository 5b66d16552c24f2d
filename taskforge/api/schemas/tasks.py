"""Tasks and their history."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from taskforge.api import field_schemas, fields
from taskforge.api.schemas.base import (
    Input,
    Instant,
    Output,
    Page,
    Versioned,
    id_answer,
    text_answer,
)
from taskforge.tasks.field_kinds import BoardColumn

_IN_LISTS = field_schemas.summary_fields()
_COLUMN = tuple(field for field in _IN_LISTS if isinstance(field.kind, BoardColumn))
_FACTS = tuple(field for field in _IN_LISTS if field not in _COLUMN)


class _AllFields(Versioned):
    """All fields of a task; those that can't be empty are required. Null clears a field that can be empty."""

    class Meta:
        """The declared fields."""

        include = field_schemas.inputs(required=True)


class NewTask(_AllFields):
    """A new task. Without a board it goes to the team's first one, without column and status to the first column."""

    team_id = fields.identifier(required=True)
    board_id = fields.identifier(nullable=True)

    class Meta:
        """A task that does not exist yet has no version."""

        exclude = ("version",)


class WholeTask(_AllFields):
    """A whole task: fields that are left out become empty, except that status and column stay."""


class TaskChanges(Versioned):
    """Changes of a task; fields that are left out stay. Null clears a field that can be empty."""

    class Meta:
        """The declared fields."""

        include = field_schemas.inputs(required=False)


class TaskPlace(Versioned):
    """Where a task goes: a column, above or below a neighbour, or to its end; `anyway` although it is full."""

    column_id = fields.identifier(required=True)
    before_id = fields.identifier(nullable=True)
    after_id = fields.identifier(nullable=True)
    anyway = fields.yes_or_no()


class TaskUndo(Input):
    """Which change of a task is to be taken back, by the eventId of its history entry."""

    event_id = fields.identifier(required=True)


class TaskFilter(Page):
    """The filter, the order and the page of a list of tasks."""

    team_id = fields.identifier()
    board_id = fields.identifier()

    class Meta:
        """By which declared fields and terms of queries a list can be narrowed, and sorted."""

        include = {
            **field_schemas.list_filters(),
            **field_schemas.query_terms(),
            **field_schemas.list_orders(),
        }


class _Named(Output):
    """What a task is called."""

    task_id = id_answer(required=True)
    key = text_answer(required=True)

    class Meta:
        """The declared fields of lists, and the place of the task behind them."""

        include = field_schemas.outputs(_FACTS)


class TaskSummary(_Named):
    """A task as lists show it: everything but the long texts."""

    class Meta:
        """Where the task is, what else is known of it, and its column among the declared fields."""

        include = {
            "team_id": id_answer(required=True),
            "board_id": id_answer(required=True),
            **field_schemas.outputs(_COLUMN),
            "rank": text_answer(
                metadata={"description": "Tasks of a column are in the order of this text"}
            ),
            "creator_id": id_answer(attribute="created_by"),
            "comment_count": ma.fields.Integer(),
            "attachment_count": ma.fields.Integer(),
            "checklist_done": ma.fields.Integer(),
            "checklist_total": ma.fields.Integer(),
            "version": ma.fields.Integer(required=True),
            "created_at": Instant(),
            "updated_at": Instant(),
            "deleted_at": Instant(allow_none=True),
        }


class Task(TaskSummary):
    """A task. The long texts are null while they can't be read: then detailsAvailable is false."""

    syncing = ma.fields.Boolean(
        metadata={"description": "Saved, but the document store is late in getting the newest text"}
    )
    details_available = ma.fields.Boolean()

    class Meta:
        """The declared fields that only a whole task has."""

        include = field_schemas.outputs(field_schemas.whole_fields())


class TaskList(Output):
    """A page of tasks, oldest first."""

    items: Any = ma.fields.List(ma.fields.Nested(TaskSummary), required=True)
    next_cursor = text_answer(required=True, allow_none=True)


class UsedToken(Output):
    """The API token by which somebody acted; its name goes with their account."""

    token_id = id_answer(required=True)
    name = text_answer(allow_none=True)


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
    token: Any = ma.fields.Nested(UsedToken, allow_none=True)
    action_timestamp = Instant()
    previous_state = ma.fields.Dict(allow_none=True)
    new_state = ma.fields.Dict(allow_none=True)
    board_seq = ma.fields.Integer(allow_none=True)


class History(Output):
    """A page of a task's history, latest first."""

    items: Any = ma.fields.List(ma.fields.Nested(HistoryEntry), required=True)
    next_cursor = text_answer(required=True, allow_none=True)
