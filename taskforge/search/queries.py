"""Finding: tasks, boards and people whose names hold some words, among what somebody may see.

Every word of a query must occur. Titles and tags are looked through newest first, so that a common word is answered
by a few rows; one that occurs nowhere costs a pass over the titles of one's own teams (60 ms for 100,000 of them).
That needs no index, which every change of a card would have to pay for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import TextClause, text

from taskforge.boards.access import access_board
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.access import SHOWN, SHOWN_TABLES

MOST = 8
MOST_WORDS = 6
LONGEST_QUERY = 200
CANDIDATES = 60  # the newest fitting tasks, of which the best are chosen
LAST_NUMBER = 2**31 - 1

_KEY = re.compile(r"(?:([A-Za-z][A-Za-z0-9]{1,5})-)?([0-9]{1,10})")


@dataclass(frozen=True)
class Found:
    """The best that was found of each kind, and whether there are more tasks than these."""

    tasks: Sequence[Mapping[str, Any]]
    boards: Sequence[Mapping[str, Any]]
    more_tasks: bool


def find(actor: Actor, query: str, *, most: int = MOST) -> Found:
    """What fits a query: a task's key ("K-12", "12"), words of titles and tags, words of boards' names.

    An empty query finds no tasks and the first boards.
    """
    boards = _find_boards(actor, query, most)
    if not query:
        return Found([], boards, more_tasks=False)
    tasks = _find_tasks(actor, query, most + 1)
    return Found(tasks[:most], boards, more_tasks=len(tasks) > most)


def find_people(actor: Actor, board_id: str, query: str) -> Sequence[sql.Row]:
    """The first eight people of a board's team whose names hold the words.

    Raises:
        NotFound: no such board, or not a member of its team.
    """
    board, _ = access_board(actor.user_id, board_id)
    words = _words(query)
    return sql.rows(
        text(
            "SELECT u.user_id, u.display_name FROM team_memberships m JOIN users u USING (user_id)"
            f" WHERE m.team_id = :team_id{_all_in('u.display_name', len(words))}"
            " ORDER BY lower(u.display_name), u.user_id LIMIT :most"
        ),
        {**_patterns(words), "team_id": board["team_id"], "most": MOST},
    )


def _find_boards(actor: Actor, query: str, most: int) -> Sequence[sql.Row]:
    words = _words(query)
    return sql.rows(
        text(
            "SELECT b.board_id, b.name, t.name AS team_name FROM boards b JOIN teams t USING (team_id)"
            " JOIN team_memberships m USING (team_id)"
            f" WHERE m.user_id = :user_id AND b.deleted_at IS NULL{_all_in('b.name', len(words))}"
            " ORDER BY lower(b.name), b.board_id LIMIT :most"
        ),
        {**_patterns(words), "user_id": actor.user_id, "most": most},
    )


def _find_tasks(actor: Actor, query: str, most: int) -> Sequence[sql.Row]:
    words = _words(query)
    prefix, number = _read_key(query)
    return sql.rows(
        _tasks_with(len(words)),
        {
            **_patterns(words),
            "prefix": prefix,
            "number": number,
            "user_id": actor.user_id,
            "start": f"{_escaped(query)}%",
            "candidates": CANDIDATES,
            "most": most,
        },
    )


def _read_key(query: str) -> tuple[str | None, int | None]:
    """The board's prefix and the number that a query names; "12" names a number on any board."""
    found = _KEY.fullmatch(query)
    if found is None or int(found[2]) > LAST_NUMBER:
        return None, None
    return found[1] and found[1].upper(), int(found[2])


def _words(query: str) -> list[str]:
    return query.split()[:MOST_WORDS]


def _patterns(words: Sequence[str]) -> dict[str, list[str]]:
    """Patterns for each word: its spellings, since not every server's ILIKE knows letters beyond ASCII."""
    return {
        f"word_{number}": [
            f"%{_escaped(spelling)}%"
            for spelling in sorted({word, word.lower(), word.upper(), word.capitalize()})
        ]
        for number, word in enumerate(words)
    }


def _escaped(word: str) -> str:
    """Text that stands for itself in a pattern."""
    return re.sub(r"([\\%_])", r"\\\1", word)


def _all_in(column: str, words: int) -> str:
    """The condition that a text holds every word of `_patterns`."""
    return "".join(f" AND {column} ILIKE ANY(:word_{number})" for number in range(words))


_SEEN = (
    "k.team_id IN (SELECT team_id FROM team_memberships WHERE user_id = :user_id)"
    " AND k.deleted_at IS NULL"
    " AND EXISTS (SELECT FROM boards alive WHERE alive.board_id = k.board_id AND alive.deleted_at IS NULL)"
)


@cache
def _tasks_with(words: int) -> TextClause:
    """The statement for so many words: newest first within each of the two ways, the better of both in front."""
    by_words = "".join(
        f" AND (k.title ILIKE ANY(:word_{number})"
        f" OR array_to_string(k.tags, ' ') ILIKE ANY(:word_{number}))"
        for number in range(words)
    )
    return text(
        "WITH found AS ("
        f" (SELECT k.task_id, true AS by_key FROM tasks k JOIN boards b USING (board_id) WHERE {_SEEN}"
        " AND k.number = CAST(:number AS integer)"
        " AND (CAST(:prefix AS text) IS NULL OR b.key_prefix = :prefix)"
        " ORDER BY k.task_id DESC LIMIT :candidates)"
        f" UNION ALL (SELECT k.task_id, false FROM tasks k WHERE {_SEEN}{by_words}"
        " ORDER BY k.task_id DESC LIMIT :candidates)),"
        " best AS (SELECT task_id, bool_or(by_key) AS by_key FROM found GROUP BY task_id)"
        f" SELECT k.task_id, k.title, k.status, k.tags, {SHOWN} FROM {SHOWN_TABLES}"
        " JOIN best ON best.task_id = k.task_id"
        " ORDER BY best.by_key DESC, k.title ILIKE :start DESC, k.status = 'done', k.task_id DESC"
        " LIMIT :most"
    )
