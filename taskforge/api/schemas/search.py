"""Searches."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from taskforge.api import fields
from taskforge.api.schemas.base import Output, Page, id_answer, text_answer
from taskforge.search.legs import Kind
from taskforge.search.queries import MAX_QUERY_LENGTH

MARKS = "Beginning and end of each word that was found in it, in characters (Unicode code points)"


class Search(Page):
    """What is searched for, and which part of what is found."""

    q = fields.line(MAX_QUERY_LENGTH)
    type = fields.choice(tuple(Kind))


def _marks(what: str) -> Any:
    pair = ma.fields.List(ma.fields.Integer(), metadata={"minItems": 2, "maxItems": 2})
    return ma.fields.List(pair, required=True, metadata={"description": f"Of `{what}`. {MARKS}"})


class Result(Output):
    """Something that holds all words of a search."""

    type = text_answer(required=True, metadata={"enum": list(Kind)})
    id = id_answer(required=True)
    title = text_answer(
        required=True, metadata={"description": "Of a comment, the title of its task"}
    )
    title_marks = _marks("title")
    snippet = text_answer(
        required=True, metadata={"description": "A part of the text, plain; may be empty"}
    )
    marks = _marks("snippet")
    url = text_answer(required=True, metadata={"description": "The path of its page"})
    key = text_answer(allow_none=True, metadata={"description": "Of the task"})
    task_id = id_answer(allow_none=True)
    board_id = id_answer(allow_none=True)
    board_name = text_answer(allow_none=True)
    team_id = id_answer(allow_none=True)
    status = text_answer(allow_none=True)
    person_id = id_answer(allow_none=True)


class Results(Output):
    """A page of what was found, the best first."""

    items: Any = ma.fields.List(ma.fields.Nested(Result), required=True)
    next_cursor = text_answer(required=True, allow_none=True)
    filled = ma.fields.Float(
        required=True,
        metadata={
            "minimum": 0,
            "maximum": 1,
            "description": "How far the search has come in looking at what there is; below 1 old things may be missing",
        },
    )
