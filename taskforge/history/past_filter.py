"""The board's filter for cards of the past: the same parameters, applied to replayed cards instead of rows."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import text

from taskforge import clock
from taskforge.clock import ReaderTime
from taskforge.history.replay import Item
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.board import filters
from taskforge.tasks.board.filters import FILTERED
from taskforge.tasks.fields import CARD_FIELDS, earlier_value
from taskforge.tasks.queries import GIVEN_TASKS
from taskforge.tasks.query.compiler import compile_query
from taskforge.tasks.query.nodes import Query


@dataclass(frozen=True)
class PastFilter:
    """Which cards are shown: those that fit one value of every kind that is given.

    ``given`` maps the names of the address (assignee, priority, tag, due, q) to their values; what is due counts
    from the time that is looked at. They also fit the ``query``; of what the replay does not know, such as comments,
    they have nothing.
    """

    given: Mapping[str, Collection[str]] = field(default_factory=dict)
    query: Query = field(default_factory=Query)

    def select(
        self, cards: Iterable[Item], board: sql.Row, reader: Actor, at: ReaderTime
    ) -> set[str]:
        """The ids of those of a board's cards that are shown. A query is one statement more."""
        fitting = [card for card in cards if self._fits(card, at)]
        if self.query.root is None or not fitting:
            return {card["task_id"] for card in fitting}
        condition = compile_query(self.query, reader, at=at)
        rows = [_as_row(card, board) for card in fitting]
        found = sql.rows(
            text(f"SELECT k.task_id FROM {GIVEN_TASKS} WHERE {condition.sql}"),
            {**condition.parameters, "rows": json.dumps(rows)},
        )
        return {row["task_id"] for row in found}

    def _fits(self, card: Item, at: ReaderTime) -> bool:
        return all(
            any(by.fits(card, name, value, at) for value in values)
            for parameter, values in self.given.items()
            for name, by in (FILTERED[parameter],)
        )


def read_filter(given: Mapping[str, Sequence[str]]) -> PastFilter:
    """The filter of an address, read as the board of today reads it; what is no filter is passed over."""
    chosen = filters.read_filter(given, clock.reader_time())
    return PastFilter(dict(chosen.chosen), chosen.selection)


def _as_row(card: Item, board: sql.Row) -> dict[str, Any]:
    """A card as JSON of a row of tasks: moments as their columns hold them."""
    row = {**card, "board_id": board["board_id"], "team_id": board["team_id"]}
    for one in CARD_FIELDS:
        if one.kind.flags(one.name):
            columns = one.kind.to_columns(one.name, earlier_value(one.name, card[one.name]))
            row |= {name: _as_json(value) for name, value in columns.items()}
    return row


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
