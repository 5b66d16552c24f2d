"""The relay's chores wake workers again, work while Redis is unavailable, and delete what is past its time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from taskforge import clock
from taskforge.accounts.session_records import open_session
from taskforge.admin import maintenance
from taskforge.messaging import queues
from taskforge.messaging.redis_client import RedisUnavailable, redis_client, redis_guard
from taskforge.messaging.redis_client import breaker as redis_breaker
from tests.stores.scene import Scene, read, relay_everything, set_scene, write


@pytest.fixture
def scene(app: Flask) -> Iterator[Scene]:
    with app.app_context():
        made = set_scene()
        redis_client().flushdb()  # all wake-ups are lost
        yield made


@pytest.fixture
def no_redis(scene: Scene) -> Iterator[None]:
    for _ in range(3):
        with pytest.raises(RedisUnavailable), redis_guard():
            raise OSError("refused")
    yield
    redis_breaker.reset()


def waiting(queue: str) -> int:
    return queues.queue(queue, redis_client()).count


def test_what_is_fresh_is_left_to_the_jobs(scene: Scene) -> None:
    for chore in maintenance.chores():
        chore.run()
    assert waiting(queues.AUDIT) == waiting(queues.NOTIFICATIONS) == 0


def test_overdue_events_and_intents_wake_their_workers_once(scene: Scene) -> None:
    scene.add_task(assignee_id=scene.bob.user_id)
    redis_client().flushdb()
    with clock.frozen(clock.now() + timedelta(seconds=3)):
        for _ in range(2):
            for chore in maintenance.chores():
                chore.run()
    assert waiting(queues.AUDIT) == 1
    assert waiting(queues.NOTIFICATIONS) == 1


def test_while_redis_stays_away_the_relay_does_the_jobs_itself(
    scene: Scene, no_redis: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.add_task(assignee_id=scene.bob.user_id)
    chores = maintenance.chores()
    with clock.frozen(clock.now() + timedelta(seconds=3)):
        for chore in chores:
            chore.run()
        assert read("SELECT count(*) FROM notifications") == 0
        monkeypatch.setattr(maintenance, "REDIS_PATIENCE_SECONDS", 0.0)
        for chore in chores:
            chore.run()
    assert read("SELECT count(*) FROM notifications WHERE kind = 'assigned'") == 1
    assert read("SELECT count(*) FROM audit_logs") == read("SELECT count(*) FROM audit_chain")


@pytest.mark.parametrize(
    ("table", "column", "days"),
    [
        ("outbox_redo", "applied_at", 7),
        ("operations", "created_at", 30),
        ("notification_intents", "delivered_at", 30),
        ("user_sessions", "revoked_at", 30),
        ("user_sessions", "expires_at", 30),
    ],
)
def test_rows_go_when_they_are_past_their_time(
    scene: Scene, table: str, column: str, days: int
) -> None:
    fill(scene)
    rows = read(f"SELECT count(*) FROM {table}")
    assert rows > 0
    write(f"UPDATE {table} SET {column} = now() - make_interval(days => {days}, hours => -1)")
    assert maintenance.drop_expired() == 0
    write(f"UPDATE {table} SET {column} = now() - make_interval(days => {days}, hours => 1)")
    assert maintenance.drop_expired() == rows
    assert read(f"SELECT count(*) FROM {table}") == 0


def fill(scene: Scene) -> None:
    scene.add_task(assignee_id=scene.bob.user_id)
    relay_everything()
    open_session(scene.ann.user_id, "a secret", kind="browser")
    write(
        "INSERT INTO operations (user_id, op_id, result) VALUES (:id, :id, '{}')",
        id=scene.ann.user_id,
    )


def test_stuck_jobs_wait_while_redis_is_away(scene: Scene, no_redis: None) -> None:
    assert maintenance.requeue_stuck_jobs_if_possible() == 0
