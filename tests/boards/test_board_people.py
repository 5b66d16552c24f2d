"""Private boards and guests who are limited to boards: what they see, everywhere, and what they are told of."""

from __future__ import annotations

import pytest

from taskforge.boards.access import access_board
from taskforge.boards.board_people import (
    NamedAlready,
    limit_guest,
    list_named_people,
    name_person,
    unname_person,
)
from taskforge.boards.people import find_viewers, list_nameables, list_viewers
from taskforge.boards.queries import list_boards, list_deleted_boards, list_teams
from taskforge.boards.service import delete_board, edit_board
from taskforge.comments.queries import list_comments
from taskforge.comments.service import create_comment
from taskforge.errors import Conflict, Forbidden, InvalidInput, NotFound
from taskforge.live.request import StreamRequest
from taskforge.search import queries as search
from taskforge.search.people import find_people
from taskforge.tasks.access import access_task
from taskforge.tasks.list_queries import list_tasks
from taskforge.tasks.service import create_task, edit_task, move_task
from taskforge.teams import service as teams
from taskforge.web.live.access import BoardStreamSource
from tests.audit_trail import intents, last_event
from tests.boards.crew import Crew
from tests.factories import Person, make_team
from tests.search.feeding import feed_search

pytestmark = pytest.mark.usefixtures("inside")


def make_private(person: Person, board_id: str) -> None:
    row, _ = access_board(person.user_id, board_id)
    edit_board(person.actor, board_id, version=row["version"], is_private=True)


def sees_nothing_of(person: Person, crew: Crew) -> None:
    """Assert that the first board of the crew does not exist for somebody, on any way to it."""
    for attempt in (
        lambda: access_board(person.user_id, crew.board_id),
        lambda: access_task(person.user_id, crew.task_id),
        lambda: list_comments(person.actor, crew.task_id),
        lambda: create_comment(person.actor, crew.task_id, content="Hello"),
        lambda: list_tasks(person.actor, board_id=crew.board_id),
        lambda: find_people(person.actor, crew.board_id, ""),
        lambda: BoardStreamSource().authorise(
            StreamRequest(crew.board_id, person.secret, None, "localhost")
        ),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert crew.board_id not in {one["board_id"] for one in list_boards(person.actor)}
    assert crew.task_id not in {one["task_id"] for one in list_tasks(person.actor)}
    (shown,) = list_teams(person.actor)
    assert shown["board_count"] == len(list_boards(person.actor))
    feed_search(person.app)
    found = search.find(person.actor, "secret")
    assert (found.hits, found.boards) == ([], [])
    assert search.find(person.actor, "1").hits == []
    for listed in (list_viewers(crew.board_id), list_nameables(crew.board_id)):
        assert person.user_id not in str(listed)
    assert find_viewers(crew.board_id, [person.user_id], limit=9) == ([], 0)


def test_a_guest_who_is_limited_sees_the_named_boards_and_nothing_else(
    ada: Person, gus: Person, crew: Crew
) -> None:
    limit_guest(ada.actor, crew.team_id, gus.user_id, board_ids=[crew.other_id])
    sees_nothing_of(gus, crew)
    assert [one["board_id"] for one in list_boards(gus.actor)] == [crew.other_id]
    entry = last_event(crew.team_id)
    assert entry.event == "team.guest_limited"
    assert entry.before == {
        "limited": {gus.user_id: False},
        "boards": {gus.user_id: {crew.other_id: False}},
    }
    assert entry.after == {
        "limited": {gus.user_id: True},
        "boards": {gus.user_id: {crew.other_id: True}},
    }


def test_the_limit_is_lifted(ada: Person, gus: Person, crew: Crew) -> None:
    limit_guest(ada.actor, crew.team_id, gus.user_id, board_ids=[])
    assert list_boards(gus.actor) == []
    limit_guest(ada.actor, crew.team_id, gus.user_id, board_ids=None)
    assert len(list_boards(gus.actor)) == 2


def test_another_role_lifts_the_limit_and_being_a_guest_again_does_not_bring_it_back(
    ada: Person, gus: Person, crew: Crew
) -> None:
    limit_guest(ada.actor, crew.team_id, gus.user_id, board_ids=[])
    teams.change_role(ada.actor, crew.team_id, gus.user_id, role="member")
    assert len(list_boards(gus.actor)) == 2
    teams.change_role(ada.actor, crew.team_id, gus.user_id, role="guest")
    assert len(list_boards(gus.actor)) == 2


def test_only_guests_are_limited_and_only_by_who_manages_members(
    ada: Person, bob: Person, gus: Person, eve: Person, crew: Crew
) -> None:
    with pytest.raises(Conflict, match="Only guests can be limited"):
        limit_guest(ada.actor, crew.team_id, bob.user_id, board_ids=[])
    for person, refusal in ((bob, Forbidden), (gus, Forbidden), (eve, NotFound)):
        with pytest.raises(refusal):
            limit_guest(person.actor, crew.team_id, gus.user_id, board_ids=None)
    with pytest.raises(NotFound):
        limit_guest(ada.actor, crew.team_id, eve.user_id, board_ids=[])
    foreign = make_team(eve)
    with pytest.raises(InvalidInput):
        limit_guest(ada.actor, crew.team_id, gus.user_id, board_ids=[foreign.board_id])


def test_a_private_board_is_seen_by_admins_and_the_named_people(
    ada: Person, bob: Person, gus: Person, crew: Crew
) -> None:
    make_private(ada, crew.board_id)
    sees_nothing_of(bob, crew)
    sees_nothing_of(gus, crew)
    assert access_board(ada.user_id, crew.board_id)[0]["is_private"]
    name_person(ada.actor, crew.board_id, gus.user_id)
    assert access_task(gus.user_id, crew.task_id).membership.role == "guest"
    assert [one["user_id"] for one in list_named_people(ada.actor, crew.board_id)] == [gus.user_id]
    assert last_event(crew.board_id).after == {"people": {gus.user_id: True}}
    with pytest.raises(NamedAlready):
        name_person(ada.actor, crew.board_id, gus.user_id)
    unname_person(ada.actor, crew.board_id, gus.user_id)
    sees_nothing_of(gus, crew)


def test_who_makes_a_board_private_without_being_admin_is_named_by_it(
    ada: Person, bob: Person, crew: Crew
) -> None:
    make_private(bob, crew.board_id)
    entry = last_event(crew.board_id)
    assert entry.after == {"is_private": True, "people": {bob.user_id: True}}
    assert access_board(bob.user_id, crew.board_id)[1].role == "member"
    row, _ = access_board(ada.user_id, crew.board_id)
    edit_board(ada.actor, crew.board_id, version=row["version"], is_private=False)


def test_a_name_counts_only_in_the_team(ada: Person, bob: Person, eve: Person, crew: Crew) -> None:
    make_private(ada, crew.board_id)
    with pytest.raises(InvalidInput, match="is not in the team"):
        name_person(ada.actor, crew.board_id, eve.user_id)
    name_person(ada.actor, crew.board_id, bob.user_id)
    teams.remove_member(ada.actor, crew.team_id, bob.user_id)
    with pytest.raises(NotFound):
        access_board(bob.user_id, crew.board_id)
    (named,) = list_named_people(ada.actor, crew.board_id)
    assert (named["user_id"], named["is_member"]) == (bob.user_id, False)


def test_who_does_not_see_the_board_is_told_of_nothing_on_it(
    ada: Person, bob: Person, gus: Person, crew: Crew
) -> None:
    edit_task(ada.actor, crew.task_id, changes={"assignee_id": bob.user_id})
    create_comment(bob.actor, crew.task_id, content="Mine")
    before = intents(bob.user_id)
    make_private(ada, crew.board_id)
    create_comment(ada.actor, crew.task_id, content=f"@{bob.email} and @{gus.email}, look")
    move_task(ada.actor, crew.task_id, column_id=crew.team.columns["done"])
    assert intents(bob.user_id) == before
    assert intents(gus.user_id) == ["added_to_team"]


def test_a_card_is_assigned_only_to_who_sees_the_board(
    ada: Person, gus: Person, crew: Crew
) -> None:
    limit_guest(ada.actor, crew.team_id, gus.user_id, board_ids=[crew.other_id])
    with pytest.raises(InvalidInput, match="member of this team"):
        create_task(ada.actor, board_id=crew.board_id, title="New", assignee_id=gus.user_id)
    with pytest.raises(InvalidInput, match="member of this team"):
        edit_task(ada.actor, crew.task_id, changes={"assignee_id": gus.user_id})
    create_task(ada.actor, board_id=crew.other_id, title="New", assignee_id=gus.user_id)


def test_deleted_private_boards_are_listed_to_who_saw_them(
    ada: Person, bob: Person, crew: Crew
) -> None:
    teams.change_role(ada.actor, crew.team_id, bob.user_id, role="admin")
    make_private(ada, crew.board_id)
    delete_board(bob.actor, crew.board_id)
    assert len(list_deleted_boards(ada.actor, crew.team_id)) == 1
