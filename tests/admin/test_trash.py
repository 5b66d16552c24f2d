"""What has been in the trash for 30 days is purged from every store and can't come back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from taskforge import clock
from taskforge.admin import maintenance
from taskforge.admin.trash import purge_board
from taskforge.boards.service import delete_board, restore_board
from taskforge.boards.view_preferences import fold_column
from taskforge.comments.service import create_comment
from taskforge.errors import NotFound
from taskforge.stores import mongo, outbox
from taskforge.stores.document_parts import TOMBSTONE_SECONDS, part_of
from taskforge.tasks.bulk.column_deletion import delete_column
from taskforge.tasks.service import delete_task, restore_task
from tests.audit_trail import events_of
from tests.stores.conftest import assert_stores_agree
from tests.stores.scene import Scene, document, read, relay_everything, set_scene, write


@pytest.fixture
def scene(app: Flask) -> Iterator[Scene]:
    with app.app_context():
        yield set_scene()


def trash_a_task(scene: Scene) -> tuple[str, str]:
    task_id = scene.add_task("Secret plan", texts={"description": "Very secret"})
    comment_id = create_comment(scene.bob, task_id, content="Also secret").entity_id
    delete_task(scene.ann, task_id)
    relay_everything()
    return task_id, comment_id


def purge_in(days: int) -> int:
    with clock.frozen(clock.now() + timedelta(days=days)):
        return maintenance.empty_trash()


def test_the_trash_is_kept_for_thirty_days(scene: Scene) -> None:
    task_id, _ = trash_a_task(scene)
    assert purge_in(29) == 0
    restore_task(scene.ann, task_id)
    assert purge_in(31) == 0


def test_a_purged_task_leaves_only_its_audit_facts(scene: Scene) -> None:
    task_id, comment_id = trash_a_task(scene)
    assert purge_in(31) == 1
    relay_everything()
    for table in ("tasks", "comments", "outbox"):
        assert read(f"SELECT count(*) FROM {table}") == 0
    assert (
        read("SELECT count(*) FROM outbox_redo WHERE position('ecret' IN payload::text) > 0") == 0
    )
    for collection, entity_id in (("tasks", task_id), ("comments", comment_id)):
        stored = document(collection, entity_id)
        assert stored is not None
        assert stored["deleted"]
        assert "ecret" not in str(stored)
    assert_stores_agree()
    last = "SELECT entity_version FROM audit_logs WHERE entity_id = :id AND event = 'task.purged'"
    assert read(last, id=task_id) == 3


def test_a_write_that_was_delayed_cannot_bring_a_purged_document_back(scene: Scene) -> None:
    task_id, _ = trash_a_task(scene)
    late = messages_of(task_id)
    assert purge_in(31) == 1
    relay_everything()
    for message in late:
        mongo.apply(
            part_of(message.entity_type, message.part),
            message.entity_id,
            message.version,
            message.payload,
        )
    assert "ecret" not in str(document("tasks", task_id))


def test_tombstones_are_removed_by_mongodb_in_the_end(scene: Scene) -> None:
    for collection in ("tasks", "comments"):
        indexes = mongo.collection(collection).index_information()
        assert indexes["purged_at_1"]["expireAfterSeconds"] == TOMBSTONE_SECONDS


def messages_of(entity_id: str) -> list[outbox.Claimed]:
    """The content of an entity as it went through the outbox."""
    write(
        "INSERT INTO outbox (entity_type, entity_id, part, version, payload)"
        " SELECT entity_type, entity_id, part, version, payload FROM outbox_redo"
        " WHERE entity_id = :id",
        id=entity_id,
    )
    return outbox.claim(10)


def test_a_deleted_board_is_kept_for_thirty_days(scene: Scene) -> None:
    scene.add_task()
    delete_board(scene.ann, scene.board_id)
    assert purge_in(29) == 0
    restore_board(scene.ann, scene.board_id)
    assert purge_in(31) == 0


def test_a_purged_board_leaves_only_its_audit_events(scene: Scene) -> None:
    task_id, comment_id = scene.add_task("Secret"), ""
    comment_id = create_comment(scene.bob, task_id, content="Also secret").entity_id
    trashed = scene.add_task("Secret too")
    delete_task(scene.ann, trashed)
    delete_column(scene.ann, scene.board_id, scene.columns[2])
    fold_column(scene.bob, scene.board_id, scene.columns[0], folded=True)
    delete_board(scene.ann, scene.board_id)
    relay_everything()
    assert purge_in(31) == 3
    relay_everything()
    for table in ("tasks", "comments", "columns", "boards", "board_view_preferences", "outbox"):
        assert read(f"SELECT count(*) FROM {table}") == 0, table
    for collection, entity_id in (("tasks", task_id), ("comments", comment_id)):
        stored = document(collection, entity_id)
        assert stored is not None
        assert "ecret" not in str(stored)
    assert events_of(scene.board_id)[-1].event == "board.purged"
    assert events_of(task_id)[-1].event == "task.purged"
    assert_stores_agree()


def test_a_large_board_is_purged_in_several_turns(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "TASKS_PURGED_AT_ONCE", 2)
    for number in range(3):
        scene.add_task(f"Card {number}")
    delete_board(scene.ann, scene.board_id)
    assert [purge_in(31), purge_in(31), purge_in(31)] == [2, 2, 0]
    assert read("SELECT count(*) FROM boards") == 0
    with pytest.raises(NotFound):
        restore_board(scene.ann, scene.board_id)


def test_a_board_that_is_restored_while_it_is_purged_stays(scene: Scene) -> None:
    scene.add_task()
    delete_board(scene.ann, scene.board_id)
    restore_board(scene.ann, scene.board_id)
    later = clock.now() + timedelta(days=1)
    with pytest.raises(NotFound):
        purge_board(scene.board_id, deleted_before=later)
