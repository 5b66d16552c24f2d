"""Documents are falsified behind the application's back; the doctor sees it and mends what can be mended."""

from __future__ import annotations

from typing import Any

import pytest

from taskforge import clock
from taskforge.admin import doctor_probes
from taskforge.comments.service import delete_comment
from taskforge.ids import new_id
from taskforge.stores import doctor, invariants, mongo
from taskforge.tasks.service import move_task
from tests.stores.conftest import catch_up
from tests.stores.healing import Lived, found, repair
from tests.stores.scene import document, read, write


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
    change("tasks", lived.task, core_version=1, title="Old", column_id=lived.scene.columns[0])
    assert found("I1") == [(f"task {lived.task}", True)]
    repair()


@pytest.mark.parametrize("collection", ["tasks", "comments", "profiles"])
def test_i1_documents_that_were_lost_are_written_again(lived: Lived, collection: str) -> None:
    mongo.collection(collection).delete_many({})
    assert found("I1")
    assert all(repairable for _, repairable in found("I1"))
    repair()


def test_i1_what_waits_in_the_outbox_is_no_fault_until_it_waits_for_long(lived: Lived) -> None:
    move_task(lived.scene.ann, lived.task, column_id=lived.scene.columns[3])
    assert found("I1") == []
    write("UPDATE outbox SET created_at = now() - interval '2 minutes'")
    assert found("I1") == [(f"task {lived.task}", True)]
    repair()


def test_i1_a_parked_message_is_tried_again(lived: Lived) -> None:
    move_task(lived.scene.ann, lived.task, column_id=lived.scene.columns[3])
    write("UPDATE outbox SET parked_at = now(), attempts = 12, last_error = 'no'")
    assert found("I1") == [(f"task {lived.task}", True)]
    repair()


def test_i1_a_message_that_is_refused_again_stays_parked(lived: Lived) -> None:
    write(
        "INSERT INTO outbox (entity_type, entity_id, part, version, payload, parked_at)"
        " VALUES ('comment', :id, 'content', 1, 'no document', now())",
        id=lived.comment,
    )
    report = doctor.treat(doctor_probes.probes(), doctor_probes.remedies())
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
    report = doctor.treat(doctor_probes.probes(), doctor_probes.remedies())
    assert report.exit_code == doctor.NOT_REPAIRABLE
    assert [violation.entity_id for violation in report.left] == [lived.comment]


def test_i3_a_pending_text_that_is_not_the_committed_one_is_seen(lived: Lived) -> None:
    write(
        "INSERT INTO outbox (entity_type, entity_id, part, version, payload)"
        " SELECT entity_type, entity_id, part, version, payload || 'x' FROM outbox_redo"
        " WHERE entity_id = :id AND version = 2",
        id=lived.task,
    )
    assert found("I3") == [(f"task {lived.task}", False)]


def test_i5_a_document_that_does_not_say_it_is_deleted_is_mended(lived: Lived) -> None:
    change("tasks", lived.trashed, deleted=False)
    assert found("I5") == [(f"task {lived.trashed}", True)]
    repair()
    stored = document("tasks", lived.trashed)
    assert stored is not None
    assert stored["deleted"] is True


def test_i5_a_deleted_comment_needs_no_document(lived: Lived) -> None:
    delete_comment(lived.scene.bob, lived.comment)
    catch_up()
    mongo.collection("comments").delete_many({})
    assert invariants.check_all(doctor_probes.probes()) == []


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
    report = doctor.treat(doctor_probes.probes(), doctor_probes.remedies())
    assert report.exit_code == doctor.NOT_REPAIRABLE
    assert document("comments", lived.comment) is not None


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE tasks SET tags = ARRAY['forged']",
        "UPDATE tasks SET checklist_total = 40",
        "UPDATE users SET display_name = 'Somebody Else'",
        "UPDATE users SET theme = 'dark'",
    ],
)
def test_i7_a_rows_copy_of_its_text_is_made_true_again(lived: Lived, damage: str) -> None:
    columns = (
        "SELECT array_agg((tags::text, checklist_total)::text ORDER BY task_id) FROM tasks",
        "SELECT array_agg((display_name, theme)::text ORDER BY user_id) FROM users",
    )
    before = [read(column) for column in columns]
    write(damage)
    assert found("I7")
    assert all(repairable for _, repairable in found("I7"))
    repair()
    assert [read(column) for column in columns] == before
