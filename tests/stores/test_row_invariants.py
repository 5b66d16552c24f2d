"""Rows and keys are falsified behind the application's back; the doctor sees it and mends what can be mended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from taskforge import clock
from taskforge.accounts.session_records import hash_sid, open_session, revoke_session
from taskforge.admin import doctor_probes
from taskforge.extensions import db
from taskforge.history import snapshots
from taskforge.ids import new_id
from taskforge.messaging import unread_counter
from taskforge.messaging.redis_client import redis_client
from taskforge.stores import doctor, invariants
from taskforge.stores.actor import Actor
from tests.stores.conftest import catch_up
from tests.stores.healing import Lived, found, repair
from tests.stores.scene import read, relay_everything, write


def test_i4_a_version_without_its_audit_event_is_seen(lived: Lived) -> None:
    write("DELETE FROM audit_chain")
    write("DELETE FROM audit_logs WHERE entity_id = :id AND entity_version = 2", id=lived.task)
    assert found("I4") == [(f"task {lived.task}", False)]
    assert doctor.examine(doctor_probes.probes()).exit_code == doctor.NOT_REPAIRABLE


def test_i6_an_operation_without_effect_is_seen(lived: Lived) -> None:
    op_id = new_id()
    write(
        "INSERT INTO operations (user_id, op_id, result) VALUES (:user_id, :op_id, '{}')",
        user_id=lived.scene.ann.user_id,
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


def test_i8_audit_events_that_nobody_sealed_are_sealed(lived: Lived) -> None:
    lived.scene.add_task()
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
    assert doctor.examine(doctor_probes.probes()).exit_code == doctor.NOT_REPAIRABLE


def test_i9_a_notification_that_got_lost_is_delivered(lived: Lived) -> None:
    lines = read("SELECT count(*) FROM notifications")
    write("DELETE FROM notifications WHERE user_id = :id", id=lived.scene.bob.user_id)
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
    unread_counter.set_unread(lived.scene.bob.user_id, 41)
    write("UPDATE tasks SET comment_count = 7 WHERE task_id = :id", id=lived.task)
    assert found("I10") == [(f"user {lived.scene.bob.user_id}", True), (f"task {lived.task}", True)]
    repair()
    assert read("SELECT comment_count FROM tasks WHERE task_id = :id", id=lived.task) == 1


def test_i11_a_key_that_would_stay_for_ever_gets_an_end(lived: Lived) -> None:
    redis_client().persist(f"user:notifications:count:{lived.scene.bob.user_id}")
    assert len(found("I11")) == 1
    repair()


def test_i11_losing_redis_loses_nothing(lived: Lived) -> None:
    redis_client().flushall()
    assert invariants.check_all(doctor_probes.probes()) == []


def test_i12_sessions_that_are_over_are_forgotten(lived: Lived) -> None:
    session_id = open_session(lived.scene.ann.user_id, "secret", kind="browser")
    key, listed = f"session:{hash_sid('secret').hex()}", f"user:sessions:{lived.scene.ann.user_id}"
    revoke_session(Actor(user_id=lived.scene.ann.user_id, session_id=session_id), session_id)
    redis_client().set(key, b"{}", ex=60)
    redis_client().sadd(listed, hash_sid("secret").hex())
    redis_client().expire(listed, 60)
    assert found("I12") == [(f"key {key}", True), (f"user {lived.scene.ann.user_id}", True)]
    catch_up()
    repair()
    assert redis_client().exists(key, listed) == 0


def test_i13_a_snapshot_that_is_not_true_is_dropped(
    lived: Lived, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "EVENTS_BETWEEN", 4)
    assert snapshots.take_due() == 2
    assert found("I13") == []
    write("UPDATE board_snapshots SET state = jsonb_set(state, '{name}', '\"Other\"')")
    assert found("I13") == [(f"board {lived.scene.board_id}", True)]
    relay_everything()
    repair()
    assert read("SELECT count(*) FROM board_snapshots") == 0
    assert snapshots.take_due() == 2
