"""What a field for queries asks and shows, on whichever page it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taskforge.tasks.query.completion import Completion
from taskforge.tasks.query.errors import QueryError


def show_wrong_word(error: QueryError, text: str) -> dict[str, str]:
    """The sentence about a query that can't be read, and its text ``before``, at and behind the ``word``."""
    start, end = error.position, error.position + error.length
    parts = {"before": text[:start], "word": text[start:end], "after": text[end:]}
    return {"message": error.message, **parts}


def read_caret(given: Mapping[str, str]) -> tuple[str, int]:
    """The ``text`` of an address, and behind how many characters its caret is: ``at``, by default the end."""
    text, written = given.get("text", ""), given.get("at", "")
    is_number = written.isascii() and written.isdigit() and len(written) < 5
    return text, int(written) if is_number else len(text)


def show_completion(found: Completion) -> dict[str, Any]:
    """What the field's script reads: ``start``, ``length`` and ``items``."""
    items = [vars(one) for one in found.suggestions]
    return {"start": found.start, "length": found.length, "items": items}
