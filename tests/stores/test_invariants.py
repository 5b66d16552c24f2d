"""Each invariant is broken on purpose, behind the application's back; the doctor sees it and mends it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError

from taskforge import clock, redis_cache
from taskforge.accounts.session_records import hash_sid, open_session, revoke_session
from taskforge.admin import checkup
from taskforge.audit import chain
from taskforge.comments.service import create_comment, delete_comment, edit_comment
from taskforge.extensions import config_of, db, redis_client
from taskforge.ids import new_id
from taskforge.notifications import handlers as notifications
from taskforge.stores import comparing, doctor, invariants, mongo
from taskforge.stores.actor import Actor
from taskforge.tasks.service import delete_task, edit_task, move_task
from tests.stores.scene import (
    Scene,
    document,
    read,
    relay_everything,
    set_scene,
    with_op,
    write,
)

TEXT = {"description": "Two coats, *green*", "tags": ["home"]}


class Lived(Scene):
    """A scene in which things have happened."""

    task: str
    trashed: str
    comment: str


@pytest.fixture
def lived(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lived]:
    monkeypatch.setattr(comparing, "SECOND_LOOK_SECONDS", 0.0)
    with app.app_context():
        scene = set_scene()
        lived = Lived(scene.ann, scene.bob, scene.team_id, scene.board_id, scene.columns)
        task = scene.add_task(texts=TEXT, assignee_id=scene.bob.user_id)
        edit_task(with_op(scene.ann), task, changes={"description": "Three coats"})
        move_task(with_op(scene.bob), task, column_id=scene.columns[2])
        comment = create_comment(scene.bob, task, content="Which green?").entity_id
        edit_comment(scene.bob, comment, content="Which green, @ann?")
        trashed = scene.add_task("Buy brushes")
        delete_task(scene.ann, trashed)
        object.__setattr__(lived, "task", task)
        object.__setattr__(lived, "trashed", trashed)
        object.__setattr__(lived, "comment", comment)
        catch_up()
        assert invariants.check_all(checkup.probes()) == []
        yield lived


def catch_up() -> None:
    relay_everything()
    chain.seal_pending(config_of().audit_key.encode())
    notifications.deliver()


def found(name: str) -> list[tuple[str, bool]]:
    """What the check of an invariant finds: of what, and whether it can be repaired."""
    violations = invariants.check(name, checkup.probes())
    return [(violation.entity, violation.repairable) for violation in violations]


def repair() -> doctor.Report:
    """Have everything mended, and see that a second look finds nothing."""
    report = doctor.treat(checkup.probes(), checkup.remedies())
    assert report.exit_code == doctor.REPAIRED, report.left
    assert report.left == []
    second = doctor.examine(checkup.probes())
    assert (second.found, second.exit_code) == ([], doctor.CLEAN)
    return report


def change(collection: str, entity_id: str, **fields: Any) -> None:
    mongo.collection(collection).update_one({"_id": entity_id}, {"$set": fields})


def test_i1_a_document_that_fell_behind_is_written_again(lived: Lived) -> None:
    change("tasks", lived.task, doc_version=1, description="Two coats")
    assert found("I1") == [(f"task {lived.task}", True)]
    repair()
    stored = document("tasks", lived.task)
    assert stored is not None
    assert (stored["description"], stored["doc_version"]) == ("Three coats", 2)


def test_i1_a_copy_that_fell_behind_is_made_from_the_row(lived: Lived) -> None:
    change("tasks", lived.task, core_version=1, title="Old", column_id=lived.columns[0])
    assert found("I1") == [(f"task {lived.task}", True)]
    repair()


@pytest.mark.parametrize("collection", ["tasks", "comments", "profiles"])
def test_i1_documents_that_were_lost_are_written_again(lived: Lived, collection: str) -> None:
    mongo.collection(collection).delete_many({})
    assert found("I1")
    assert all(repairable for _, repairable in found("I1"))
    repair()


def test_i1_what_waits_in_the_outbox_is_no_fault_until_it_waits_for_long(lived: Lived) -> None:
    move_task(lived.ann, lived.task, column_id=lived.columns[3])
    assert found("I1") == []
    write("UPDATE outbox SET created_at = now() - interval '2 minutes'")
    assert found("I1") == [(f"task {lived.task}", True)]
    repair()


def test_i1_a_parked_message_is_tried_again(lived: Lived) -> None:
    move_task(lived.ann, lived.task, column_id=lived.columns[3])
    write("UPDATE outbox SET parked_at = now(), attempts = 12, last_error = 'no'")
    assert found("I1") == [(f"task {lived.task}", True)]
    repair()


def test_i1_a_message_that_is_refused_again_stays_parked(lived: Lived) -> None:
    write(
        "INSERT INTO outbox (entity_type, entity_id, register, version, payload, parked_at)"
        " VALUES ('comment', :id, 'text', 1, 'no document', now())",
        id=lived.comment,
    )
    report = doctor.treat(checkup.probes(), checkup.remedies())
    assert report.exit_code == doctor.REPAIRED
    assert [violation.invariant for violation in report.left] == ["I1"]
    assert read("SELECT count(*) FROM outbox WHERE parked_at IS NOT NULL") == 1


@pytest.mark.parametrize(
    ("collection", "counter"), [("tasks", "doc_version"), ("tasks", "core_version")]
)
def test_i2_a_document_that_is_ahead_is_set_aside_and_replaced(
    lived: Lived, collection: str, counter: str
) -> None:
    change(collection, lived.task, **{counter: 9, "description": "From the future"})
    assert (f"task {lived.task}", True) in found("I2")
    repair()
    aside = mongo.collection(doctor.QUARANTINE).find_one({"document._id": lived.task})
    assert aside is not None
    assert aside["document"]["description"] == "From the future"


@pytest.mark.parametrize("entity_id", [new_id(), "no uuid at all"], ids=["unknown", "malformed"])
def test_i2_a_document_without_a_row_goes_into_quarantine(lived: Lived, entity_id: str) -> None:
    mongo.collection("tasks").insert_one({"_id": entity_id, "description": "Whose?"})
    assert found("I2") == [(f"task {entity_id}", True)]
    repair()
    assert document("tasks", entity_id) is None
    assert mongo.collection(doctor.QUARANTINE).count_documents({"document._id": entity_id}) == 1


def test_i3_a_text_that_no_store_has_is_beyond_repair(lived: Lived) -> None:
    mongo.collection("comments").delete_many({})
    write("DELETE FROM outbox_redo WHERE entity_id = :id", id=lived.comment)
    assert found("I3") == [(f"comment {lived.comment}", False)]
    report = doctor.treat(checkup.probes(), checkup.remedies())
    assert report.exit_code == doctor.NOT_REPAIRABLE
    assert [violation.entity_id for violation in report.left] == [lived.comment]


def test_i3_a_pending_text_that_is_not_the_committed_one_is_seen(lived: Lived) -> None:
    write(
        "INSERT INTO outbox (entity_type, entity_id, register, version, payload)"
        " SELECT entity_type, entity_id, register, version, payload || 'x' FROM outbox_redo"
        " WHERE entity_id = :id AND version = 2",
        id=lived.task,
    )
    assert found("I3") == [(f"task {lived.task}", False)]


def test_i4_a_version_without_its_fact_is_seen(lived: Lived) -> None:
    write("DELETE FROM audit_chain")
    write("DELETE FROM audit_logs WHERE entity_id = :id AND entity_version = 2", id=lived.task)
    assert found("I4") == [(f"task {lived.task}", False)]
    assert doctor.examine(checkup.probes()).exit_code == doctor.NOT_REPAIRABLE


def test_i5_a_document_that_does_not_say_it_is_deleted_is_mended(lived: Lived) -> None:
    change("tasks", lived.trashed, deleted=False)
    assert found("I5") == [(f"task {lived.trashed}", True)]
    repair()
    stored = document("tasks", lived.trashed)
    assert stored is not None
    assert stored["deleted"] is True


def test_i5_a_deleted_comment_needs_no_document(lived: Lived) -> None:
    delete_comment(lived.bob, lived.comment)
    catch_up()
    mongo.collection("comments").delete_many({})
    assert invariants.check_all(checkup.probes()) == []


def test_i6_an_operation_without_effect_is_seen(lived: Lived) -> None:
    op_id = new_id()
    write(
        "INSERT INTO operations (user_id, op_id, result) VALUES (:user_id, :op_id, '{}')",
        user_id=lived.ann.user_id,
        op_id=op_id,
    )
    assert found("I6") == [(f"operation {op_id}", False)]


def test_i6_an_effect_without_its_operation_is_seen(lived: Lived) -> None:
    assert write("DELETE FROM operations") == 2
    assert len(found("I6")) == 2


def test_i6_an_operation_that_took_effect_twice_is_seen(lived: Lived) -> None:
    doubled = write(
        "INSERT INTO audit_logs (event_id, event, entity_type, entity_id, entity_version, action, actor_id,"
        " action_timestamp, operation_id) SELECT gen_random_uuid(), event, entity_type, entity_id, 99, action,"
        " actor_id, action_timestamp, operation_id FROM audit_logs WHERE operation_id IS NOT NULL LIMIT 1"
    )
    assert doubled == 1
    assert len(found("I6")) == 1


@pytest.mark.parametrize(
    "change_made",
    [
        {"description": "Ten coats"},
        {"tags": ["HOME"]},
        {"custom_fields": [{"k": "a", "v": 1}]},
        {"title": "Another title"},
        {"due_at": clock.now()},
    ],
)
def test_i7_a_document_that_was_changed_from_outside_is_restored(
    lived: Lived, change_made: dict[str, Any]
) -> None:
    before = document("tasks", lived.task)
    change("tasks", lived.task, **change_made)
    assert found("I7") == [(f"task {lived.task}", True)]
    repair()
    assert document("tasks", lived.task) == before


def test_i7_a_changed_text_without_a_copy_is_beyond_repair_and_left_alone(lived: Lived) -> None:
    write("DELETE FROM outbox_redo")
    change("comments", lived.comment, content="I never said that")
    assert found("I7") == [(f"comment {lived.comment}", False)]
    report = doctor.treat(checkup.probes(), checkup.remedies())
    assert report.exit_code == doctor.NOT_REPAIRABLE
    assert document("comments", lived.comment) is not None


def test_i8_facts_that_nobody_sealed_are_sealed(lived: Lived) -> None:
    lived.add_task()
    assert found("I8") == []
    with clock.frozen(clock.now() + timedelta(seconds=61)):
        assert found("I8") == [("audit chain", True)]
        relay_everything()
        repair()


def test_i8_a_broken_chain_is_beyond_repair(lived: Lived) -> None:
    write(
        "UPDATE audit_logs SET new_state = '{}' WHERE log_id = (SELECT max(log_id) FROM audit_logs)"
    )
    assert found("I8") == [("audit chain", False)]
    assert doctor.examine(checkup.probes()).exit_code == doctor.NOT_REPAIRABLE


def test_i9_a_notification_that_got_lost_is_delivered(lived: Lived) -> None:
    lines = read("SELECT count(*) FROM notifications")
    write("DELETE FROM notifications WHERE user_id = :id", id=lived.bob.user_id)
    assert found("I9")
    repair()
    assert read("SELECT count(*) FROM notifications") == lines


def test_i9_a_second_line_for_the_same_event_is_refused_by_the_table(lived: Lived) -> None:
    with pytest.raises(DBAPIError, match="uq_notifications"), db.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO notifications (notification_id, event_id, user_id, kind, payload, created_at)"
            " SELECT gen_random_uuid(), event_id, user_id, kind, payload, created_at FROM notifications"
        )


def test_i10_wrong_counters_are_counted_again(lived: Lived) -> None:
    redis_cache.set_unread(lived.bob.user_id, 41)
    write("UPDATE tasks SET comment_count = 7 WHERE task_id = :id", id=lived.task)
    assert found("I10") == [(f"user {lived.bob.user_id}", True), (f"task {lived.task}", True)]
    repair()
    assert read("SELECT comment_count FROM tasks WHERE task_id = :id", id=lived.task) == 1


def test_i11_a_key_that_would_stay_for_ever_gets_an_end(lived: Lived) -> None:
    redis_client().persist(f"user:notifications:count:{lived.bob.user_id}")
    assert len(found("I11")) == 1
    repair()


def test_i11_losing_redis_loses_nothing(lived: Lived) -> None:
    redis_client().flushall()
    assert invariants.check_all(checkup.probes()) == []


def test_i12_sessions_that_are_over_are_forgotten(lived: Lived) -> None:
    session_id = open_session(lived.ann.user_id, "secret", kind="browser")
    key, listed = f"session:{hash_sid('secret').hex()}", f"user:sessions:{lived.ann.user_id}"
    revoke_session(Actor(user_id=lived.ann.user_id, session_id=session_id), session_id)
    redis_client().set(key, b"{}", ex=60)
    redis_client().sadd(listed, hash_sid("secret").hex())
    redis_client().expire(listed, 60)
    assert found("I12") == [(f"key {key}", True), (f"user {lived.ann.user_id}", True)]
    catch_up()
    repair()
    assert redis_client().exists(key, listed) == 0
