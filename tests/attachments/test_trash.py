"""Deleting a file, taking that back, and what is left of it after 30 days."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge import clock
from taskforge.admin.maintenance import empty_trash
from taskforge.admin.trash import purge_task
from taskforge.attachments.access import access_attachment
from taskforge.attachments.changes import delete_attachment, restore_attachment
from taskforge.attachments.queries import get_usage
from taskforge.attachments.service import attach_to_comment
from taskforge.comments.service import create_comment, delete_comment, restore_comment
from taskforge.errors import Conflict, Forbidden, NotFound
from taskforge.history.task_history import list_history
from taskforge.ids import new_id
from taskforge.stores import sql
from taskforge.tasks.queries import get_task
from taskforge.tasks.service import delete_task, restore_task
from tests.attachments.files import HELLO, attach, names, row_of, rows, sent, stored_keys
from tests.factories import Person, Team
from tests.stores.conftest import assert_stores_agree
from tests.stores.scene import document, relay_everything
from tests.together import at_once_inside

pytestmark = pytest.mark.usefixtures("inside")

MONTH = timedelta(days=30, minutes=1)


def test_a_deleted_file_is_listed_nowhere_and_can_come_back(ada: Person, task_id: str) -> None:
    first, second = (
        attach(ada.actor, task_id, name="a.txt"),
        attach(ada.actor, task_id, name="b.txt"),
    )
    delete_attachment(ada.actor, first)
    task = get_task(ada.actor, task_id).row
    assert (names(task["attachments"]), task["attachment_count"]) == (["b.txt"], 1)
    with pytest.raises(NotFound):
        access_attachment(ada.user_id, first)
    with pytest.raises(NotFound):
        delete_attachment(ada.actor, first)
    with pytest.raises(NotFound, match="not deleted"):
        restore_attachment(ada.actor, second)
    restore_attachment(ada.actor, first)
    task = get_task(ada.actor, task_id).row
    assert (names(task["attachments"]), task["attachment_count"]) == (["a.txt", "b.txt"], 2)
    relay_everything()
    stored = document("tasks", task_id)
    assert stored is not None
    assert names(stored["attachments"]) == ["a.txt", "b.txt"]
    assert_stores_agree()


def test_who_may_edit_the_task_deletes_and_restores_its_files(
    ada: Person, bob: Person, gus: Person, eve: Person, task_id: str
) -> None:
    attachment_id = attach(ada.actor, task_id)
    with pytest.raises(Forbidden):
        delete_attachment(gus.actor, attachment_id)
    with pytest.raises(NotFound):
        delete_attachment(eve.actor, attachment_id)
    delete_attachment(bob.actor, attachment_id)
    with pytest.raises(Forbidden):
        restore_attachment(gus.actor, attachment_id)
    restore_attachment(ada.actor, attachment_id)


def test_a_file_of_a_comment_is_its_authors_and_the_moderators(
    ada: Person, bob: Person, gus: Person, task_id: str
) -> None:
    comment_id = create_comment(gus.actor, task_id, content="Mine").entity_id
    attachment_id = attach_to_comment(gus.actor, comment_id, sent()).entity_id
    with pytest.raises(Forbidden, match="Only who wrote"):
        delete_attachment(bob.actor, attachment_id)
    delete_attachment(gus.actor, attachment_id)
    restore_attachment(ada.actor, attachment_id)


def test_files_go_and_come_with_their_comment(ada: Person, task_id: str) -> None:
    comment_id = create_comment(ada.actor, task_id, content="See").entity_id
    attachment_id = attach_to_comment(ada.actor, comment_id, sent()).entity_id
    delete_comment(ada.actor, comment_id)
    with pytest.raises(NotFound):
        access_attachment(ada.user_id, attachment_id)
    restore_comment(ada.actor, comment_id)
    assert access_attachment(ada.user_id, attachment_id)["name"] == "notes.txt"
    relay_everything()
    assert_stores_agree()


def test_files_of_a_task_in_the_trash_can_be_read_and_not_changed(
    ada: Person, task_id: str
) -> None:
    kept, gone = attach(ada.actor, task_id), attach(ada.actor, task_id)
    delete_attachment(ada.actor, gone)
    delete_task(ada.actor, task_id)
    assert access_attachment(ada.user_id, kept)["name"] == "notes.txt"
    with pytest.raises(NotFound):
        delete_attachment(ada.actor, kept)
    with pytest.raises(Conflict, match="Restore the task first"):
        restore_attachment(ada.actor, gone)
    restore_task(ada.actor, task_id)
    restore_attachment(ada.actor, gone)
    assert len(get_task(ada.actor, task_id).row["attachments"]) == 2


def test_after_thirty_days_the_bytes_are_gone_and_the_history_is_not(
    ada: Person, crew: Team, task_id: str
) -> None:
    attachment_id = attach(ada.actor, task_id)
    delete_attachment(ada.actor, attachment_id)
    empty_trash()
    assert stored_keys() == [f"a/{attachment_id}"]
    assert get_usage(crew.team_id) == {"bytes_stored": len(HELLO), "file_count": 1}
    with clock.frozen(clock.now() + MONTH):
        with pytest.raises(Conflict, match="30 days ago"):
            restore_attachment(ada.actor, attachment_id)
        assert empty_trash() == 1
        assert empty_trash() == 0
        with pytest.raises(NotFound):
            restore_attachment(ada.actor, attachment_id)
    assert stored_keys() == []
    assert row_of(attachment_id)["purged_at"] is not None
    assert get_usage(crew.team_id) == {"bytes_stored": 0, "file_count": 0}
    events = [entry["event"] for entry in list_history(ada.actor, task_id)][:3]
    assert events == ["attachment.purged", "attachment.deleted", "attachment.added"]
    assert_stores_agree()


def test_a_deletion_counts_on_from_what_others_did_since_it_was_read(
    app: Flask, ada: Person, task_id: str
) -> None:
    attachment_id = attach(ada.actor, task_id)
    locked = threading.Event()
    others = "UPDATE attachments SET version = version + 2 WHERE attachment_id = :id"

    def delete_and_restore() -> None:
        with sql.transaction() as connection:
            connection.execute(text("SELECT 1 FROM boards FOR UPDATE"))
            locked.set()
            connection.execute(text("SELECT pg_sleep(0.5)"))
            connection.execute(text(others), {"id": attachment_id})

    def delete() -> int:
        locked.wait(timeout=60)
        return delete_attachment(ada.actor, attachment_id).version

    _, version = at_once_inside(app, [delete_and_restore, delete])
    assert version == row_of(attachment_id)["version"] == 4


def test_files_of_a_comment_go_thirty_days_after_it(ada: Person, crew: Team, task_id: str) -> None:
    kept, gone = (create_comment(ada.actor, task_id, content=words).entity_id for words in "kg")
    own = attach_to_comment(ada.actor, kept, sent()).entity_id
    for name in ("a.txt", "b.txt"):
        attach_to_comment(ada.actor, gone, sent(name=name))
    delete_comment(ada.actor, gone)
    assert empty_trash() == 0
    with clock.frozen(clock.now() + MONTH):
        assert empty_trash() == 2
        assert empty_trash() == 0
    assert stored_keys() == [f"a/{own}"]
    assert get_usage(crew.team_id) == {"bytes_stored": len(HELLO), "file_count": 1}
    assert access_attachment(ada.user_id, own)["name"] == "notes.txt"
    relay_everything()
    stored = document("comments", gone)
    assert stored is not None
    assert stored["attachments"] == []
    assert_stores_agree()


def test_a_purged_task_takes_its_files_with_it(ada: Person, crew: Team, task_id: str) -> None:
    comment_id = create_comment(ada.actor, task_id, content="See").entity_id
    attach(ada.actor, task_id)
    attach_to_comment(ada.actor, comment_id, sent())
    delete_attachment(ada.actor, attach(ada.actor, task_id))
    relay_everything()
    delete_task(ada.actor, task_id)
    later = clock.now() + MONTH
    with clock.frozen(later):
        purge_task(task_id, crew.board_id, deleted_before=later)
    relay_everything()
    assert stored_keys() == []
    assert rows("SELECT * FROM attachments") == []
    assert get_usage(crew.team_id) == {"bytes_stored": 0, "file_count": 0}
    for collection, entity_id in (("tasks", task_id), ("comments", comment_id)):
        stored = document(collection, entity_id)
        assert stored is not None
        assert stored["attachments"] == []
    assert_stores_agree()


def test_deleting_something_unknown_is_no_file(ada: Person) -> None:
    with pytest.raises(NotFound):
        delete_attachment(ada.actor, new_id())
