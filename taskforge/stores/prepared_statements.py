"""Statements that PostgreSQL parses and plans once for a connection, and not each time that they run.

Planning a join of eight tables takes PostgreSQL some 3 ms, running it 0.1 ms. psycopg2 does not prepare statements, so
the statements that pages and changes run all the time are marked by `prepared`; they are sent as PREPARE, once for each
connection, and then as EXECUTE. Several marked statements go in one round trip. `taskforge.stores.direct_execution`
sends them for reads and units of work, `prepare_on` for what else runs on SQLAlchemy's connections.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    Connection,
    Dialect,
    Engine,
    ExceptionContext,
    Executable,
    TextClause,
    event,
    text,
)
from sqlalchemy.dialects.postgresql.base import PGDialect

from taskforge.stores import substitutes
from taskforge.stores.statement_names import prepared_name

_OPTION = "taskforge_prepared"
# What PostgreSQL reports when the connection's prepared statements are not those that we believe: the name is taken;
# the result has other types than when it was planned; there is none of that name.
_OUTDATED = {"PREPARE": ("42P05",), "EXECUTE": ("0A000", "26000")}
# The type of a parameter is declared where it is used, as CAST(:name AS type). EXECUTE needs it for lists: psycopg2
# writes them as text[], which PostgreSQL does not convert by itself.
_CAST = re.compile(r"CAST\(:(\w+) AS ([\w\[\]]+)\)")
_NUMBERED: Dialect = cast(Any, PGDialect)(paramstyle="numeric_dollar")


@dataclass(frozen=True)
class Statement:
    """One statement: its name on the server, how it is made known there, and how it is called."""

    name: str
    prepare: str
    execute: str


@dataclass(frozen=True)
class Batch:
    """Statements that are called in one round trip; the last one answers."""

    statements: tuple[Statement, ...]
    call: str


@cache
def prepared(*statements: str) -> TextClause:
    """A statement to be planned once for a connection; of several, which run in one round trip, the last one answers.

    For constants that run often, of which there are few: a connection keeps every one. PostgreSQL must be able to
    tell the type of each parameter, if need be from a CAST; a list always needs one.
    """
    return text("; ".join(statements)).execution_options(**{_OPTION: statements})


def prepared_from(statement: Executable) -> tuple[str, ...] | None:
    """The statements that `prepared` was given; None for any other statement."""
    marked: tuple[str, ...] | None = statement.get_execution_options().get(_OPTION)
    return marked


def batch_of(statement: Executable) -> Batch | None:
    """What `prepared` has marked; None for any other statement."""
    marked = prepared_from(statement)
    return _batch(marked) if marked else None


def known_on(connection: Connection) -> dict[str, tuple[str, ...]]:
    """The names of the statements that a connection keeps, and the columns of what calls answered; to be added to.

    A plan whose columns changed is outdated, and with it the connection.
    """
    known: dict[str, tuple[str, ...]] = connection.info.setdefault(_OPTION, {})
    return known


def is_outdated(statement: str, error: BaseException) -> bool:
    """Whether a PREPARE or EXECUTE was refused because the connection keeps other statements than we believe."""
    return getattr(error, "pgcode", None) in _OUTDATED.get(statement.partition(" ")[0], ())


def prepare_on(engine: Engine) -> None:
    """Let connections of `engine` keep the statements that are marked by `prepared`.

    A connection whose statements are outdated, say by a migration that changed the type of a column, counts as lost,
    and the whole pool with it: callers that try again after a restart of PostgreSQL do so after this too.
    """

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def call(
        connection: Connection,
        _cursor: Any,
        statement: str,
        parameters: Any,
        context: Any,
        _many: bool,
    ) -> tuple[str, Any]:
        if substitutes.are_set():
            return substitutes.rewrite(statement), parameters
        marked = context.execution_options.get(_OPTION) if context is not None else None
        if not marked:
            return statement, parameters
        batch, known = _batch(marked), known_on(connection)
        for each in batch.statements:
            if each.name not in known:
                connection.exec_driver_sql(each.prepare)
                known[each.name] = ()
        return batch.call, parameters

    @event.listens_for(engine, "handle_error")
    def give_up(failed: ExceptionContext) -> None:
        if is_outdated(failed.statement or "", failed.original_exception):
            failed.is_disconnect = True


@cache
def _batch(statements: tuple[str, ...]) -> Batch:
    named = tuple(map(_statement, statements))
    return Batch(named, "; ".join(each.execute for each in named))


@cache
def _statement(statement: str) -> Statement:
    types: Mapping[str, str] = dict(_CAST.findall(statement))
    compiled = text(statement).compile(dialect=_NUMBERED)  # parameters are $1, $2 … there
    given = ", ".join(
        f"%({name})s" + (f"::{types[name]}" if name in types else "")
        for name in compiled.positiontup or ()
    )
    name = prepared_name(statement)
    body = str(compiled).replace("%", "%%")  # as psycopg2 reads it
    return Statement(
        name, f"PREPARE {name} AS {body}", f"EXECUTE {name}" + (f" ({given})" if given else "")
    )
