"""Reads in which queries stand in place of tables, and nothing is written: for who looks as somebody else sees it.

What stands for a table is a common table expression of its name, which is put before each statement that names it. It
holds in this thread until it is lifted.

The limits of API tokens (`taskforge.stores.team_limit`) are not made this way, though they could be read so. They hold
for writes too, whose statements are prepared, several to a batch, with the ids as parameters; a statement with a
substitute has them in its text and is planned each time, which half an hour of looking can afford and every request of
a program can't. The other way round, a limit's condition on one table can't say that somebody has another role.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from taskforge.errors import Forbidden

READ_ONLY = "You are looking at the team as somebody else sees it, and can change nothing. End the view first."
_WITH = re.compile(r"\s*WITH\s+(?:RECURSIVE\s+)?", re.IGNORECASE)
Queries = Mapping[str, str] | None
_queries: ContextVar[Queries] = ContextVar("substitutes", default=None)


def substitute(queries: Queries) -> None:
    """Let queries stand for the tables that they are named by, from now on in this thread; None: no more."""
    _queries.set(queries)


@contextmanager
def substituted(queries: Queries) -> Iterator[None]:
    """Let queries stand for tables within the block; None: none."""
    token = _queries.set(queries)
    try:
        yield
    finally:
        _queries.reset(token)


def present() -> Queries:
    """What stands for tables now."""
    return _queries.get()


def are_set() -> bool:
    """Whether queries stand for tables now, so that nothing may be written or kept for others."""
    return _queries.get() is not None


def refuse_writes() -> None:
    """Raise `Forbidden` while queries stand for tables."""
    if are_set():
        raise Forbidden(READ_ONLY)


def rewrite(statement: str) -> str:
    """The statement with the queries that stand for tables which it names."""
    used = [
        f"{table} AS NOT MATERIALIZED ({query})"
        for table, query in (_queries.get() or {}).items()
        if table in statement
    ]
    if not used:
        return statement
    begun = _WITH.match(statement)
    if begun is None:
        return f"WITH {', '.join(used)} {statement}"
    return f"{begun[0]}{', '.join(used)}, {statement[begun.end() :]}"
