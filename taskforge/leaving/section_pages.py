"""Pages of an export's sections, and how rows become one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from taskforge.stores import sql
from taskforge.stores.actor import Actor

Record = Mapping[str, Any]
LINES_AT_ONCE = 200  # of a page of short records


@dataclass(frozen=True)
class Page:
    """Some records of a section, the cursor behind them (None at its end), and files that go with them, by name."""

    records: Sequence[Record]
    cursor: str | None = None
    files: Sequence[tuple[str, bytes]] = ()


def rows_after(statement: Any, actor: Actor, after: str | None, limit: int) -> Sequence[sql.Row]:
    """Up to `limit` rows of a statement about a person, behind a cursor."""
    return sql.rows(statement, {"user_id": actor.user_id, "after": after, "limit": limit})


def cursor(found: Sequence[sql.Row], key: str, limit: int) -> str | None:
    """The cursor behind the rows of a page: the key of its last one; None if there are no more."""
    return str(found[-1][key]) if len(found) == limit else None
