"""Limits what a request sees to some teams of its person, in the statements themselves.

Whoever is in a team stands in ``effective_memberships``, and whatever shows or changes an object asks that table for
the membership of the person. While a limit holds, statements see the memberships of that person in the limit's teams
alone, so that no getter, list or lock can forget it. They see those of everybody else as ever, and so do triggers.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Executable, TextClause, text

from taskforge.stores.prepared_statements import prepared, prepared_from

MAX_KEPT = 1_000
_TABLE = "effective_memberships"
# The table and its alias: keywords are written in capitals, aliases are not. A column of it has a dot.
_NAMED = re.compile(rf"\b{_TABLE}\b(?!\.)(?:\s+(?:AS\s+)?([a-z_]+)\b)?")
_IN_LIMIT = """
    user_id <> CAST(:limited_user_id AS uuid) OR team_id = ANY(CAST(:limited_team_ids AS uuid[]))
"""


@dataclass(frozen=True)
class TeamLimit:
    """The person of a request, and those of their teams that it sees."""

    user_id: str
    team_ids: Collection[str]


_limit: ContextVar[TeamLimit | None] = ContextVar("team_limit", default=None)


def begin_limit(limit: TeamLimit) -> None:
    """From now on, until `end_limit`, the person is in these teams alone for the statements of this request."""
    _limit.set(limit)


def end_limit() -> None:
    """Let statements see all teams again."""
    _limit.set(None)


@contextmanager
def limited(limit: TeamLimit | None) -> Iterator[None]:
    """Let a limit hold within the block; None: none."""
    token = _limit.set(limit)
    try:
        yield
    finally:
        _limit.reset(token)


def find_limit() -> TeamLimit | None:
    """The limit that holds now; None where there is none."""
    return _limit.get()


def narrow_sql(statement: str, condition: str) -> str:
    """A statement that sees those memberships alone that fulfil `condition`, which may name their columns."""
    narrowed = f"(SELECT * FROM {_TABLE} WHERE {condition.strip()}) AS "
    return _NAMED.sub(lambda found: narrowed + (found[1] or _TABLE), statement)


def narrow(statement: Executable, parameters: Any, limit: TeamLimit) -> tuple[Any, Any]:
    """A statement and its parameters as they are run while a limit holds.

    Raises:
        TypeError: memberships are read by what is no text, so that they can't be narrowed.
    """
    if not isinstance(statement, TextClause):
        if _TABLE in str(statement):
            raise TypeError("memberships are read by statements of text alone")
        return statement, parameters
    if _TABLE not in statement.text:
        return statement, parameters
    given = {
        **(parameters or {}),
        "limited_user_id": limit.user_id,
        "limited_team_ids": list(limit.team_ids),
    }
    marked = prepared_from(statement)
    return _narrow_prepared(marked) if marked else _narrow_text(statement.text), given


@cache
def _narrow_prepared(statements: tuple[str, ...]) -> TextClause:
    return prepared(*(narrow_sql(each, _IN_LIMIT) for each in statements))


@lru_cache(MAX_KEPT)
def _narrow_text(statement: str) -> TextClause:
    return text(narrow_sql(statement, _IN_LIMIT))
