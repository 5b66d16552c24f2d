"""Statements that a connection keeps, after something happened to them or to it behind our back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from psycopg2 import NotSupportedError
from sqlalchemy import NullPool, create_engine, text

from taskforge.errors import Unavailable
from taskforge.extensions import db
from taskforge.ids import new_id
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.prepared_statements import prepared
from taskforge.stores.unit_of_work import UnitOfWork

FIND = "SELECT planks, metres FROM fences WHERE planks = :planks"
FENCE = {"planks": 8, "metres": 2}


@pytest.fixture
def fences(app: Flask) -> Iterator[None]:
    """A table that may be altered, and a pool of one connection, which knows how to read it."""
    with app.app_context():
        db.engine.dispose()
        happen("CREATE TABLE fences AS SELECT 8 AS planks, 2 AS metres")
        assert find() == FENCE
        yield
        happen("DROP TABLE fences")


def alter() -> None:
    happen("ALTER TABLE fences ALTER metres TYPE bigint")


def forget() -> None:
    sql.execute_now(text("DEALLOCATE ALL"))


def hang_up() -> None:
    happen(f"SELECT pg_terminate_backend({sql.scalar(text('SELECT pg_backend_pid()'))})")


def happen(statement: str) -> None:
    """Something that somebody else does."""
    with create_engine(db.engine.url, poolclass=NullPool).begin() as connection:
        connection.execute(text(statement))


def find() -> sql.Row | None:
    return sql.row(prepared(FIND), {"planks": 8})


def change() -> UnitOfWork:
    return UnitOfWork(Actor(user_id=new_id()), entity_id=new_id(), version=1)


def lock_later() -> None:
    with change() as uow:
        uow.execute(text("SELECT 1"))
        uow.lock((FIND,), {"planks": 8})


@pytest.mark.parametrize("event", [alter, forget, hang_up])
def test_a_read_is_planned_anew(fences: None, event: Callable[[], None]) -> None:
    event()
    assert find() == FENCE


@pytest.mark.parametrize("event", [alter, forget, hang_up])
def test_a_change_that_begins_is_planned_anew(fences: None, event: Callable[[], None]) -> None:
    event()
    with change() as uow:
        assert uow.lock((FIND,), {"planks": 8}) == FENCE


@pytest.mark.parametrize("event", [alter, forget, hang_up])
def test_a_change_on_its_way_is_to_be_sent_again(fences: None, event: Callable[[], None]) -> None:
    event()
    with pytest.raises(Unavailable):
        lock_later()
    with change() as uow:
        assert uow.lock((FIND,), {"planks": 8}) == FENCE


def test_a_statement_that_had_no_time_to_be_planned_is_planned_later(fences: None) -> None:
    other = "SELECT metres FROM fences WHERE planks = :planks"
    sql.execute_now(text("SET lock_timeout = '100ms'"))  # of the pool's one connection
    with create_engine(db.engine.url, poolclass=NullPool).begin() as connection:
        connection.execute(text("LOCK TABLE fences IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(Unavailable):
            sql.scalar(prepared(other), {"planks": 8})
    assert sql.scalar(prepared(other), {"planks": 8}) == 2
    sql.execute_now(text("RESET lock_timeout"))


def test_what_postgresql_cannot_do_at_all_is_no_outage(app: Flask) -> None:
    with app.app_context(), pytest.raises(NotSupportedError):
        sql.rows(prepared("SELECT count(*) FROM users FOR UPDATE"))
