"""Statements that run often are planned once for a connection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from flask import Flask
from sqlalchemy import event

from taskforge.extensions import db
from taskforge.ids import new_id
from taskforge.stores import sql
from taskforge.stores.direct_execution import execute
from taskforge.stores.prepared_statements import prepared

SUM = "SELECT CAST(:left AS int) + CAST(:right AS int) AS sum"
AMONG = "SELECT CAST(:wanted AS uuid) = ANY(CAST(:ids AS uuid[])) AS among"


@pytest.fixture
def sent(app: Flask) -> Iterator[list[str]]:
    """What is sent to PostgreSQL over one connection that is new, in order."""
    statements: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    with app.app_context():
        db.engine.dispose()
        event.listen(db.engine, "before_cursor_execute", hear)
        yield statements
        event.remove(db.engine, "before_cursor_execute", hear)


def test_a_statement_is_planned_when_a_connection_first_runs_it(sent: list[str]) -> None:
    for number in range(3):
        assert sql.scalar(prepared(SUM), {"left": number, "right": 2}) == number + 2
    assert [statement.split()[0] for statement in sent] == [
        "PREPARE",
        "EXECUTE",
        "EXECUTE",
        "EXECUTE",
    ]
    assert sql.scalar(prepared("SELECT count(*) FROM pg_prepared_statements")) == 2


def test_another_connection_plans_for_itself(sent: list[str]) -> None:
    for _ in range(2):
        assert sql.scalar(prepared(SUM), {"left": 1, "right": 2}) == 3
        db.engine.dispose()
    assert [statement.split()[0] for statement in sent] == ["PREPARE", "EXECUTE"] * 2


def test_a_plan_outlives_a_transaction_that_is_taken_back(sent: list[str]) -> None:
    with db.engine.connect() as connection:
        assert connection.execute(prepared(SUM), {"left": 1, "right": 2}).scalar() == 3
        connection.rollback()
    assert sql.scalar(prepared(SUM), {"left": 2, "right": 2}) == 4
    assert [statement.split()[0] for statement in sent] == ["PREPARE", "EXECUTE", "EXECUTE"]


def test_several_statements_are_planned_apart_and_sent_together(sent: list[str]) -> None:
    both = prepared(SUM, "SELECT CAST(:left AS int) * 10 AS tenfold")
    assert sql.row(both, {"left": 3, "right": 4}) == {"tenfold": 30}
    assert sql.scalar(prepared(SUM), {"left": 3, "right": 4}) == 7
    assert [statement.split()[0] for statement in sent] == [
        "PREPARE",
        "PREPARE",
        "EXECUTE",
        "EXECUTE",
    ]
    assert sent[2].count("EXECUTE") == 2


def test_an_answer_is_read_by_names_and_by_places(sent: list[str]) -> None:
    both = prepared("SELECT 1 AS one, CAST(:two AS int) AS two UNION ALL SELECT 3, 4")
    with db.engine.connect() as connection:
        rows = execute(connection, both, {"two": 2})
        assert rows.rowcount == 2
        assert list(rows.mappings()) == [{"one": 1, "two": 2}, {"one": 3, "two": 4}]
        assert list(rows.scalars()) == [1, 3]
        assert rows.scalar() == 1
        assert (rows.first().two, rows.first()[1]) == (2, 2)
        for ask in (rows.one, rows.scalar_one, rows.mappings().one):
            with pytest.raises(LookupError):
                ask()
        none = execute(connection, prepared("SELECT 1 AS one WHERE false"))
        assert (none.scalar(), none.first(), none.mappings().first()) == (None, None, None)


def test_a_value_that_cannot_be_sent_is_a_mistake_and_no_outage(sent: list[str]) -> None:
    with pytest.raises(psycopg2.ProgrammingError):
        sql.scalar(prepared(SUM), {"left": object(), "right": 2})
    assert not sql.breaker.has_failed
    assert sql.scalar(prepared(SUM), {"left": 1, "right": 2}) == 3


@pytest.mark.parametrize("others", [0, 1, 3])
def test_lists_keep_their_type(sent: list[str], others: int) -> None:
    wanted = new_id()
    ids = [new_id() for _ in range(others)]
    assert sql.scalar(prepared(AMONG), {"wanted": wanted, "ids": ids}) is False
    assert sql.scalar(prepared(AMONG), {"wanted": wanted, "ids": [*ids, wanted]}) is True
    assert sql.scalar(prepared(AMONG), {"wanted": None, "ids": ids}) in (None, False)


def test_what_somebody_wrote_is_never_part_of_the_statement(sent: list[str]) -> None:
    hostile = "'; DROP TABLE users; -- %(left)s \\"
    echo = prepared("SELECT CAST(:words AS text) AS words")
    assert sql.scalar(echo, {"words": hostile}) == hostile
    assert hostile not in "".join(sent)
