"""Sealing finds every event whatever the order of the commits, at a cost that does not grow with the log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from taskforge import clock
from taskforge.audit import chain, sealed_prefix
from taskforge.audit.sealed_prefix import SealedPrefix
from taskforge.extensions import config_of, db
from taskforge.ids import new_id
from tests.stores.scene import Scene, read, set_scene, write
from tests.together import at_once_inside

LONG_LOG = 6_000
INSERT_EVENT = text("""
    INSERT INTO audit_logs (event_id, event, entity_type, entity_id, action, action_timestamp)
    VALUES (:id, 'user.logged_in', 'user', :id, 'logged_in', now())
    RETURNING log_id
""")
UNSEALED = "SELECT count(*) FROM audit_logs l WHERE NOT EXISTS (SELECT FROM audit_chain WHERE log_id = l.log_id)"

A_THOUSAND_EVENTS = """
    INSERT INTO audit_logs (event_id, event, entity_type, entity_id, action, action_timestamp)
    SELECT gen_random_uuid(), 'task.moved', 'task', gen_random_uuid(), 'moved', now()
    FROM   generate_series(1, 1000)
"""
THEIR_LINKS = """
    INSERT INTO audit_chain (seq, log_id, prev_hash, hash)
    SELECT (SELECT max(seq) FROM audit_chain) + row_number() OVER (ORDER BY log_id), log_id, '', ''
    FROM   audit_logs l
    WHERE  NOT EXISTS (SELECT FROM audit_chain WHERE log_id = l.log_id)
"""


@pytest.fixture
def scene(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr(sealed_prefix, "LEAST_AGE_SECONDS", 0.0)
    monkeypatch.setattr(chain, "_sealed", SealedPrefix())
    with app.app_context():
        yield set_scene()


def seal() -> int:
    return chain.seal_pending(config_of().audit_key.encode())


def add_event(connection: Connection) -> int:
    return int(connection.execute(INSERT_EVENT, {"id": new_id()}).scalar_one())


def add_events(number: int) -> None:
    with db.engine.begin() as connection:
        for _ in range(number):
            add_event(connection)


def test_an_event_that_commits_late_is_sealed_however_many_came_before_it(scene: Scene) -> None:
    with db.engine.connect() as late, late.begin():
        late_id = add_event(late)
        for _ in range(4):
            scene.add_task()
            assert seal() > 0
        assert read("SELECT max(log_id) FROM audit_chain") > late_id
    assert seal() == 1
    assert read(UNSEALED) == 0


def test_the_search_begins_behind_what_is_sealed_once_nothing_can_appear_there(
    scene: Scene,
) -> None:
    seal()
    with db.engine.connect() as late, late.begin():
        late_id = add_event(late)
        for _ in range(3):
            scene.add_task()
            seal()
        floor = chain._sealed.parameters["floor"]
        assert floor is not None
        assert floor < late_id
    for _ in range(2):
        seal()
    floor = chain._sealed.parameters["floor"]
    assert floor is not None
    assert floor >= late_id


def test_events_of_many_writers_are_all_sealed_while_others_seal(app: Flask, scene: Scene) -> None:
    def write_some() -> None:
        for _ in range(10):
            with db.engine.connect() as connection, connection.begin():
                add_event(connection)
                connection.execute(text("SELECT pg_sleep(0.002)"))

    def seal_some() -> None:
        for _ in range(30):
            seal()

    answers = at_once_inside(app, [write_some, seal_some, write_some, seal_some, write_some])
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    seal()
    assert read(UNSEALED) == 0
    assert chain.verify(config_of().audit_key.encode()).problem is None


def test_more_events_than_a_batch_are_sealed_in_their_order(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal()
    monkeypatch.setattr(chain, "BATCH", 4)
    add_events(10)
    assert seal() == 10
    assert read(UNSEALED) == 0
    assert chain.verify(config_of().audit_key.encode()).problem is None


def test_a_log_that_was_replaced_is_searched_as_an_unknown_one(scene: Scene) -> None:
    for _ in range(3):
        scene.add_task()
        seal()
    assert chain._sealed.parameters["floor"] is not None
    write(
        "DELETE FROM audit_chain"
    )  # as if an older state had been restored under the running process
    assert chain.has_unsealed(clock.now() + timedelta(seconds=1))
    write("DELETE FROM audit_chain")
    assert seal() == read("SELECT count(*) FROM audit_logs")
    assert chain.verify(config_of().audit_key.encode()).problem is None


def test_what_is_overdue_is_seen_among_sealed_events_too(scene: Scene) -> None:
    before = clock.now() + timedelta(seconds=5)
    with db.engine.connect() as late, late.begin():
        add_event(late)
        for _ in range(3):
            scene.add_task()
            seal()
            assert not chain.has_unsealed(before)
    assert chain.has_unsealed(before)
    assert not chain.has_unsealed(clock.now() - timedelta(seconds=5))
    seal()
    assert not chain.has_unsealed(before)


def test_a_seal_reads_as_little_of_a_long_log_as_of_a_short_one(scene: Scene) -> None:
    short = pages_read()
    for _ in range(LONG_LOG // 1000):
        write(A_THOUSAND_EVENTS)
        write(THEIR_LINKS)
    write("ANALYZE audit_logs, audit_chain")
    assert pages_read() <= short + 20


def pages_read() -> int:
    """Pages of PostgreSQL's that the search for unsealed events touches, in a process that has sealed for a while."""
    for _ in range(3):
        add_events(1)
        seal()
    with db.engine.connect() as connection:
        parameters = {**chain._sealed.parameters, "batch": chain.BATCH}
        explain = text(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {chain._NEXT_UNSEALED}")
        plan: dict[str, Any] = connection.execute(explain, parameters).scalar_one()[0]["Plan"]
    return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])
