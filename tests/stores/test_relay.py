"""The relay brings MongoDB up to what PostgreSQL committed, whoever died or was away before."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from flask import Flask

from taskforge.comments.queries import list_comments
from taskforge.comments.service import create_comment, edit_comment
from taskforge.config import Config
from taskforge.stores import mongo, outbox, relay
from taskforge.tasks.queries import get_task
from taskforge.tasks.service import edit_task, move_task
from tests.stores.messages import parts_of, refuse_next_document
from tests.stores.scene import Scene, document, read, relay_everything, set_scene, write
from tests.waiting import wait_until


@pytest.fixture
def scene(app: Flask) -> Iterator[Scene]:
    with app.app_context():
        made = set_scene()
        relay_everything()
        yield made


@pytest.fixture
def no_mongo(scene: Scene, config: Config) -> Iterator[Callable[[], None]]:
    """MongoDB refuses connections, until the returned function is called."""

    def come_back() -> None:
        mongo.connect(config)

    nowhere = "mongodb://127.0.0.1:9/taskforge_test?directConnection=true"
    mongo.connect(config.replaced(mongodb_uri=nowhere, mongodb_timeout_ms=200))
    yield come_back
    come_back()


def test_a_move_reaches_the_document(scene: Scene) -> None:
    task_id = scene.add_task()
    move_task(scene.ann, task_id, column_id=scene.columns[2])
    relay_everything()
    stored = document("tasks", task_id)
    assert stored is not None
    assert (stored["column_id"], stored["core_version"]) == (scene.columns[2], 2)
    assert read("SELECT count(*) FROM outbox") == 0


def test_a_first_text_is_read_from_the_outbox_until_the_relay_brings_it(scene: Scene) -> None:
    task_id = scene.add_task(texts={"description": "New *words*"})
    comment = create_comment(scene.ann, task_id, content="At once").entity_id
    for is_there in (False, True):
        assert (document("tasks", task_id) is not None) is is_there
        assert (document("comments", comment) is not None) is is_there
        view = get_task(scene.ann, task_id)
        assert view.texts is not None
        assert view.texts["description"] == "New *words*"
        assert [shown.content for shown in list_comments(scene.ann, task_id)] == ["At once"]
        relay_everything()
    assert read("SELECT count(*) FROM outbox") == 0
    assert read("SELECT count(*) FROM outbox_redo WHERE entity_id = :id", id=task_id) == 1


def test_a_first_text_that_waits_too_long_is_said_to_be_on_its_way(scene: Scene) -> None:
    task_id = scene.add_task()
    make_it = "UPDATE tasks SET created_at = created_at + CAST(:by AS interval) WHERE task_id = :id"
    write(make_it, by="1 hour", id=task_id)  # however slow the test is
    assert not get_task(scene.ann, task_id).syncing
    write(make_it, by="-2 hours", id=task_id)
    assert get_task(scene.ann, task_id).syncing
    relay_everything()
    assert not get_task(scene.ann, task_id).syncing


def test_only_the_newest_version_is_applied(scene: Scene) -> None:
    task_id = scene.add_task()
    for column_id in scene.columns[1:4]:
        move_task(scene.ann, task_id, column_id=column_id)
    claimed = outbox.claim(100)
    assert parts_of(claimed) == [("content", 1), ("mirror", 4)]
    outbox.settle(claimed)
    assert read("SELECT count(*) FROM outbox") == 0


def test_two_relays_never_hold_the_same_message(scene: Scene) -> None:
    for _ in range(5):
        scene.add_task()
    first, second = outbox.claim(6), outbox.claim(6)
    assert len(first) == 6
    assert len(second) == 4
    assert not {message.outbox_id for message in first} & {message.outbox_id for message in second}


def test_a_claim_is_bounded_whatever_the_planner_knows(scene: Scene) -> None:
    write("ANALYZE outbox")  # of an empty table: the plan is now one for a single row
    for _ in range(5):
        scene.add_task()
    assert len(outbox.claim(3)) == 3


def test_an_outage_costs_no_attempts(scene: Scene, no_mongo: Callable[[], None]) -> None:
    task_id = scene.add_task()
    for _ in range(3):
        write("UPDATE outbox SET claimed_until = '-infinity'")
        assert relay.process_batch().away
    assert read("SELECT max(attempts) FROM outbox") == 0
    no_mongo()
    write("UPDATE outbox SET claimed_until = '-infinity'")
    relay_everything()
    assert document("tasks", task_id) is not None


def test_a_text_that_could_not_be_applied_is_handed_to_the_relay_at_once(
    scene: Scene, no_mongo: Callable[[], None]
) -> None:
    task_id = scene.add_task()
    edit_task(scene.ann, task_id, changes={"description": "While MongoDB is away"})
    assert get_task(scene.ann, task_id).syncing
    no_mongo()
    assert parts_of(outbox.claim(100)) == [("content", 2), ("mirror", 2)]


def test_a_message_that_mongodb_refuses_backs_off_is_parked_and_kept(scene: Scene) -> None:
    refuse_next_document(scene)
    for attempt in range(1, outbox.ATTEMPTS_UNTIL_PARKED + 1):
        assert relay.process_batch().refused == 1
        assert read("SELECT attempts FROM outbox") == attempt
        write("UPDATE outbox SET claimed_until = '-infinity'")
    assert relay.process_batch().claimed == 0
    assert read("SELECT parked_at IS NOT NULL AND last_error <> '' FROM outbox")


def test_a_relay_looks_at_most_four_times_a_second_however_often_it_is_woken(
    app: Flask, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []
    monkeypatch.setattr(relay.outbox, "claim", lambda _limit: looks.append(time.monotonic()) or [])
    worker = relay.Relay()

    def run() -> None:
        with app.app_context():
            worker.run()

    thread = threading.Thread(target=run)
    thread.start()
    for _ in range(30):
        write(f"NOTIFY {outbox.CHANNEL}")
        time.sleep(0.03)
    assert wait_until(lambda: len(looks) >= 2)
    worker.stop()
    thread.join(timeout=30)
    assert not thread.is_alive()
    assert all(later - earlier > 0.24 for earlier, later in pairwise(looks))


def test_a_message_that_kills_its_relay_is_parked_alone(scene: Scene) -> None:
    for _ in range(3):
        scene.add_task()
    for _ in range(outbox.ATTEMPTS_UNTIL_SUSPECT):
        assert len(outbox.claim(100)) == 6  # and the process dies
        write("UPDATE outbox SET claimed_until = '-infinity'")
    assert len(outbox.claim(100)) == 1
    write("UPDATE outbox SET attempts = :most", most=outbox.ATTEMPTS_UNTIL_PARKED)
    write("UPDATE outbox SET claimed_until = '-infinity'")
    assert outbox.claim(100) == []
    assert read("SELECT count(*) FROM outbox WHERE parked_at IS NOT NULL") == 6


def test_a_text_stays_in_the_redo_log_after_it_was_applied(scene: Scene) -> None:
    task_id = scene.add_task()
    comment = create_comment(scene.ann, task_id, content="One").entity_id
    edit_comment(scene.ann, comment, content="Two")
    kept = "SELECT array_agg(version ORDER BY version) FROM outbox_redo WHERE entity_id = :id"
    assert read(kept, id=comment) == [1, 2]


def test_a_running_relay_hears_of_new_work_and_stops_when_told(app: Flask, scene: Scene) -> None:
    worker = relay.Relay([relay.Chore("break", 0.1, lambda: 1 / 0)])

    def run() -> None:
        with app.app_context():
            worker.run()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        task_id = scene.add_task(texts={"description": "Both sides"})
        edit_task(scene.ann, task_id, changes={"title": "Paint it blue"})
        assert wait_until(lambda: read("SELECT count(*) FROM outbox") == 0)
        stored = document("tasks", task_id)
    finally:
        worker.stop()
        thread.join(timeout=30)
    assert not thread.is_alive()
    assert stored is not None
    assert (stored["title"], stored["core_version"]) == ("Paint it blue", 2)
