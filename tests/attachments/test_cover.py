"""The cover of a card: an image among the files of its task."""

from __future__ import annotations

import pytest

from taskforge.attachments.changes import delete_attachment, restore_attachment, set_cover
from taskforge.attachments.service import attach_to_comment
from taskforge.attachments.thumbnails import make_due
from taskforge.comments.service import create_comment
from taskforge.errors import Conflict, Forbidden, InvalidInput
from taskforge.tasks.board.queries import get_board
from taskforge.tasks.queries import get_task
from taskforge.tasks.service import edit_task
from tests.attachments.files import attach, rows, sent
from tests.factories import Person, Team, make_task
from tests.pictures import picture_file
from tests.stores.conftest import assert_stores_agree
from tests.stores.scene import document, relay_everything

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def image(ada: Person, task_id: str) -> str:
    """An image of the task whose thumbnail is made."""
    attachment_id = attach(ada.actor, task_id, picture_file(), "photo.png")
    assert make_due() == 1
    return attachment_id


def cover_of(person: Person, task_id: str) -> str | None:
    found: str | None = get_task(person.actor, task_id).row["cover_id"]
    return found


def test_a_cover_is_shown_on_the_card_and_is_a_change_of_the_task(
    ada: Person, crew: Team, task_id: str, image: str
) -> None:
    change = set_cover(ada.actor, task_id, image)
    assert change.version == 2
    [card] = get_board(ada.actor, crew.board_id).cards
    assert card["cover_id"] == image
    [event] = rows("SELECT * FROM audit_logs WHERE event = 'task.cover_set'")
    assert (event["previous_state"], event["new_state"]) == (
        {"cover_id": None},
        {"cover_id": image},
    )
    assert set_cover(ada.actor, task_id, image).version == 2
    set_cover(ada.actor, task_id, None)
    assert cover_of(ada, task_id) is None
    relay_everything()
    assert_stores_agree()


def test_a_card_loses_a_deleted_cover_and_gets_it_back(
    ada: Person, task_id: str, image: str
) -> None:
    set_cover(ada.actor, task_id, image)
    edit_task(ada.actor, task_id, changes={"title": "Paint it blue"})
    delete_attachment(ada.actor, image)
    assert cover_of(ada, task_id) is None
    restore_attachment(ada.actor, image)
    assert cover_of(ada, task_id) == image
    relay_everything()
    stored = document("tasks", task_id)
    assert stored is not None
    assert stored["cover_id"] == image
    assert_stores_agree()


def test_a_restored_image_does_not_take_the_place_of_a_later_cover(
    ada: Person, task_id: str, image: str
) -> None:
    other = attach(ada.actor, task_id, picture_file(), "other.png")
    make_due()
    set_cover(ada.actor, task_id, image)
    delete_attachment(ada.actor, image)
    set_cover(ada.actor, task_id, other)
    restore_attachment(ada.actor, image)
    assert cover_of(ada, task_id) == other
    assert_stores_agree()


def test_only_an_image_of_the_task_itself_is_a_cover(
    ada: Person, crew: Team, task_id: str, image: str
) -> None:
    comment_id = create_comment(ada.actor, task_id, content="See").entity_id
    of_comment = attach_to_comment(ada.actor, comment_id, sent(picture_file(), "b.png")).entity_id
    make_due()
    other_task = make_task(ada, crew, "Another")
    text = attach(ada.actor, task_id)
    for task, attachment_id in ((task_id, of_comment), (other_task, image), (task_id, text)):
        with pytest.raises(InvalidInput, match="no image among the files"):
            set_cover(ada.actor, task, attachment_id)


def test_an_image_without_its_preview_is_no_cover_yet(
    ada: Person, gus: Person, task_id: str
) -> None:
    attachment_id = attach(ada.actor, task_id, picture_file(), "photo.png")
    with pytest.raises(Conflict, match="not made yet"):
        set_cover(ada.actor, task_id, attachment_id)
    with pytest.raises(Forbidden):
        set_cover(gus.actor, task_id, attachment_id)
