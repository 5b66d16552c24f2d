"""The people of a board's team by the words of their names."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sqlalchemy import TextClause, text

from taskforge.boards.access import access_board
from taskforge.boards.queries import VIEWERS
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.text.normal_form import fold_for_finding

MAX_FOUND = 8
MAX_WORDS = 6


def find_people(actor: Actor, board_id: str, query: str) -> Sequence[sql.Row]:
    """The first eight people of a board's team whose names contain the words.

    Raises:
        NotFound: no such board, or not a member of its team.
    """
    access_board(actor.user_id, board_id)
    words = fold_for_finding(query).split()[:MAX_WORDS]
    named = {f"word_{number}": word for number, word in enumerate(words)}
    return sql.rows(_people_with(len(words)), {**named, "board_id": board_id, "limit": MAX_FOUND})


@cache
def _people_with(words: int) -> TextClause:
    named = "".join(
        f"\n           AND strpos(taskforge_find(u.display_name), :word_{number}) > 0"
        for number in range(words)
    )
    return text(f"""
    SELECT u.user_id, u.display_name, u.picture
    FROM   {VIEWERS}
    WHERE  b.board_id = :board_id{named}
    ORDER  BY lower(u.display_name), u.user_id
    LIMIT  :limit
    """)
