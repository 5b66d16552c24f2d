"""Statements marked by `prepared`, run on the driver's own cursor of a pooled connection.

SQLAlchemy compiles, adapts and wraps each execution anew, which costs a third of a millisecond of processor time for a
statement that takes PostgreSQL a tenth of one. A prepared statement needs none of it: it is a constant with a name.
Everything else is SQLAlchemy's: the pool, transactions, and what is to be done when a connection is lost.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import psycopg2
from sqlalchemy import Connection, CursorResult, Executable

from taskforge.stores import substitutes
from taskforge.stores.prepared_statements import Batch, batch_of, is_outdated, known_on
from taskforge.stores.team_limit import find_limit, narrow


class Items(list[Any]):
    """Rows, or values of their first column, read to the end."""

    def all(self) -> Sequence[Any]:
        """All of them."""
        return self

    def first(self) -> Any:
        """The first one, or None."""
        return self[0] if self else None

    def one(self) -> Any:
        """The only one.

        Raises:
            LookupError: there is none, or more than one.
        """
        if len(self) != 1:
            raise LookupError(f"the statement answered {len(self)} rows instead of one")
        return self[0]


class Rows:
    """What a statement answered, with those methods of SQLAlchemy's `Result` that are used here.

    ``rowcount`` is the number of rows that it answered or touched.
    """

    __slots__ = ("_names", "_values", "rowcount")

    def __init__(self, cursor: Any, names: tuple[str, ...]) -> None:
        self.rowcount: int = cursor.rowcount
        self._names = names
        self._values: list[tuple[Any, ...]] = cursor.fetchall() if names else []

    def mappings(self) -> Items:
        """Each row as a mapping of column names to values."""
        return Items([dict(zip(self._names, row, strict=True)) for row in self._values])

    def scalars(self) -> Items:
        """The first value of each row."""
        return Items([row[0] for row in self._values])

    def scalar(self) -> Any:
        """The first value of the first row, or None."""
        return self._values[0][0] if self._values else None

    def scalar_one(self) -> Any:
        """The first value of the only row. Raises like `Items.one`."""
        return self.scalars().one()

    def all(self) -> Items:
        """Each row as a tuple whose values also have the names of their columns."""
        return Items(map(_row_maker(self._names), self._values))

    def first(self) -> Any:
        """The first row, as in `all`, or None."""
        return self.all().first()

    def one(self) -> Any:
        """The only row, as in `all`. Raises like `Items.one`."""
        return self.all().one()


def execute(
    connection: Connection, statement: Executable, parameters: Any = None
) -> Rows | CursorResult[Any]:
    """Run a statement: directly if `prepared` has marked it, and through SQLAlchemy if not.

    A lost connection raises SQLAlchemy's error in both cases, everything else that is refused the driver's own in the
    first one. A limit of the request to some teams (`taskforge.stores.team_limit`) holds for each.
    """
    if (limit := find_limit()) is not None:
        statement, parameters = narrow(statement, parameters, limit)
    batch = None if substitutes.are_set() else batch_of(statement)
    if batch is None:
        return connection.execute(statement, parameters)
    return _run(connection, batch, parameters or {})


def _run(connection: Connection, batch: Batch, parameters: Mapping[str, Any]) -> Rows:
    driver: Any = connection.connection.dbapi_connection
    known = known_on(connection)
    cursor = driver.cursor()
    statement = ""
    try:
        for each in batch.statements:
            if each.name not in known:
                statement = each.prepare
                _send(connection, cursor, statement, {})
                known[each.name] = ()
        statement = batch.call
        _send(connection, cursor, statement, parameters)
        names = known.get(statement)
        if names is None:
            names = known[statement] = _names_of(cursor)
        return Rows(cursor, names)
    except psycopg2.Error as error:
        if is_outdated(statement, error):
            driver.close()
        if driver.closed:
            connection.exec_driver_sql("SELECT 1")  # raises: SQLAlchemy gives up the whole pool
        raise
    finally:
        cursor.close()


def _send(
    connection: Connection, cursor: Any, statement: str, parameters: Mapping[str, Any]
) -> None:
    """Send a statement; the engine's listeners to SQLAlchemy's cursor events hear of it, without a context."""
    told: Any = connection.engine.dispatch
    for listener in told.before_cursor_execute:
        listener(connection, cursor, statement, parameters, None, False)
    cursor.execute(statement, parameters)
    for listener in told.after_cursor_execute:
        listener(connection, cursor, statement, parameters, None, False)


def _names_of(cursor: Any) -> tuple[str, ...]:
    """The names of an answer's columns. The driver has an object of each, which are up to fifty, and reads its name."""
    return tuple(column.name for column in cursor.description or ())


@cache
def _row_maker(names: tuple[str, ...]) -> Callable[[tuple[Any, ...]], Any]:
    """Makes a row of the columns of one statement, of which there are few."""
    define: Any = namedtuple
    make: Callable[[tuple[Any, ...]], Any] = define("Row", names, rename=True)._make
    return make
