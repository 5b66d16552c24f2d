"""What the doctor finds wrong with files (I18 to I20), and what it mends: nothing that a row names is ever removed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from taskforge import clock
from taskforge.admin import doctor_probes
from taskforge.attachments import sweep
from taskforge.attachments.blob_keys import file_key, page_key, thumbnail_key
from taskforge.attachments.service import attach_to_comment
from taskforge.attachments.thumbnails import make_due
from taskforge.comments.service import create_comment
from taskforge.errors import Unavailable
from taskforge.ids import new_id
from taskforge.messaging import breaker as breakers
from taskforge.stores import blobs, doctor, invariants, mongo
from tests.attachments.files import HELLO, attach, row_of, sent, stored_bytes, stored_keys
from tests.pdfs import paper
from tests.pictures import picture_file
from tests.stores.conftest import assert_stores_agree, catch_up
from tests.stores.scene import Scene, document, write


def found(name: str) -> list[tuple[str, bool]]:
    return [(one.entity, one.repairable) for one in invariants.check(name, doctor_probes.probes())]


def repair() -> None:
    doctor.treat(doctor_probes.probes(), doctor_probes.remedies())


@pytest.fixture
def task_id(scene: Scene) -> str:
    return scene.add_task()


def test_a_file_whose_bytes_are_lost_is_named_and_its_row_stays(scene: Scene, task_id: str) -> None:
    lost, kept = attach(scene.ann, task_id), attach(scene.ann, task_id)
    blobs.store().delete([file_key(lost)])
    catch_up()
    assert found("I18") == [(f"attachment {lost}", False)]
    repair()
    assert row_of(lost)["deleted_at"] is None
    assert stored_bytes(kept) == HELLO


def test_a_file_that_is_not_the_one_attached_is_named(scene: Scene, task_id: str) -> None:
    attachment_id = attach(scene.ann, task_id)
    write("UPDATE attachments SET sha256 = sha256('other') WHERE true")
    assert found("I18") == [(f"attachment {attachment_id}", False)]
    assert stored_bytes(attachment_id) == HELLO


def test_blobs_without_a_row_are_removed_when_they_are_old(scene: Scene, task_id: str) -> None:
    kept = attach(scene.ann, task_id)
    for key in (file_key(new_id()), thumbnail_key(new_id()), page_key(new_id(), 7)):
        blobs.store().write(key, [b"left"])
    blobs.store().write("else/where", [b"of nobody here"])
    assert found("I18") == []
    catch_up()
    with clock.frozen(clock.now() + 2 * sweep.UNNAMED_FOR + timedelta(minutes=1)):
        assert [repairable for _, repairable in found("I18")] == [True] * 3
        repair()
        assert found("I18") == []
    assert stored_keys() == [file_key(kept), "else/where"]


def test_so_many_blobs_without_a_row_wait_for_a_person(scene: Scene, task_id: str) -> None:
    kept = attach(scene.ann, task_id)
    write("DELETE FROM attachments")  # as if this were the database of the day before
    for _ in range(sweep.MOST_SWEPT):
        blobs.store().write(file_key(new_id()), [b"of a newer database"])
    later = clock.now() + 2 * sweep.UNNAMED_FOR + timedelta(minutes=1)
    assert sweep.sweep_blobs(later) == 0
    assert len(stored_keys()) == sweep.MOST_SWEPT + 1
    with clock.frozen(later):
        assert ("blob " + file_key(kept), True) in found("I18")
        sweep.remove_unnamed([])
    assert stored_keys() == []


def test_a_store_that_is_away_is_not_one_in_which_nothing_is_wrong(
    scene: Scene, task_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    attach(scene.ann, task_id, picture_file(), "a.png")
    make_due()
    monkeypatch.setattr(breakers, "OPEN_SECONDS", 600)
    while not mongo.breaker.is_open:
        mongo.breaker._record_failure()
    for name in ("I18", "I19"):
        with pytest.raises(Unavailable):
            found(name)
    mongo.breaker.reset()


def test_thumbnails_that_are_lost_or_late_are_made_again(scene: Scene, task_id: str) -> None:
    lost = attach(scene.ann, task_id, picture_file(), "a.png")
    torn = attach(scene.ann, task_id, paper("one", "two"), "a.pdf")
    make_due()
    late = attach(scene.ann, task_id, picture_file(), "b.png")
    keys = [thumbnail_key(lost), page_key(torn, 2)]
    blobs.store().delete(keys)
    catch_up()
    write("UPDATE attachments SET uploaded_at = now() - interval '1 hour', thumbnail_attempts = 9")
    assert found("I19") == [(f"attachment {one}", True) for one in (lost, torn, late)]
    repair()
    assert make_due() == 3
    assert found("I19") == []
    assert None not in map(blobs.store().stat, keys)


def test_lists_and_counts_are_written_again(scene: Scene, task_id: str) -> None:
    comment_id = create_comment(scene.ann, task_id, content="See").entity_id
    attach(scene.ann, task_id)
    attach_to_comment(scene.ann, comment_id, sent(name="plan.txt"))
    catch_up()
    write("UPDATE tasks SET attachment_count = 7 WHERE task_id = :id", id=task_id)
    write("UPDATE comments SET files = '[]' WHERE comment_id = :id", id=comment_id)
    write("UPDATE team_files SET bytes_stored = 1")
    assert found("I20") == [
        (f"task {task_id}", True),
        (f"comment {comment_id}", True),
        (f"team {scene.team_id}", True),
    ]
    repair()
    catch_up()
    assert_stores_agree()
    stored = document("comments", comment_id)
    assert stored is not None
    assert [file["name"] for file in stored["attachments"]] == ["plan.txt"]


def test_a_list_in_a_document_that_was_changed_is_replaced(scene: Scene, task_id: str) -> None:
    attach(scene.ann, task_id)
    catch_up()
    mongo.collection("tasks").update_one({"_id": task_id}, {"$set": {"attachments": []}})
    assert found("I7") == [(f"task {task_id}", True)]
    repair()
    stored = document("tasks", task_id)
    assert stored is not None
    assert len(stored["attachments"]) == 1


def test_a_cover_that_is_no_file_of_the_task_is_named(scene: Scene, task_id: str) -> None:
    write("UPDATE tasks SET cover_id = gen_random_uuid() WHERE task_id = :id", id=task_id)
    assert found("I20") == [(f"task {task_id}", False)]
