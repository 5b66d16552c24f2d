"""What PostgreSQL does for each statement that the application sends: its plan, and how much it reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2.extensions
from sqlalchemy import Engine, event

_READS = re.compile(r"\s*(SELECT|WITH|EXECUTE|UPDATE|DELETE)\b", re.IGNORECASE)
_PREPARED = re.compile(r"EXECUTE (\w+)")


@dataclass(frozen=True)
class Explained:
    """A statement as it was sent, and its plan with what it did."""

    sql: str
    plan: dict[str, Any]

    @property
    def rows_read(self) -> int:
        """The rows that its scans took from tables and indexes, those that a filter then dropped included."""
        return sum(_read(node) for node in _nodes(self.plan) if "Scan" in node["Node Type"])

    @property
    def blocks(self) -> int:
        """The blocks of tables and indexes that it looked at."""
        return int(self.plan["Shared Hit Blocks"] + self.plan["Shared Read Blocks"])

    @property
    def milliseconds(self) -> float:
        """How long it ran."""
        return float(self.plan["Actual Total Time"])

    def outline(self) -> str:
        """The scans of the plan in one line, for a failed test."""
        return ", ".join(
            f"{node['Node Type']} {node.get('Index Name') or node.get('Relation Name', '')}: {_read(node)}"
            for node in _nodes(self.plan)
            if "Scan" in node["Node Type"]
        )


@contextmanager
def explaining(engine: Engine) -> Iterator[list[Explained]]:
    """Within the block, the reading statements of new connections of an engine are explained before they run."""
    found: list[Explained] = []
    prepared: dict[str, str] = {}

    class Cursor(psycopg2.extensions.cursor):
        def execute(self, query: Any, values: Any = None) -> None:
            statement = self.mogrify(query, values).decode()
            if statement.startswith("PREPARE"):
                prepared[statement.split()[1]] = statement
            elif _READS.match(statement):
                found.append(_explain(self.connection, statement, prepared))
            super().execute(query, values)

    def give_cursor(connection: Any, _record: Any) -> None:
        connection.cursor_factory = Cursor

    event.listen(engine, "connect", give_cursor)
    engine.dispose()
    try:
        yield found
    finally:
        event.remove(engine, "connect", give_cursor)
        engine.dispose()


def _explain(connection: Any, statement: str, prepared: dict[str, str]) -> Explained:
    """Run a statement, and undo what it does: it runs again, for its answer."""
    begin, undo = "SAVEPOINT explained", "ROLLBACK TO explained"
    if connection.autocommit:
        begin, undo = "BEGIN", "ROLLBACK"
    with psycopg2.extensions.cursor(connection) as cursor:
        cursor.execute(begin)
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}")
        rows = cursor.fetchall()
        cursor.execute(undo)
    name = _PREPARED.match(statement)
    return Explained(prepared[name[1]] if name else statement, rows[0][0][0]["Plan"])


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def _read(node: dict[str, Any]) -> int:
    """Rows of all loops, those included that were read and dropped."""
    dropped = sum(node.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
    return round((node["Actual Rows"] + dropped) * node["Actual Loops"])
