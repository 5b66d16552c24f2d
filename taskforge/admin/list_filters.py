"""The filters of the administration's lists, as their addresses have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from taskforge.errors import InvalidInput
from taskforge.http.forms import id_or_none
from taskforge.text.validation import clean_line


@dataclass(frozen=True)
class Filter:
    """What a list is asked for: a part of a name, one of several choices, and the last line of the page before.

    ``error`` says why the words can't be searched for; they are then left out.
    """

    query: str
    choice: str
    after: str | None
    error: str

    def next_url(self, rows: Sequence[Mapping[str, Any]], key: str, page: int) -> str | None:
        """The address of the next page, where `rows` are one more than a page shows."""
        if len(rows) <= page or request.endpoint is None:
            return None
        return url_for(
            request.endpoint,
            q=self.query or None,
            show=self.choice or None,
            after=rows[page - 1][key],
        )


def read_filter(*, choices: Sequence[str] = (), max_length: int = 100) -> Filter:
    """The filter in the address: ``q``, ``show`` (one of `choices`, else the first), ``after``."""
    typed, error = request.args.get("q", ""), ""
    try:
        query = clean_line(typed, field="search", max_length=max_length, required=False)
    except InvalidInput as refusal:
        query, error = "", refusal.message
    asked = request.args.get("show", "")
    choice = asked if asked in choices else next(iter(choices), "")
    return Filter(query, choice, id_or_none(request.args.get("after")), error)
