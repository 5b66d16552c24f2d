"""Fields of requests that hold texts of the query language."""

from __future__ import annotations

from taskforge.api.fields import Checked
from taskforge.errors import InvalidInput
from taskforge.tasks.query.parser import MAX_LENGTH


def query_text(description: str) -> Checked:
    """A text of the query language (`taskforge.tasks.query`), read by who knows which part of a query it is."""

    def check(value: object, *, field: str) -> str:
        if isinstance(value, str):
            return value
        raise InvalidInput.about(field, "must be text")

    described = {"type": "string", "maxLength": MAX_LENGTH, "description": description}
    return Checked(check, described)
