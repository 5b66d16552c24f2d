"""The beginning of the transaction of a change, with its first statements in the same round trip."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, CursorResult

from taskforge.extensions import db
from taskforge.stores import operations
from taskforge.stores.actor import Actor
from taskforge.stores.direct_execution import Rows, execute
from taskforge.stores.prepared_statements import prepared


def begin(
    actor: Actor, statements: tuple[str, ...], parameters: Mapping[str, Any]
) -> tuple[Connection, Rows | CursorResult[Any] | None]:
    """A connection in a transaction, and the result of the last of `statements`, if there are any.

    A pooled connection that turns out to be lost is replaced once.

    Raises:
        Replayed: the actor's operation is among the statements, and was acknowledged before.
    """
    for attempt in (1, 2):
        connection = db.engine.connect()
        try:
            connection.begin()
            result = execute(connection, prepared(*statements), parameters) if statements else None
        except BaseException as error:
            connection.close()
            if operations.is_repeated(error):
                raise operations.replayed(actor) from error
            stale_connection = getattr(error, "connection_invalidated", False)
            if attempt == 2 or not stale_connection:
                raise
        else:
            return connection, result
    raise AssertionError("unreachable")
