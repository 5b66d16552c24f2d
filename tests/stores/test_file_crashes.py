"""A process is killed while it attaches, deletes or purges a file: the file is whole or not there at all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from taskforge import clock
from taskforge.admin import doctor_probes
from taskforge.admin.maintenance import empty_trash
from taskforge.attachments import sweep
from taskforge.attachments.changes import delete_attachment, restore_attachment
from taskforge.ids import new_id
from taskforge.stores import invariants
from taskforge.stores.actor import Actor
from taskforge.tasks.queries import get_task
from tests.attachments.files import HELLO, attach, rows, stored_bytes, stored_keys
from tests.stores import doomed as actions
from tests.stores.conftest import Doomed, assert_stores_agree, catch_up
from tests.stores.scene import Scene
from tests.stores.test_crash_points import AFTER_COMMIT, ATTACHING, IN_TRANSACTION, UPLOADING

pytestmark = pytest.mark.crash
FILE = HELLO.hex()
BEFORE_COMMIT = (*IN_TRANSACTION, *UPLOADING)
POINTS = (*BEFORE_COMMIT, *AFTER_COMMIT, *ATTACHING)


def files_of(scene: Scene, task_id: str) -> list[str]:
    return [file["attachment_id"] for file in get_task(scene.ann, task_id).row["attachments"]]


def unnamed_blobs() -> list[str | None]:
    """What the doctor finds two days later, and how it would mend that."""
    with clock.frozen(clock.now() + 2 * sweep.UNNAMED_FOR + timedelta(minutes=1)):
        return [one.remedy for one in invariants.check("I18", doctor_probes.probes())]


def sweep_a_day_later() -> int:
    return sweep.sweep_blobs(clock.now() + sweep.UNNAMED_FOR + timedelta(minutes=1))


@pytest.mark.parametrize("point", POINTS)
def test_an_upload_that_was_killed_is_whole_or_leaves_a_blob_that_is_swept(
    scene: Scene, doomed: Doomed, point: str
) -> None:
    task_id = scene.add_task()
    actor = Actor(user_id=scene.ann.user_id, op_id=new_id())
    doomed.die_at(point, "attach", actor, task_id=task_id, file=FILE)
    catch_up()
    found = files_of(scene, task_id)
    assert len(found) == (point not in BEFORE_COMMIT)
    assert [stored_bytes(one) for one in found] == [HELLO] * len(found)
    assert_stores_agree()
    is_left = point in BEFORE_COMMIT and point != "read.done"
    assert unnamed_blobs() == [sweep.REMOVE] * is_left
    assert sweep.sweep_blobs() == 0  # it may still be named
    assert sweep_a_day_later() == is_left
    assert stored_keys() == [f"a/{one}" for one in found]


@pytest.mark.parametrize("point", POINTS)
def test_an_upload_that_was_killed_and_is_sent_again_attaches_one_file(
    scene: Scene, doomed: Doomed, point: str
) -> None:
    task_id = scene.add_task()
    actor = Actor(user_id=scene.ann.user_id, op_id=new_id())
    doomed.die_at(point, "attach", actor, task_id=task_id, file=FILE)
    first = actions.attach(actor, task_id=task_id, file=FILE)
    second = actions.attach(actor, task_id=task_id, file=FILE)
    assert first.replayed is (point not in BEFORE_COMMIT)
    assert (second.replayed, second.entity_id) == (True, first.entity_id)
    catch_up()
    assert files_of(scene, task_id) == [first.entity_id]
    assert stored_bytes(first.entity_id) == HELLO
    events = rows("SELECT event FROM audit_logs WHERE operation_id = :op", op=actor.op_id)
    assert [one["event"] for one in events] == ["attachment.added"]
    sweep_a_day_later()
    assert stored_keys() == [f"a/{first.entity_id}"]
    assert_stores_agree()


@pytest.mark.parametrize("point", ["tx.before_commit", "tx.after_commit"])
def test_a_deletion_that_was_killed_is_whole_and_can_be_taken_back(
    scene: Scene, doomed: Doomed, point: str
) -> None:
    task_id = scene.add_task()
    attachment_id = attach(scene.ann, task_id)
    doomed.die_at(
        point, "delete file", Actor(user_id=scene.ann.user_id), attachment_id=attachment_id
    )
    catch_up()
    is_done = point == "tx.after_commit"
    assert files_of(scene, task_id) == [attachment_id] * (not is_done)
    if is_done:
        restore_attachment(scene.ann, attachment_id)
    assert stored_bytes(attachment_id) == HELLO
    catch_up()
    assert_stores_agree()


@pytest.mark.parametrize("point", ["tx.before_commit", "tx.after_commit"])
def test_a_purge_that_was_killed_is_done_by_the_next_one_or_the_sweep(
    scene: Scene, doomed: Doomed, point: str
) -> None:
    task_id = scene.add_task()
    attachment_id = attach(scene.ann, task_id)
    delete_attachment(scene.ann, attachment_id)
    rows("UPDATE attachments SET deleted_at = now() - interval '31 days' RETURNING 1")
    doomed.die_at(point, "empty trash")
    assert empty_trash() == (point == "tx.before_commit")
    assert sweep_a_day_later() == (point == "tx.after_commit")
    assert stored_keys() == []
    catch_up()
    assert_stores_agree()
