"""Writing comments, by the service: who may, what is stored, and who is notified."""

from __future__ import annotations

import pytest
from flask import Flask

from taskforge.comments import service
from taskforge.comments.queries import (
    get_comment,
    list_comments,
    list_last_without_texts,
    read_comments,
)
from taskforge.comments.service import create_comment, delete_comment
from taskforge.errors import Conflict, Forbidden, NotFound
from taskforge.ids import new_id
from taskforge.tasks.queries import get_task
from taskforge.tasks.service import delete_task, edit_task, restore_task
from taskforge.teams.service import add_member, change_role, remove_member
from tests.audit_trail import events_of, intents, last_event
from tests.factories import Person, Team, make_task, make_team
from tests.together import at_once_inside

pytestmark = pytest.mark.usefixtures("inside")


def comment_count(person: Person, task_id: str) -> int:
    return int(get_task(person.actor, task_id).row["comment_count"])


def test_a_comment_is_stored_with_its_author(gus: Person, task_id: str) -> None:
    change = create_comment(gus.actor, task_id, content="I **agree**")
    assert (change.version, change.extra) == (1, {"task_id": task_id})
    view = get_comment(gus.actor, change.entity_id)
    assert (view.content, view.row["author_id"], view.row["version"]) == (
        "I **agree**",
        gus.user_id,
        1,
    )
    assert (view.row["edited_at"], view.row["deleted_at"]) == (None, None)
    assert (view.may_edit, view.may_delete) == (True, True)


def test_a_comment_is_audited_on_its_board(ada: Person, crew: Team, task_id: str) -> None:
    change = create_comment(ada.actor, task_id, content="Done?")
    entry = last_event(change.entity_id)
    assert (entry.event, entry.version, entry.actor_id) == ("comment.created", 1, ada.user_id)
    assert entry.before is None
    assert entry.after == {"task_id": task_id, "content": "Done?"}
    assert len(events_of(change.entity_id)) == 1


def test_comments_are_counted_and_listed_in_order(ada: Person, bob: Person, task_id: str) -> None:
    for number, person in enumerate((ada, bob, ada)):
        create_comment(person.actor, task_id, content=f"Number {number}")
    assert comment_count(ada, task_id) == 3
    views = list_comments(bob.actor, task_id)
    assert [view.content for view in views] == ["Number 0", "Number 1", "Number 2"]
    assert [view.may_edit for view in views] == [False, True, False]
    after = views[0].row["comment_id"]
    assert [view.content for view in list_comments(bob.actor, task_id, after_id=after)] == [
        "Number 1",
        "Number 2",
    ]
    assert [view.content for view in list_comments(bob.actor, task_id, limit=1)] == ["Number 0"]
    last = read_comments(list_last_without_texts(bob.actor, task_id, limit=2))
    assert [view.content for view in last] == ["Number 1", "Number 2"]


def test_strangers_neither_write_nor_read(eve: Person, ada: Person, task_id: str) -> None:
    change = create_comment(ada.actor, task_id, content="Secret")
    for use in (
        lambda: create_comment(eve.actor, task_id, content="Hello"),
        lambda: create_comment(eve.actor, new_id(), content="Hello"),
        lambda: list_comments(eve.actor, task_id),
        lambda: get_comment(eve.actor, change.entity_id),
    ):
        with pytest.raises(NotFound):
            use()
    assert comment_count(ada, task_id) == 1


def test_who_left_the_team_writes_nothing_more(
    ada: Person, bob: Person, crew: Team, task_id: str
) -> None:
    remove_member(ada.actor, crew.team_id, bob.user_id)
    with pytest.raises(NotFound):
        create_comment(bob.actor, task_id, content="Hello")
    assert comment_count(ada, task_id) == 0


def test_a_task_in_the_trash_takes_no_comment_but_keeps_its_own(ada: Person, task_id: str) -> None:
    create_comment(ada.actor, task_id, content="Before")
    delete_task(ada.actor, task_id)
    with pytest.raises(NotFound):
        create_comment(ada.actor, task_id, content="After")
    assert [view.content for view in list_comments(ada.actor, task_id)] == ["Before"]
    restore_task(ada.actor, task_id)
    create_comment(ada.actor, task_id, content="After")
    assert comment_count(ada, task_id) == 2


def test_a_task_takes_a_limited_number_of_comments(
    ada: Person, task_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "COMMENTS_PER_TASK", 2)
    first = create_comment(ada.actor, task_id, content="One")
    create_comment(ada.actor, task_id, content="Two")
    with pytest.raises(Conflict, match="at most 2 comments"):
        create_comment(ada.actor, task_id, content="Three")
    delete_comment(ada.actor, first.entity_id)
    create_comment(ada.actor, task_id, content="Three")
    assert comment_count(ada, task_id) == 2


def test_comments_written_at_once_are_all_counted(
    app: Flask, ada: Person, bob: Person, gus: Person, task_id: str
) -> None:
    def comment(person: Person) -> object:
        return create_comment(person.actor, task_id, content="At once")

    answers = at_once_inside(
        app, [lambda: comment(ada), lambda: comment(bob), lambda: comment(gus)]
    )
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert comment_count(ada, task_id) == 3
    assert len({view.row["comment_id"] for view in list_comments(ada.actor, task_id)}) == 3


def test_the_participants_of_a_task_are_notified_once_each(
    ada: Person, bob: Person, gus: Person, crew: Team
) -> None:
    task_id = make_task(ada, crew, assignee_id=bob.user_id)
    create_comment(gus.actor, task_id, content="First")
    assert intents(ada.user_id) == ["commented"]
    assert intents(bob.user_id)[-1] == "commented"
    assert "commented" not in intents(gus.user_id)
    create_comment(ada.actor, task_id, content="Second")
    assert intents(ada.user_id) == ["commented"]  # not of one's own
    assert intents(gus.user_id)[-1] == "commented"  # who has commented takes part
    assert intents(bob.user_id).count("commented") == 2


def test_who_is_mentioned_is_told_of_that_and_not_of_the_comment_too(
    ada: Person, bob: Person, crew: Team
) -> None:
    task_id = make_task(ada, crew, assignee_id=bob.user_id)
    create_comment(ada.actor, task_id, content=f"Look, @{bob.email} @{bob.email}")
    assert intents(bob.user_id)[-1] == "mentioned"
    assert "commented" not in intents(bob.user_id)


def test_who_left_is_not_notified_as_a_participant(ada: Person, bob: Person, crew: Team) -> None:
    task_id = make_task(bob, crew, assignee_id=bob.user_id)
    create_comment(bob.actor, task_id, content="Mine")
    remove_member(ada.actor, crew.team_id, bob.user_id)
    before = intents(bob.user_id)
    create_comment(ada.actor, task_id, content="Secret")
    assert intents(bob.user_id) == before


def test_a_role_without_the_permission_writes_nothing(
    ada: Person, bob: Person, crew: Team, task_id: str
) -> None:
    from tests.stores.scene import write

    assert write(
        "DELETE FROM role_permissions WHERE role = 'guest' AND team_id = :team", team=crew.team_id
    )
    change_role(ada.actor, crew.team_id, bob.user_id, role="guest")
    with pytest.raises(Forbidden):
        create_comment(bob.actor, task_id, content="Hello")
    assert comment_count(ada, task_id) == 0


def test_a_comment_belongs_to_its_team_only(ada: Person, eve: Person, task_id: str) -> None:
    other = make_team(eve, "Other")
    add_member(eve.actor, other.team_id, role="admin", user_id=ada.user_id)
    change = create_comment(ada.actor, task_id, content="Ours")
    with pytest.raises(NotFound):
        get_comment(eve.actor, change.entity_id)
    edit_task(ada.actor, task_id, changes={"title": "New title"})
    assert get_comment(ada.actor, change.entity_id).row["task_title"] == "New title"
