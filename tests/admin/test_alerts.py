"""Each alert happens for real, is told once, and once more when it is over."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from structlog.testing import capture_logs

from taskforge import clock, create_app
from taskforge.admin.erasure import erase_deleted_people
from taskforge.admin.watch import Watch
from taskforge.audit import chain
from taskforge.config import Config
from taskforge.leaving.deletion import delete_account
from taskforge.leaving.exports import request_export
from taskforge.messaging import queues
from taskforge.messaging.breaker import MONGODB, POSTGRESQL, REDIS, breaker_of
from taskforge.messaging.redis_client import redis_client
from taskforge.messaging.shared_metrics import ProcessReport, push_report, withdraw_report
from taskforge.stores import mongo, sql
from tests.admin.alert_receiver import Receiver
from tests.stores.conftest import catch_up
from tests.stores.scene import Scene, set_scene, write


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def watched(app: Flask, config: Config, receiver: Receiver) -> Iterator[Flask]:
    """An application that sends its alerts to the receiver, on empty stores."""
    made = create_app(config.replaced(alert_urls=receiver.address, alert_postgresql_mb=1_000_000))
    with made.app_context():
        yield made


@pytest.fixture
def scene(watched: Flask) -> Scene:
    return set_scene()


def steps(number: int = 2) -> None:
    """Some steps of relays that have just been started: none remembers what another one has sent."""
    for _ in range(number):
        Watch().step()


def told(receiver: Receiver, name: str) -> list[str]:
    return [title for title in receiver.titles if name in title]


def begins_and_ends(
    receiver: Receiver, name: str, begin: Callable[[], object], end: Callable[[], object]
) -> None:
    steps()
    assert told(receiver, name) == []
    begin()
    steps()
    assert told(receiver, name) == [f"TaskForge: {name}"]
    end()
    steps()
    assert told(receiver, name) == [f"TaskForge: {name}", f"TaskForge: {name} is over"]


def test_a_late_outbox(scene: Scene, receiver: Receiver) -> None:
    catch_up()

    def begin() -> None:
        scene.add_task()
        write(
            "UPDATE outbox SET created_at = now() - interval '2 minutes', claimed_until = 'infinity'"
        )

    def end() -> None:
        write("UPDATE outbox SET claimed_until = '-infinity'")
        catch_up()

    begins_and_ends(receiver, "outbox-age", begin, end)


def test_parked_rows(scene: Scene, receiver: Receiver) -> None:
    catch_up()

    def begin() -> None:
        scene.add_task()
        write("UPDATE outbox SET parked_at = now()")

    begins_and_ends(receiver, "parked-rows", begin, lambda: write("DELETE FROM outbox"))


def test_a_broken_chain(scene: Scene, receiver: Receiver, watched: Flask, config: Config) -> None:
    task_id = scene.add_task()
    chain.seal_pending(config.audit_key.encode())

    def change(title: str, old: str) -> None:
        with sql.transaction() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(
                text("UPDATE audit_logs SET event = :new WHERE entity_id = :id AND event = :old"),
                {"new": title, "old": old, "id": task_id},
            )

    begins_and_ends(
        receiver,
        "broken-chain",
        lambda: change("task.forged", "task.created"),
        lambda: change("task.created", "task.forged"),
    )


def test_a_stalled_queue(scene: Scene, receiver: Receiver) -> None:
    redis_client().flushdb()

    def begin() -> None:
        queues.wake(queues.AUDIT)
        [job_id] = queues.queue(queues.AUDIT, redis_client()).get_job_ids()
        since = (clock.now() - timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        redis_client().hset(f"rq:job:{job_id}", "enqueued_at", since)

    begins_and_ends(
        receiver, "queue-audit", begin, lambda: queues.queue(queues.AUDIT, redis_client()).empty()
    )


def test_an_export_that_hangs(scene: Scene, receiver: Receiver) -> None:
    def begin() -> None:
        request_export(scene.bob)
        write(
            "UPDATE account_exports SET requested_at = now() - interval '2 hours', retry_at = 'infinity'"
        )

    begins_and_ends(receiver, "late-exports", begin, lambda: write("DELETE FROM account_exports"))


def test_a_deletion_of_an_account_that_hangs(scene: Scene, receiver: Receiver) -> None:
    def begin() -> None:
        address = sql.scalar(
            text("SELECT email FROM users WHERE user_id = :id"), {"id": scene.bob.user_id}
        )
        delete_account(scene.bob, email=address)
        write("UPDATE account_erasures SET requested_at = now() - interval '2 hours'")

    begins_and_ends(receiver, "late-erasures", begin, erase_deleted_people)


def test_a_breaker_that_another_process_reports(watched: Flask, receiver: Receiver) -> None:
    begins_and_ends(
        receiver,
        "breaker-mongodb",
        lambda: push_report(ProcessReport(process="web:x:1", role="web", breakers=(MONGODB,))),
        lambda: withdraw_report("web:x:1"),
    )


def test_a_mongodb_that_the_relay_itself_cannot_reach(
    watched: Flask, receiver: Receiver, config: Config
) -> None:
    nowhere = config.replaced(mongodb_uri="mongodb://127.0.0.1:1/none", mongodb_timeout_ms=50)

    def begin() -> None:
        mongo.connect(nowhere)
        steps(3)  # a breaker opens at the third failure

    begins_and_ends(receiver, "breaker-mongodb", begin, lambda: mongo.connect(config))


def test_a_postgresql_that_is_away_is_told_although_no_row_can_be_written(
    watched: Flask, receiver: Receiver, config: Config
) -> None:
    nowhere = config.replaced(
        alert_urls=receiver.address, database_url="postgresql://taskforge@127.0.0.1:1/none"
    )
    cut_off = create_app(nowhere)

    def begin() -> None:
        with cut_off.app_context():
            steps(4)  # a breaker opens at the third failure

    begins_and_ends(receiver, "breaker-postgresql", begin, breaker_of(POSTGRESQL).reset)


def test_a_postgresql_that_is_away_is_told_again_where_nobody_took_it(
    watched: Flask, receiver: Receiver, config: Config
) -> None:
    receiver.refusals = 3  # all tries of one message
    nowhere = config.replaced(
        alert_urls=receiver.address, database_url="postgresql://taskforge@127.0.0.1:1/none"
    )
    with create_app(nowhere).app_context():
        steps(5)
    assert told(receiver, "breaker-postgresql") == ["TaskForge: breaker-postgresql"]
    breaker_of(POSTGRESQL).reset()


def test_a_full_redis(watched: Flask, receiver: Receiver) -> None:
    client = redis_client()
    for number in range(200):  # 5 % of it are enough for what else is written meanwhile
        client.set(f"filler:{number}", b"x" * 40_000, ex=600)
    used = client.info("memory")["used_memory"]
    before = client.config_get("maxmemory")["maxmemory"]
    policy = client.config_get("maxmemory-policy")["maxmemory-policy"]
    client.config_set("maxmemory-policy", "noeviction")
    try:
        begins_and_ends(
            receiver,
            f"disk-{REDIS}",
            lambda: client.config_set("maxmemory", int(used * 1.05)),
            lambda: client.config_set("maxmemory", 0),
        )
    finally:
        client.config_set("maxmemory", before)
        client.config_set("maxmemory-policy", policy)


def test_a_large_postgresql(watched: Flask, receiver: Receiver, config: Config) -> None:
    small = create_app(config.replaced(alert_urls=receiver.address, alert_postgresql_mb=1))
    for _ in range(2):
        with small.app_context():
            Watch().step()
    assert told(receiver, "disk-postgresql") == ["TaskForge: disk-postgresql"]
    steps()
    assert told(receiver, "disk-postgresql")[1:] == ["TaskForge: disk-postgresql is over"]


def test_stores_that_differ(scene: Scene, receiver: Receiver) -> None:
    task_id = scene.add_task()
    catch_up()
    documents = mongo.collection("tasks")

    def set_title(title: str) -> None:
        assert documents.update_one({"_id": task_id}, {"$set": {"title": title}}).modified_count

    title = documents.find_one({"_id": task_id})["title"]
    watch = Watch()
    for wanted in ([], ["TaskForge: doctor"], ["TaskForge: doctor", "TaskForge: doctor is over"]):
        for _ in range(8):  # a turn looks at one part only
            watch._turn_at = 0.0
            watch.step()
        assert told(receiver, "doctor") == wanted
        if len(wanted) < 2:
            set_title(title if wanted else "Something else")


def test_a_message_that_nobody_took_is_sent_later_and_its_address_stays_secret(
    scene: Scene, receiver: Receiver
) -> None:
    catch_up()
    scene.add_task()
    write("UPDATE outbox SET parked_at = now()")
    receiver.refusals = 3
    with capture_logs() as entries:
        steps()
    assert told(receiver, "parked-rows") == []
    write("UPDATE alerts SET claimed_until = '-infinity'")
    steps()
    assert told(receiver, "parked-rows") == ["TaskForge: parked-rows"]
    assert any(each["event"] == "alert_not_taken" for each in entries)
    assert "secret" not in repr(entries)


def test_nobody_is_told_where_nothing_is_configured(app: Flask, receiver: Receiver) -> None:
    with app.app_context():
        scene = set_scene()
        scene.add_task()
        write("UPDATE outbox SET parked_at = now()")
        steps()
        assert sql.scalar(text("SELECT count(*) FROM alerts")) == 0
    assert receiver.titles == []


def test_messages_name_no_person_and_no_board(scene: Scene, receiver: Receiver) -> None:
    catch_up()
    task_id = scene.add_task()
    write("UPDATE outbox SET parked_at = now()")
    steps()
    assert receiver.bodies
    for word in (task_id, scene.board_id, scene.ann.user_id, scene.bob.user_id):
        assert word not in "".join(receiver.bodies)


def test_a_lost_redis_repeats_no_message(scene: Scene, receiver: Receiver) -> None:
    catch_up()
    scene.add_task()
    write("UPDATE outbox SET parked_at = now()")
    steps()
    redis_client().flushdb()
    steps()
    assert told(receiver, "parked-rows") == ["TaskForge: parked-rows"]
