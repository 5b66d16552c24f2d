"""A deleted comment is restored with its words, by who deleted it or who moderates."""

from __future__ import annotations

from datetime import timedelta

import pytest

from taskforge import clock
from taskforge.comments.queries import get_comment, list_comments
from taskforge.comments.service import (
    create_comment,
    delete_comment,
    edit_comment,
    restore_comment,
)
from taskforge.errors import Conflict, Forbidden, NotFound
from taskforge.stores.actor import Actor
from taskforge.tasks.access import access_task
from taskforge.tasks.service import delete_task
from taskforge.teams.service import change_role, remove_member
from tests.audit_trail import intents, last_event
from tests.factories import Person, Team
from tests.stores.conftest import assert_stores_agree, catch_up
from tests.stores.scene import document, with_op

WORDS = "Ask @ada, **then** paint"


@pytest.fixture
def comment_id(inside: None, gus: Person, task_id: str) -> str:
    """A comment of the guest's, which they deleted themselves."""
    made = create_comment(gus.actor, task_id, content=WORDS).entity_id
    delete_comment(gus.actor, made)
    return made


def count(person: Person, task_id: str) -> int:
    return int(access_task(person.user_id, task_id).row["comment_count"])


def test_its_author_restores_what_they_deleted(
    gus: Person, ada: Person, task_id: str, comment_id: str
) -> None:
    assert get_comment(gus.actor, comment_id).may_restore
    assert count(ada, task_id) == 0
    told = len(intents(ada.user_id))
    restore_comment(gus.actor, comment_id)
    view = get_comment(ada.actor, comment_id)
    assert (view.content, view.row["deleted_at"], view.row["version"]) == (WORDS, None, 3)
    assert view.row["author_id"] == gus.user_id
    assert count(ada, task_id) == 1
    assert len(intents(ada.user_id)) == told
    event = last_event(comment_id)
    assert event.event == "comment.restored"
    assert event.before == {"deleted": True}
    assert event.after == {"task_id": task_id, "content": WORDS, "deleted": False}
    catch_up()
    stored = document("comments", comment_id)
    assert stored is not None
    assert (stored["content"], stored["deleted"]) == (WORDS, False)
    assert_stores_agree()


def test_a_restored_comment_is_a_comment_like_any_other(gus: Person, comment_id: str) -> None:
    restore_comment(gus.actor, comment_id)
    edit_comment(gus.actor, comment_id, content="Better")
    delete_comment(gus.actor, comment_id)
    restore_comment(gus.actor, comment_id)
    assert get_comment(gus.actor, comment_id).content == "Better"


def test_what_a_moderator_deleted_only_a_moderator_restores(
    ada: Person, gus: Person, bob: Person, inside: None, task_id: str
) -> None:
    made = create_comment(gus.actor, task_id, content="Rude").entity_id
    delete_comment(ada.actor, made)
    for person in (gus, bob):
        assert not get_comment(person.actor, made).may_restore
        with pytest.raises(Forbidden, match="Only who deleted it"):
            restore_comment(person.actor, made)
    restore_comment(ada.actor, made)
    assert get_comment(bob.actor, made).content == "Rude"


def test_others_restore_nothing(bob: Person, eve: Person, comment_id: str) -> None:
    with pytest.raises(Forbidden):
        restore_comment(bob.actor, comment_id)
    with pytest.raises(NotFound):
        restore_comment(eve.actor, comment_id)


def test_a_comment_of_a_trashed_task_waits_for_the_task(
    ada: Person, gus: Person, task_id: str, comment_id: str
) -> None:
    delete_task(ada.actor, task_id)
    assert not get_comment(gus.actor, comment_id).may_restore
    with pytest.raises(Conflict, match=r"in the trash\. Restore the task first"):
        restore_comment(gus.actor, comment_id)


def test_it_is_restored_once(gus: Person, task_id: str, comment_id: str) -> None:
    actor = with_op(gus.actor)
    first, second = restore_comment(actor, comment_id), restore_comment(actor, comment_id)
    assert (first.replayed, second.replayed) == (False, True)
    with pytest.raises(NotFound, match="This comment is not deleted"):
        restore_comment(gus.actor, comment_id)
    assert len(list_comments(gus.actor, task_id)) == 1


def test_after_thirty_days_it_stays_deleted(gus: Person, comment_id: str) -> None:
    with clock.frozen(clock.now() + timedelta(days=31)):
        assert not get_comment(gus.actor, comment_id).may_restore
        with pytest.raises(Conflict, match="more than 30 days ago"):
            restore_comment(gus.actor, comment_id)


def test_somebody_who_left_is_not_mentioned_again(
    ada: Person, bob: Person, gus: Person, crew: Team, inside: None, task_id: str
) -> None:
    made = create_comment(gus.actor, task_id, content=f"@{bob.email.split('@')[0]}").entity_id
    delete_comment(gus.actor, made)
    remove_member(ada.actor, crew.team_id, bob.user_id)
    restore_comment(gus.actor, made)
    view = get_comment(gus.actor, made)
    assert view.fields is not None
    assert view.fields["mentioned_users"] == []


def test_the_right_is_asked_again_behind_the_lock(
    ada: Person, bob: Person, crew: Team, inside: None, task_id: str
) -> None:
    made = create_comment(bob.actor, task_id, content="Words").entity_id
    delete_comment(ada.actor, made)
    change_role(ada.actor, crew.team_id, bob.user_id, role="admin")
    actor = Actor(user_id=bob.user_id)
    assert get_comment(actor, made).may_restore
    change_role(ada.actor, crew.team_id, bob.user_id, role="guest")
    with pytest.raises(Forbidden):
        restore_comment(actor, made)
