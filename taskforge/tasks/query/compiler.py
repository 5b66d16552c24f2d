"""A query as a condition of SQL on the row of a task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from taskforge.clock import ReaderTime
from taskforge.stores.actor import Actor
from taskforge.tasks.query.nodes import All, Either, Node, Not, Query, Term
from taskforge.tasks.query.term_base import FOLDED, NONE, Scope, either, is_keyword
from taskforge.tasks.query.term_kinds import NamedIn, PersonIn
from taskforge.tasks.query.terms import find_term

EVERYTHING = "true"


@dataclass(frozen=True)
class Condition:
    """A condition on the row ``k`` of a task, and what its parameters are bound to. It may be NULL for false.

    ``columns`` are those of ids that it narrows to some, so that an index of them finds what fits.
    """

    sql: str
    parameters: Mapping[str, Any]
    columns: frozenset[str] = frozenset()


def compile_query(query: Query, reader: Actor, *, at: ReaderTime, start: int = 1) -> Condition:
    """The condition that a task fits a query, as somebody reads it at a time (`taskforge.clock.reader_time`).

    It selects among tasks and says nothing of rights: the statement around it joins what the reader may see. Its
    parameters are numbered from `start`, for a statement with several of them.

    Raises:
        QueryError: a day that the query names does not exist any more at that time.
    """
    scope = Scope(reader.user_id, at, start)
    parts = [f"({_condition(part, scope)})" for part in query.parts]
    plain = [part for part in parts if FOLDED not in part]  # they stay as they are, for indexes
    if texts := " AND ".join(part for part in parts if FOLDED in part):
        plain.append(scope.with_folded(texts))
    return Condition(
        " AND ".join(plain) or EVERYTHING, scope.parameters, frozenset(_narrowed(query))
    )


def _narrowed(query: Query) -> Iterator[str]:
    for part in query.parts:
        known = find_term(part.name) if isinstance(part, Term) else None
        if isinstance(part, Term) and known and isinstance(known.kind, PersonIn | NamedIn):
            if any(is_keyword(value, NONE) for value in part.values):
                continue
            yield known.kind.column


def _condition(node: Node, scope: Scope) -> str:
    if isinstance(node, Term):
        known = find_term(node.name)
        assert known is not None
        return either([known.kind.condition(value, scope) for value in node.values])
    if isinstance(node, Not):
        return f"({_condition(node.item, scope)}) IS NOT TRUE"
    parts = [_condition(item, scope) for item in node.items]
    if isinstance(node, All):
        return " AND ".join(f"({part})" for part in parts)
    assert isinstance(node, Either)
    return either(parts)
