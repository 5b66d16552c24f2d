"""Connections to PostgreSQL are few: each thread needs one at a time, and who gets none in time is told so."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import pytest
from flask import Flask
from sqlalchemy.pool import QueuePool

from taskforge import create_worker_app
from taskforge.config import Config
from taskforge.extensions import db
from taskforge.stores import outbox, sql
from taskforge.stores.relay import Relay
from taskforge.tasks.service import move_task
from tests.connections import ConnectionWatch
from tests.factories import Person, Team, make_task
from tests.stores.conftest import assert_stores_agree, catch_up
from tests.stores.scene import Scene, our_processes, read, write
from tests.together import at_once, at_once_inside

WAIT_SECONDS = 0.4
THREADS = 16


def pool_of(app: Flask) -> QueuePool:
    with app.app_context():
        pool = db.engine.pool
    assert isinstance(pool, QueuePool)
    return pool


@pytest.fixture
def pool(app: Flask, monkeypatch: pytest.MonkeyPatch) -> QueuePool:
    """The application's pool, with a short wait for a connection."""
    found = pool_of(app)
    monkeypatch.setattr(found, "_timeout", WAIT_SECONDS)
    return found


@contextmanager
def all_taken(app: Flask) -> Iterator[None]:
    """All connections of the pool are in use during the block."""
    with app.app_context(), ExitStack() as stack:
        for _ in range(pool_of(app).size()):
            stack.enter_context(db.engine.connect())
        yield


@contextmanager
def quickly(times: float) -> Iterator[None]:
    """The block takes at most so many times as long as somebody waits for a connection, and some for a busy machine."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < times * WAIT_SECONDS + 3


def test_the_pool_never_opens_more_than_it_is_allowed(app: Flask, config: Config) -> None:
    pool = pool_of(app)
    assert (pool.size(), pool._max_overflow) == (config.database_pool_size, 0)
    assert config.database_pool_size == 5


def test_more_threads_than_connections_all_get_their_turn(app: Flask, scene: Scene) -> None:
    task_ids = [scene.add_task() for _ in range(THREADS)]
    moves = [
        partial(move_task, scene.ann, task_id, column_id=scene.columns[2]) for task_id in task_ids
    ]
    answers = at_once_inside(app, moves)
    assert [answer.version for answer in answers] == [2] * THREADS
    assert pool_of(app).checkedout() == 0
    catch_up()
    assert_stores_agree()


def test_pages_of_more_people_than_there_are_connections(
    app: Flask, ada: Person, team: Team
) -> None:
    browsers = [ada.browser() for _ in range(THREADS)]
    answers = at_once([partial(one.get, f"/boards/{team.board_id}") for one in browsers])
    assert [answer.status_code for answer in answers] == [200] * THREADS


def test_a_page_that_gets_no_connection_is_a_503_in_time(
    app: Flask, pool: QueuePool, ada: Person, team: Team
) -> None:
    browser = ada.browser()
    with all_taken(app), quickly(2):
        answer = browser.get(f"/boards/{team.board_id}")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    assert sql.CROWDED in answer.get_data(as_text=True)
    assert browser.get(f"/boards/{team.board_id}").status_code == 200


def test_a_change_that_gets_no_connection_is_refused_and_nothing_happens(
    app: Flask, pool: QueuePool, ada: Person, team: Team
) -> None:
    task_id = make_task(ada, team, "As it was")
    with all_taken(app), quickly(2):
        answer = ada.api("PATCH", f"/tasks/{task_id}", {"title": "Crowded out"})
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["error"]["message"] == sql.CROWDED
    assert ada.api("GET", f"/tasks/{task_id}").get_json()["title"] == "As it was"


def test_waiting_for_a_connection_is_no_outage(app: Flask, pool: QueuePool) -> None:
    """A crowded process must not refuse everybody for two seconds, as it does when PostgreSQL is away."""
    with all_taken(app):
        refusals = at_once_inside(app, [partial(read, "SELECT 1")] * 4)
    assert [str(refusal) for refusal in refusals] == [sql.CROWDED] * 4
    assert not sql.breaker.has_failed


def test_a_relay_has_one_connection_to_work_and_one_to_listen(scene: Scene, config: Config) -> None:
    """With the pool that `worker.py` gives it."""
    others = our_processes()
    background = create_worker_app(config.replaced(database_pool_size=1))
    with background.app_context():
        watch, relay = ConnectionWatch(db.engine), Relay()
        relay._step()  # works, then begins to listen
        assert pool_of(background).checkedout() == 0
        scene.add_task()
        write(f"NOTIFY {outbox.CHANNEL}")
        began = time.monotonic()
        relay._wake_up.wait(60.0, at_least=0.0)
        assert time.monotonic() - began < 30, "it heard nothing"
        relay._step()
        mine = our_processes() - others
        assert len(mine) == 2
        relay._wake_up.close()
        db.engine.dispose()
    assert watch.second == []
    deadline = time.monotonic() + 30
    while mine & our_processes():  # PostgreSQL ends their processes in its own time
        assert time.monotonic() < deadline, "a connection stayed"
