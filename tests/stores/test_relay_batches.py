"""The relay's batches: many documents in one write, and none that keeps another from arriving."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from taskforge.comments.service import create_comment
from taskforge.stores import mongo, outbox, relay
from taskforge.tasks.service import edit_task, move_task
from tests.stores.messages import comment_message, insert, parts_of, refuse_next_document
from tests.stores.scene import Scene, document, read, relay_everything, write


def test_both_parts_of_a_new_document_are_one_write(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers: list[int] = []
    send = mongo._write_all

    def count(name: str, writes: Sequence[mongo.Command]) -> Sequence[int]:
        numbers.append(len(writes))
        return send(name, writes)

    monkeypatch.setattr(mongo, "_write_all", count)
    task_ids = [scene.add_task() for _ in range(3)]
    assert relay_everything().applied == 6
    assert numbers == [3]
    for task_id in task_ids:
        stored = document("tasks", task_id)
        assert stored is not None
        assert (stored["doc_version"], stored["core_version"]) == (1, 1)


def test_a_part_that_is_there_does_not_keep_the_other_part_from_arriving(scene: Scene) -> None:
    task_id = scene.add_task(texts={"description": "One"})
    late = outbox.claim(100)
    edit_task(scene.ann, task_id, changes={"description": "Two"})
    assert parts_of(late) == [("mirror", 1), ("content", 1)]
    assert mongo.apply_all([message.change for message in late]) == [0, 1]
    for message in late:
        mongo.apply(*message.change)
    stored = document("tasks", task_id)
    assert stored is not None
    assert (stored["description"], stored["doc_version"], stored["core_version"]) == ("Two", 2, 1)


def test_a_refused_message_does_not_hold_up_the_others(scene: Scene) -> None:
    refuse_next_document(scene)
    task_id = scene.add_task()
    relay_everything()
    stored = document("tasks", task_id)
    assert stored is not None
    assert stored["core_version"] == 1


def test_what_mongodb_refuses_of_a_batch_backs_off_alone_and_the_rest_arrives(scene: Scene) -> None:
    insert(comment_message(scene, mongo.encode({"_id": "another"})))
    task_ids = [scene.add_task() for _ in range(3)]
    comment = create_comment(scene.ann, task_ids[0], content="Fine").entity_id
    write("UPDATE outbox SET claimed_until = '-infinity'")
    outcome = relay.process_batch()
    assert (outcome.refused, outcome.away) == (1, False)
    for task_id in task_ids:
        stored = document("tasks", task_id)
        assert stored is not None
        assert stored["core_version"] >= 1
    assert document("comments", comment) is not None
    assert read("SELECT count(*) FROM outbox") == read("SELECT max(attempts) FROM outbox") == 1


def test_a_batch_with_what_mongodb_has_in_a_newer_version_is_settled(scene: Scene) -> None:
    task_id = scene.add_task()
    relay_everything()
    move_task(scene.ann, task_id, column_id=scene.columns[1])
    late = outbox.claim(100)
    move_task(scene.ann, task_id, column_id=scene.columns[2])
    relay_everything()
    assert mongo.apply_all([message.change for message in late]) == [
        0
    ]  # a duplicate key: ask alone
    write("INSERT INTO outbox (entity_type, entity_id, part, version, payload)"
          " VALUES (:type, :id, :part, :version, :payload)",
          type=late[0].entity_type, id=task_id, part=late[0].part, version=late[0].version,
          payload=late[0].payload)  # fmt: skip
    outcome = relay.process_batch()
    assert (outcome.applied, outcome.refused) == (1, 0)
    stored = document("tasks", task_id)
    assert stored is not None
    assert (stored["column_id"], stored["core_version"]) == (scene.columns[2], 3)
    assert read("SELECT count(*) FROM outbox") == 0


def test_an_outage_amid_a_batch_gives_all_of_it_back(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        scene.add_task()

    def go_away(_changes: object) -> list[int]:
        raise mongo.DocumentsUnavailable

    monkeypatch.setattr(mongo, "apply_all", go_away)
    assert relay.process_batch().away
    assert read("SELECT sum(attempts) FROM outbox") == 0
    monkeypatch.undo()
    write("UPDATE outbox SET claimed_until = '-infinity'")
    relay_everything()
    assert read("SELECT count(*) FROM outbox") == 0


def test_a_batch_holds_so_many_bytes_and_the_rest_follows(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "MAX_BATCH_BYTES", 1)
    for _ in range(3):
        scene.add_task()
    waiting = read("SELECT count(*) FROM outbox")
    assert waiting > 1
    assert relay.process_batch().claimed == 1
    assert read("SELECT count(*) FROM outbox WHERE attempts > 0") == 0
    assert relay.process_outbox(seconds=10).applied == waiting - 1
    assert read("SELECT count(*) FROM outbox") == 0
