"""Attaching a file: its bytes are stored, then one change lists it at its task or comment, once."""

from __future__ import annotations

from typing import Any

import pytest

from taskforge.attachments.service import attach_to_comment, attach_to_task
from taskforge.comments.queries import get_comment
from taskforge.comments.service import create_comment, delete_comment, edit_comment
from taskforge.errors import Forbidden, InvalidInput, NotFound
from taskforge.ids import new_id
from taskforge.tasks.queries import get_task
from taskforge.tasks.service import delete_task, edit_task
from tests.attachments.files import (
    HELLO,
    attach,
    digest,
    names,
    row_of,
    rows,
    sent,
    stored_bytes,
    stored_keys,
    with_operation,
)
from tests.factories import Person, make_team
from tests.pictures import picture_file
from tests.stores.conftest import assert_stores_agree
from tests.stores.scene import document, relay_everything

pytestmark = pytest.mark.usefixtures("inside")


def listed(collection: str, entity_id: str) -> list[dict[str, Any]]:
    found = document(collection, entity_id)
    assert found is not None
    return list(found["attachments"])


def test_a_file_of_a_task_is_stored_listed_and_counted(ada: Person, task_id: str) -> None:
    attachment_id = attach(ada.actor, task_id)
    assert stored_bytes(attachment_id) == HELLO
    row = row_of(attachment_id)
    assert (row["name"], row["size"], row["mimetype"]) == ("notes.txt", len(HELLO), "text/plain")
    assert bytes(row["sha256"]) == digest(HELLO)
    task = get_task(ada.actor, task_id).row
    assert names(task["attachments"]) == ["notes.txt"]
    assert (task["attachment_count"], task["version"]) == (1, 1)


def test_the_document_lists_the_files_as_well(ada: Person, task_id: str) -> None:
    attachment_id = attach(ada.actor, task_id)
    relay_everything()
    [file] = listed("tasks", task_id)
    assert file["name"] == "notes.txt"
    assert file["uploaded_by"] == ada.user_id
    assert file["url"].endswith(attachment_id)
    edit_task(ada.actor, task_id, changes={"description": "Red.", "title": "Paint it red"})
    relay_everything()
    assert len(listed("tasks", task_id)) == 1
    assert_stores_agree()


def test_a_file_of_a_comment_belongs_to_the_comment(bob: Person, task_id: str) -> None:
    comment_id = create_comment(bob.actor, task_id, content="See the plan").entity_id
    attach_to_comment(bob.actor, comment_id, sent(name="plan.txt"))
    edit_comment(bob.actor, comment_id, content="See the plan, please")
    relay_everything()
    assert names(get_comment(bob.actor, comment_id).row["attachments"]) == ["plan.txt"]
    assert names(listed("comments", comment_id)) == ["plan.txt"]
    assert get_task(bob.actor, task_id).row["attachment_count"] == 0
    assert_stores_agree()


def test_the_audit_log_has_one_event_of_it(ada: Person, task_id: str) -> None:
    attachment_id = attach(ada.actor, task_id)
    [event] = rows("SELECT * FROM audit_logs WHERE entity_id = :id", id=attachment_id)
    assert (event["event"], event["entity_version"]) == ("attachment.added", 1)
    assert event["new_state"] == {
        "task_id": task_id,
        "comment_id": None,
        "name": "notes.txt",
        "size": len(HELLO),
        "mimetype": "text/plain",
    }
    assert event["board_seq"] is not None


def test_the_size_of_an_image_is_measured(ada: Person, task_id: str) -> None:
    attachment_id = attach(ada.actor, task_id, picture_file(size=(300, 200)), "photo.png")
    row = row_of(attachment_id)
    assert (row["width"], row["height"], row["thumbnail"]) == (300, 200, "pending")


def test_a_retry_attaches_nothing_more(ada: Person, task_id: str) -> None:
    actor = with_operation(ada.actor)
    first = attach_to_task(actor, task_id, sent())
    again = attach_to_task(actor, task_id, sent())
    assert again.replayed
    assert again.entity_id == first.entity_id
    assert stored_keys() == [f"a/{first.entity_id}"]
    assert get_task(ada.actor, task_id).row["attachment_count"] == 1


def test_who_may_not_edit_a_task_attaches_nothing_to_it(
    gus: Person, eve: Person, task_id: str
) -> None:
    with pytest.raises(Forbidden):
        attach(gus.actor, task_id)
    with pytest.raises(NotFound):
        attach(eve.actor, task_id)
    with pytest.raises(NotFound):
        attach(eve.actor, new_id())
    assert stored_keys() == []


def test_a_guest_attaches_to_their_own_comment_and_to_no_other(
    ada: Person, gus: Person, task_id: str
) -> None:
    own = create_comment(gus.actor, task_id, content="Mine").entity_id
    attach_to_comment(gus.actor, own, sent())
    other = create_comment(ada.actor, task_id, content="Ada's").entity_id
    with pytest.raises(Forbidden):
        attach_to_comment(gus.actor, other, sent())
    delete_comment(gus.actor, own)
    with pytest.raises(NotFound):
        attach_to_comment(gus.actor, own, sent())


def test_a_task_in_the_trash_takes_no_files(ada: Person, task_id: str) -> None:
    delete_task(ada.actor, task_id)
    with pytest.raises(NotFound):
        attach(ada.actor, task_id)


def test_a_file_that_is_empty_or_cut_off_is_refused(ada: Person, task_id: str) -> None:
    with pytest.raises(InvalidInput, match="empty"):
        attach_to_task(ada.actor, task_id, sent(b""))
    with pytest.raises(InvalidInput, match="cut off"):
        attach_to_task(ada.actor, task_id, sent(HELLO, size=100))
    assert stored_keys() == []
    assert rows("SELECT * FROM attachments") == []


def test_files_of_other_teams_are_counted_apart(ada: Person, task_id: str) -> None:
    attach(ada.actor, task_id)
    make_team(ada, "Other")
    [usage] = rows("SELECT bytes_stored, file_count FROM team_files")
    assert (usage["bytes_stored"], usage["file_count"]) == (len(HELLO), 1)
