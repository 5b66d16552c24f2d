"""Boards and their columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from taskforge.api import fields
from taskforge.api.schemas.base import (
    Deletion,
    Input,
    Instant,
    Output,
    Versioned,
    id_answer,
    text_answer,
)
from taskforge.boards.models import COLUMN_NAME_LENGTH, MAX_WIP_LIMIT, NAME_LENGTH
from taskforge.boards.service import BOARDS_PER_TEAM
from taskforge.boards.statuses import STATUSES
from taskforge.text.people import HUES


class NewBoard(Input):
    """A new board; it begins with five columns."""

    name = fields.line(NAME_LENGTH)


class BoardChanges(Versioned):
    """Changes of a board; what is left out stays."""

    name = fields.line(NAME_LENGTH, optional=True)
    hard_limits = fields.yes_or_no()
    is_private = fields.yes_or_no()


class NamedPerson(Output):
    """A person whom a board names: they see it though it is private, or though they are limited to boards."""

    user_id = id_answer(required=True)
    display_name = text_answer()
    is_member = ma.fields.Boolean(
        metadata={"description": "Only who is in the team sees the board"}
    )


class NamedPeople(Output):
    """The people whom a board names, by name."""

    items: Any = ma.fields.List(ma.fields.Nested(NamedPerson), required=True)


class NewBoardLimit(Input):
    """The boards that a guest is limited to; null for no limit."""

    board_ids = fields.identifiers(BOARDS_PER_TEAM, nullable=True)


class BoardLimit(Output):
    """Whether a guest is limited to boards, and the boards that name them."""

    is_limited = ma.fields.Boolean(required=True)
    board_ids: Any = ma.fields.List(ma.fields.String(metadata={"format": "uuid"}), required=True)


class NewColumn(Input):
    """A new column at the right end of a board."""

    name = fields.line(COLUMN_NAME_LENGTH)
    status = fields.choice(STATUSES, required=True)
    hue = fields.whole_number(1, HUES)
    wip_limit = fields.whole_number(1, MAX_WIP_LIMIT, nullable=True)


class ColumnChanges(Versioned):
    """Changes of a column; fields that are left out stay. The version is the board's."""

    name = fields.line(COLUMN_NAME_LENGTH, optional=True)
    status = fields.choice(STATUSES)
    hue = fields.whole_number(1, HUES)
    wip_limit = fields.whole_number(1, MAX_WIP_LIMIT, nullable=True)


class ColumnDeletion(Input):
    """What becomes of the tasks of a column that is deleted; one of both is needed if it holds any."""

    move_tasks_to = fields.identifier()
    delete_tasks = fields.choice(("true", "false"))

    @ma.validates_schema
    def _says_one_thing(self, data: Mapping[str, Any], **_: Any) -> None:
        if "move_tasks_to" in data and data.get("delete_tasks") == "true":
            raise ma.ValidationError("Name moveTasksTo or deleteTasks, not both.", "deleteTasks")


class ColumnPlace(Input):
    """Where a column goes: to the right of another one, or first (null)."""

    after_id = fields.identifier(nullable=True)


class Column(Output):
    """A column: the status that its tasks have, and how many it may hold."""

    column_id = id_answer(required=True)
    board_id = id_answer(required=True)
    name = text_answer(required=True)
    status = text_answer(required=True, metadata={"enum": list(STATUSES)})
    hue = ma.fields.Integer(metadata={"description": "A colour, 1 to 6"})
    wip_limit = ma.fields.Integer(allow_none=True)
    rank = text_answer(metadata={"description": "Columns are shown in the order of this text"})
    task_count = ma.fields.Integer()


class Board(Output):
    """A board with its columns, from left to right."""

    board_id = id_answer(required=True)
    team_id = id_answer(required=True)
    team_name = text_answer()
    name = text_answer(required=True)
    key_prefix = text_answer(metadata={"description": "Begins the keys of the board's tasks"})
    hard_limits = ma.fields.Boolean(
        metadata={"description": "Whether a full column refuses tasks; else its limit only warns"}
    )
    is_private = ma.fields.Boolean(
        metadata={"description": "Whether only admins and the people whom it names see the board"}
    )
    role = text_answer()
    task_count = ma.fields.Integer()
    columns: Any = ma.fields.List(ma.fields.Nested(Column), required=True)
    version = ma.fields.Integer(required=True)
    created_at = Instant()
    updated_at = Instant()
    archived_at = Instant(allow_none=True)


class BoardList(Output):
    """The boards of a team, by name."""

    items: Any = ma.fields.List(ma.fields.Nested(Board), required=True)


class DeletedBoard(Deletion):
    """A deleted board that can still be restored."""

    board_id = id_answer(required=True)
    key_prefix = text_answer()


class DeletedBoardList(Output):
    """The deleted boards of a team, latest deletion first."""

    items: Any = ma.fields.List(ma.fields.Nested(DeletedBoard), required=True)


class DeletedColumn(Deletion):
    """A deleted column that can still be restored, and how many cards left it then."""

    column_id = id_answer(required=True)
    status = text_answer()
    card_count = ma.fields.Integer(data_key="taskCount")


class DeletedColumnList(Output):
    """The deleted columns of a board, latest deletion first."""

    items: Any = ma.fields.List(ma.fields.Nested(DeletedColumn), required=True)
