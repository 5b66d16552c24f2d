"""People as others see them."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from taskforge.api.field_schemas import MomentAnswer
from taskforge.api.schemas.accounts import PICTURE
from taskforge.api.schemas.base import Instant, Output, id_answer, text_answer
from taskforge.boards.person_access import Activity


class SharedTeam(Output):
    """A team that both are in, and the person's role there."""

    team_id = id_answer(required=True)
    name = text_answer(required=True)
    role = text_answer(required=True)


class SharedBoard(Output):
    """A board that both see."""

    board_id = id_answer(required=True)
    team_id = id_answer(required=True)
    name = text_answer(required=True)


class OpenTask(Output):
    """A task that a person works on."""

    task_id = id_answer(required=True)
    key = text_answer(required=True)
    title = text_answer(required=True)
    status = text_answer(required=True)
    priority = text_answer(required=True)
    due_date = MomentAnswer(attribute="due_at", allow_none=True)
    board_id = id_answer(required=True)
    board_name = text_answer(required=True)


class PersonEvent(Output):
    """What a person did on a board; ``summary`` follows their name."""

    event = text_answer(required=True)
    at = Instant(required=True)
    board_id = id_answer(required=True)
    board_name = text_answer(required=True)
    summary = text_answer(required=True)


class PersonPage(Output):
    """A person whom one shares a team with: what they say of themselves, and what they work on."""

    user_id = id_answer(required=True)
    display_name = text_answer(required=True)
    picture = text_answer(allow_none=True, metadata={"description": PICTURE})
    bio = text_answer(allow_none=True, metadata={"description": "Null while it can't be read"})
    time_zone = text_answer(allow_none=True)
    local_time = text_answer(
        allow_none=True, metadata={"description": "With its offset; null for who chose no zone"}
    )
    last_active = text_answer(
        required=True, metadata={"description": "Coarsely", "enum": [str(one) for one in Activity]}
    )
    created_at = Instant(required=True)
    teams: Any = ma.fields.List(ma.fields.Nested(SharedTeam), required=True)
    boards: Any = ma.fields.List(ma.fields.Nested(SharedBoard), required=True)
    tasks: Any = ma.fields.List(
        ma.fields.Nested(OpenTask),
        required=True,
        metadata={"description": "Their open tasks that you see, newest first; paged"},
    )
    next_cursor = text_answer(allow_none=True)
    activity: Any = ma.fields.List(
        ma.fields.Nested(PersonEvent),
        required=True,
        metadata={"description": "Their latest changes of boards whose activity you see"},
    )
