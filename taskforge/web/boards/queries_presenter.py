"""What a board's pages show of a query: the word at which it can't be read, and the names that it can name."""

from __future__ import annotations

from collections.abc import Sequence

from taskforge.tasks.board.filters import CardFilter
from taskforge.tasks.board.queries import BoardView
from taskforge.tasks.query.completion import PEOPLE
from taskforge.tasks.query.nodes import SORT
from taskforge.web.query_box import show_wrong_word

# Terms that completion leaves out: all cards have the same board and team, and the board has an order of its own.
NOT_ON_A_BOARD = frozenset({SORT, "board", "team"})


def show_query_error(chosen: CardFilter) -> dict[str, str] | None:
    """The sentence about a query that can't be read, and its text ``before``, at and behind the ``word``."""
    if chosen.error is None:
        return None
    return show_wrong_word(chosen.error, chosen.unread)


def known_names(view: BoardView, term: str) -> Sequence[str]:
    """The names that a term knows on a board."""
    if term in PEOPLE:
        return [person["display_name"] for person in view.people]
    if term == "column":
        return [column["name"] for column in view.columns]
    return view.tags if term == "tag" else ()
