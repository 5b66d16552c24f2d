"""Editing and deleting comments, by the service: authors, moderators, conflicts, and what is left behind."""

from __future__ import annotations

from functools import partial

import pytest
from flask import Flask

from taskforge.comments.queries import (
    get_comment,
    list_comments,
    list_last_without_texts,
    read_comments,
)
from taskforge.comments.service import create_comment, delete_comment, edit_comment
from taskforge.errors import Forbidden, NotFound, StaleVersion
from taskforge.stores import mongo
from taskforge.tasks.queries import get_task
from taskforge.tasks.service import delete_task
from taskforge.teams.service import change_role, remove_member
from tests.audit_trail import events_of, last_event
from tests.factories import Person, Team
from tests.together import at_once_inside

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def comment_id(bob: Person, task_id: str) -> str:
    """A comment of Bob's."""
    return create_comment(bob.actor, task_id, content="First").entity_id


def test_an_author_edits_their_comment(bob: Person, task_id: str, comment_id: str) -> None:
    change = edit_comment(bob.actor, comment_id, content="Second", version=1)
    assert (change.version, change.extra["task_id"]) == (2, task_id)
    view = get_comment(bob.actor, comment_id)
    assert (view.content, view.row["version"]) == ("Second", 2)
    assert view.row["edited_at"] is not None
    assert view.fields is not None
    assert view.fields["edited"] is True
    entry = last_event(comment_id)
    assert (entry.event, entry.version, entry.before) == ("comment.edited", 2, {"content": "First"})
    assert entry.after == {"task_id": task_id, "content": "Second"}


def test_an_edit_that_changes_nothing_leaves_nothing(bob: Person, comment_id: str) -> None:
    change = edit_comment(bob.actor, comment_id, content="First", version=1)
    assert change.version == 1
    assert [one.event for one in events_of(comment_id)] == ["comment.created"]
    assert get_comment(bob.actor, comment_id).row["edited_at"] is None


@pytest.mark.parametrize("version", [2, 7])
def test_an_edit_of_another_version_is_refused(bob: Person, comment_id: str, version: int) -> None:
    with pytest.raises(StaleVersion):
        edit_comment(bob.actor, comment_id, content="Second", version=version)
    assert get_comment(bob.actor, comment_id).content == "First"


def test_an_edit_without_a_version_takes_the_present_one(bob: Person, comment_id: str) -> None:
    edit_comment(bob.actor, comment_id, content="Second")
    edit_comment(bob.actor, comment_id, content="Third")
    assert get_comment(bob.actor, comment_id).row["version"] == 3


def test_of_two_edits_at_once_one_is_stale(app: Flask, bob: Person, comment_id: str) -> None:
    def edit(content: str) -> object:
        return edit_comment(bob.actor, comment_id, content=content, version=1)

    answers = at_once_inside(app, [lambda: edit("Left"), lambda: edit("Right")])
    assert sorted(isinstance(answer, StaleVersion) for answer in answers) == [False, True]
    view = get_comment(bob.actor, comment_id)
    assert (view.content in ("Left", "Right"), view.row["version"]) == (True, 2)
    assert [one.event for one in events_of(comment_id)] == ["comment.created", "comment.edited"]


def test_nobody_edits_the_comment_of_another(
    ada: Person, gus: Person, eve: Person, bob: Person, comment_id: str
) -> None:
    for person, refusal in ((ada, Forbidden), (gus, Forbidden), (eve, NotFound)):
        with pytest.raises(refusal):
            edit_comment(person.actor, comment_id, content="Theirs")
    assert get_comment(bob.actor, comment_id).content == "First"


def test_an_author_deletes_their_comment_and_its_place_stays(
    bob: Person, task_id: str, comment_id: str
) -> None:
    change = delete_comment(bob.actor, comment_id)
    assert change.version == 2
    view = list_comments(bob.actor, task_id)[0]
    assert (view.content, view.may_edit, view.may_delete) == ("", False, False)
    assert view.row["deleted_at"] is not None
    assert read_comments(list_last_without_texts(bob.actor, task_id, limit=5)) == []
    assert get_task(bob.actor, task_id).row["comment_count"] == 0
    entry = last_event(comment_id)
    assert (entry.event, entry.before) == ("comment.deleted", {"content": "First"})
    assert entry.after == {"task_id": task_id, "deleted": True}


def test_the_document_of_a_deleted_comment_holds_no_words(bob: Person, comment_id: str) -> None:
    delete_comment(bob.actor, comment_id)
    document = mongo.collection("comments").find_one({"_id": comment_id})
    assert document is not None
    assert (document["content"], document["mentioned_users"], document["deleted"]) == ("", [], True)


def test_a_moderator_deletes_what_they_may_not_edit(
    ada: Person, bob: Person, comment_id: str
) -> None:
    view = get_comment(ada.actor, comment_id)
    assert (view.may_edit, view.may_delete) == (False, True)
    delete_comment(ada.actor, comment_id)
    assert last_event(comment_id).actor_id == ada.user_id
    assert get_comment(bob.actor, comment_id).row["deleted_at"] is not None


def test_members_and_guests_moderate_nothing(
    ada: Person, bob: Person, gus: Person, eve: Person, task_id: str
) -> None:
    comment_id = create_comment(ada.actor, task_id, content="By an admin").entity_id
    for person, refusal in ((bob, Forbidden), (gus, Forbidden), (eve, NotFound)):
        with pytest.raises(refusal):
            delete_comment(person.actor, comment_id)
    assert get_comment(ada.actor, comment_id).content == "By an admin"


def test_an_admin_who_was_demoted_moderates_no_more(
    ada: Person, gus: Person, crew: Team, comment_id: str
) -> None:
    change_role(ada.actor, crew.team_id, gus.user_id, role="admin")
    assert get_comment(gus.actor, comment_id).may_delete
    change_role(ada.actor, crew.team_id, gus.user_id, role="guest")
    with pytest.raises(Forbidden):
        delete_comment(gus.actor, comment_id)


def test_a_deleted_comment_is_neither_edited_nor_deleted_again(
    bob: Person, comment_id: str
) -> None:
    delete_comment(bob.actor, comment_id)
    with pytest.raises(NotFound):
        edit_comment(bob.actor, comment_id, content="Again")
    with pytest.raises(NotFound):
        delete_comment(bob.actor, comment_id)
    assert [one.event for one in events_of(comment_id)] == ["comment.created", "comment.deleted"]


def test_a_comment_that_two_delete_at_once_is_deleted_once(
    app: Flask, ada: Person, bob: Person, task_id: str, comment_id: str
) -> None:
    create_comment(ada.actor, task_id, content="Stays")
    deeds = [partial(delete_comment, person.actor, comment_id) for person in (ada, bob)]
    answers = at_once_inside(app, deeds)
    assert sorted(isinstance(answer, (StaleVersion, NotFound)) for answer in answers) == [
        False,
        True,
    ]
    assert get_task(ada.actor, task_id).row["comment_count"] == 1
    assert [one.event for one in events_of(comment_id)] == ["comment.created", "comment.deleted"]


def test_an_edit_and_a_deletion_at_once_do_not_bring_it_back(
    app: Flask, ada: Person, bob: Person, task_id: str, comment_id: str
) -> None:
    answers = at_once_inside(
        app,
        [
            lambda: edit_comment(bob.actor, comment_id, content="Edited"),
            lambda: delete_comment(ada.actor, comment_id),
        ],
    )
    deleted = not isinstance(answers[1], Exception)
    view = get_comment(bob.actor, comment_id)
    assert (view.row["deleted_at"] is not None) is deleted
    assert get_task(bob.actor, task_id).row["comment_count"] == (0 if deleted else 1)
    assert not deleted or view.content == ""


def test_comments_of_a_task_in_the_trash_rest(
    bob: Person, ada: Person, task_id: str, comment_id: str
) -> None:
    delete_task(ada.actor, task_id)
    for use in (
        lambda: edit_comment(bob.actor, comment_id, content="Second"),
        lambda: delete_comment(bob.actor, comment_id),
    ):
        with pytest.raises(NotFound):
            use()
    assert get_comment(bob.actor, comment_id).content == "First"


def test_an_author_who_left_changes_nothing_more(
    ada: Person, bob: Person, crew: Team, comment_id: str
) -> None:
    remove_member(ada.actor, crew.team_id, bob.user_id)
    with pytest.raises(NotFound):
        edit_comment(bob.actor, comment_id, content="Second")
    assert get_comment(ada.actor, comment_id).content == "First"
