"""Search: tasks, boards and people whose names contain some words, among what a person may see.

Every word of a query must occur. Titles and tags are searched newest first, so that a common word is found in a few
rows; one that occurs nowhere costs a scan of the titles of the person's teams (60 ms for 100,000 of them). There is no
index for it, because every change of a card would have to update that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import TextClause, text

from taskforge.boards.access import access_board
from taskforge.boards.queries import (
    BOARDS,
    BOARDS_OF_MEMBERS,
    IS_LIVE,
    VIEWERS,
    join_board,
    sees_board,
)
from taskforge.boards.statuses import Status
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.access import SHOWN, SHOWN_TABLES
from taskforge.tasks.queries import TASKS
from taskforge.teams.queries import TEAM_IDS_OF_PERSON

MAX_FOUND = 8
MAX_WORDS = 6
MAX_QUERY_LENGTH = 200
CANDIDATES = 60  # the newest matching tasks, of which the best are chosen
LAST_NUMBER = 2**31 - 1

_KEY = re.compile(r"(?:([A-Za-z][A-Za-z0-9]{1,5})-)?([0-9]{1,10})")


@dataclass(frozen=True)
class Found:
    """The best that was found of each kind, and whether there are more tasks than these."""

    tasks: Sequence[Mapping[str, Any]]
    boards: Sequence[Mapping[str, Any]]
    more_tasks: bool


def find(actor: Actor, query: str, *, limit: int = MAX_FOUND) -> Found:
    """What matches a query: a task's key ("K-12", "12"), words of titles and tags, words of boards' names.

    An empty query finds no tasks and the first boards.
    """
    boards = _find_boards(actor, query, limit)
    if not query:
        return Found([], boards, more_tasks=False)
    tasks = _find_tasks(actor, query, limit + 1)
    return Found(tasks[:limit], boards, more_tasks=len(tasks) > limit)


def find_people(actor: Actor, board_id: str, query: str) -> Sequence[sql.Row]:
    """The first eight people of a board's team whose names contain the words.

    Raises:
        NotFound: no such board, or not a member of its team.
    """
    access_board(actor.user_id, board_id)
    words = _words(query)
    return sql.rows(
        _people_with(len(words)),
        {**_patterns(words), "board_id": board_id, "limit": MAX_FOUND},
    )


def _find_boards(actor: Actor, query: str, limit: int) -> Sequence[sql.Row]:
    words = _words(query)
    return sql.rows(
        _boards_with(len(words)),
        {**_patterns(words), "user_id": actor.user_id, "limit": limit},
    )


def _find_tasks(actor: Actor, query: str, limit: int) -> Sequence[sql.Row]:
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
            "limit": limit,
        },
    )


def _read_key(query: str) -> tuple[str | None, int | None]:
    """The board's prefix and the number that a query names; "12" names a number on any board."""
    found = _KEY.fullmatch(query)
    if found is None or int(found[2]) > LAST_NUMBER:
        return None, None
    return found[1] and found[1].upper(), int(found[2])


def _words(query: str) -> list[str]:
    return query.split()[:MAX_WORDS]


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
    """The condition, behind another one, that a text contains every word of `_patterns`."""
    return "".join(
        f"\n           AND {column} ILIKE ANY(:word_{number})" for number in range(words)
    )


@cache
def _people_with(words: int) -> TextClause:
    return text(f"""
    SELECT u.user_id, u.display_name, u.picture
    FROM   {VIEWERS}
    WHERE  b.board_id = :board_id{_all_in("u.display_name", words)}
    ORDER  BY lower(u.display_name), u.user_id
    LIMIT  :limit
    """)


@cache
def _boards_with(words: int) -> TextClause:
    return text(f"""
    SELECT b.board_id, b.name, t.name AS team_name
    FROM   {BOARDS_OF_MEMBERS}
    WHERE  m.user_id = :user_id AND {IS_LIVE}{_all_in("b.name", words)}
    ORDER  BY lower(b.name), b.board_id
    LIMIT  :limit
    """)


_VISIBLE = f"""
           k.team_id IN ({TEAM_IDS_OF_PERSON}) AND k.deleted_at IS NULL
           AND EXISTS (SELECT FROM {BOARDS} WHERE b.board_id = k.board_id AND {IS_LIVE} AND {sees_board(":user_id")})
"""


@cache
def _tasks_with(words: int) -> TextClause:
    """The statement for a number of words: the newest by key and by words, and of both the best first."""
    by_words = "".join(
        f"""
           AND (k.title ILIKE ANY(:word_{number})
                OR array_to_string(k.tags, ' ') ILIKE ANY(:word_{number}))"""
        for number in range(words)
    )
    return text(f"""
    WITH found AS (
        (SELECT k.task_id, true AS by_key
         FROM   {TASKS} {join_board("k.board_id")}
         WHERE  {_VISIBLE}
                AND k.number = CAST(:number AS integer)
                AND (CAST(:prefix AS text) IS NULL OR b.key_prefix = :prefix)
         ORDER  BY k.task_id DESC
         LIMIT  :candidates)
        UNION ALL
        (SELECT k.task_id, false
         FROM   {TASKS}
         WHERE  {_VISIBLE}{by_words}
         ORDER  BY k.task_id DESC
         LIMIT  :candidates)),
    best AS (
        SELECT task_id, bool_or(by_key) AS by_key
        FROM   found
        GROUP  BY task_id)
    SELECT k.task_id, k.title, k.status, k.tags, {SHOWN}
    FROM   {SHOWN_TABLES}
           JOIN best ON best.task_id = k.task_id
    ORDER  BY best.by_key DESC, k.title ILIKE :start DESC, k.status = '{Status.DONE}', k.task_id DESC
    LIMIT  :limit
    """)
