"""What a board's pages show of a query: the word at which it can't be read, and the names that it can name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from taskforge.tasks.board.filters import CardFilter
from taskforge.tasks.board.queries import BoardView
from taskforge.tasks.query.nodes import SORT

# Terms that completion leaves out: all cards have the same board and team, and the board has an order of its own.
NOT_ON_A_BOARD = frozenset({SORT, "board", "team"})


def show_query_error(chosen: CardFilter) -> dict[str, str] | None:
    """The sentence about a query that can't be read, and its text ``before``, at and behind the ``word``."""
    if chosen.error is None:
        return None
    start, end = chosen.error.position, chosen.error.position + chosen.error.length
    return {
        "message": chosen.error.message,
        "before": chosen.unread[:start],
        "word": chosen.unread[start:end],
        "after": chosen.unread[end:],
    }


def known_values(view: BoardView) -> Mapping[str, Sequence[str]]:
    """The names that terms know on a board, by the term."""
    people = [person["display_name"] for person in view.people]
    columns = [column["name"] for column in view.columns]
    return {"assignee": people, "creator": people, "tag": view.tags, "column": columns}
