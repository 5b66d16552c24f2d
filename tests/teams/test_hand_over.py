"""What becomes of the open cards of who goes from a team; and taking a removal back, with the cards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge import clock
from taskforge.boards.board_people import limit_guest
from taskforge.boards.queries import list_boards
from taskforge.boards.service import create_board, edit_board
from taskforge.errors import Conflict, InvalidInput, NotFound, TaskForgeError
from taskforge.history.log_checks import untrue_rows
from taskforge.ids import new_id
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.bulk.hand_over import NOBODY, remove_member, restore_member
from taskforge.tasks.queries import get_task
from taskforge.tasks.service import create_task, edit_task, move_task
from taskforge.teams import departures, service
from taskforge.teams.membership_checks import wrong_memberships
from taskforge.teams.queries import list_members
from tests.audit_trail import events_of, intents, last_event
from tests.factories import Person, Team, make_task, make_team
from tests.teams.roles import put_below, roles
from tests.together import at_once_inside

pytestmark = pytest.mark.usefixtures("inside")


def assignee(person: Person, task_id: str) -> str | None:
    found: str | None = get_task(person.actor, task_id).row["assignee_id"]
    return found


def is_healthy() -> bool:
    """Whether rows and audit log agree, and effective memberships with what they follow from."""
    gaps = text("""
        SELECT count(*)
        FROM   boards b
        WHERE  b.seq <> (SELECT count(*) FROM audit_logs l WHERE l.board_id = b.board_id AND l.board_seq > 0)
    """)
    return not [*untrue_rows(), *wrong_memberships()] and sql.scalar(gaps) == 0


def test_the_open_cards_go_to_another_person_with_the_removal(
    ada: Person, bob: Person, gus: Person, full_team: Team
) -> None:
    done = full_team.columns["done"]
    first, second = (make_task(ada, full_team, assignee_id=bob.user_id) for _ in range(2))
    finished = make_task(ada, full_team, column_id=done, assignee_id=bob.user_id)
    other = make_task(ada, full_team, assignee_id=gus.user_id)
    change = remove_member(ada.actor, full_team.team_id, bob.user_id, hand_over_to=gus.user_id)
    assert change.extra["cards"] == 2
    assert [assignee(ada, one) for one in (first, second, other)] == [gus.user_id] * 3
    assert assignee(ada, finished) == bob.user_id
    entry = last_event(full_team.team_id)
    assert entry.after["handed_over"]["to"] == gus.user_id
    assert last_event(first).event == "task.assigned"
    assert intents(gus.user_id)[-1] == "handed_over"
    assert intents(gus.user_id).count("handed_over") == 1
    assert intents(bob.user_id)[-1] == "removed_from_team"
    assert is_healthy()


def test_the_open_cards_are_assigned_to_nobody(ada: Person, bob: Person, full_team: Team) -> None:
    task_id = make_task(ada, full_team, assignee_id=bob.user_id)
    remove_member(ada.actor, full_team.team_id, bob.user_id, hand_over_to=NOBODY)
    assert assignee(ada, task_id) is None
    restore_member(ada.actor, full_team.team_id, bob.user_id)
    assert assignee(ada, task_id) == bob.user_id


def test_undo_gives_role_limit_boards_and_cards_back(
    ada: Person, gus: Person, bob: Person, full_team: Team
) -> None:
    team_id = full_team.team_id
    limit_guest(ada.actor, team_id, gus.user_id, board_ids=[full_team.board_id])
    create_board(ada.actor, team_id, name="Not for Gus")
    task_id = make_task(ada, full_team, assignee_id=gus.user_id)
    joined_at = next(
        one["joined_at"]
        for one in list_members(ada.actor, team_id)
        if one["user_id"] == gus.user_id
    )
    remove_member(ada.actor, team_id, gus.user_id, hand_over_to=bob.user_id)
    assert list_boards(gus.actor) == []
    change = restore_member(ada.actor, team_id, gus.user_id)
    assert (change.extra["cards"], change.extra["refused"]) == (1, [])
    assert assignee(ada, task_id) == gus.user_id
    assert [one["board_id"] for one in list_boards(gus.actor)] == [full_team.board_id]
    member = next(one for one in list_members(ada.actor, team_id) if one["user_id"] == gus.user_id)
    assert (member["role"], member["is_limited"]) == ("guest", True)
    assert member["joined_at"] == joined_at
    assert last_event(team_id).event == "team.member_restored"
    assert intents(gus.user_id)[-1] == "added_to_team"
    assert is_healthy()


def test_a_card_that_somebody_gave_to_others_since_stays_and_is_named(
    ada: Person, bob: Person, gus: Person, full_team: Team
) -> None:
    taken, left, moved = (make_task(ada, full_team, assignee_id=bob.user_id) for _ in range(3))
    remove_member(ada.actor, full_team.team_id, bob.user_id, hand_over_to=gus.user_id)
    edit_task(ada.actor, taken, changes={"assignee_id": ada.user_id})
    move_task(ada.actor, moved, column_id=full_team.columns["in_review"])
    change = restore_member(ada.actor, full_team.team_id, bob.user_id)
    assert assignee(ada, taken) == ada.user_id
    assert [assignee(ada, one) for one in (left, moved)] == [bob.user_id] * 2
    (sentence,) = change.extra["refused"]
    assert "Ada Number" in sentence
    assert "changed the assignee later" in sentence
    assert is_healthy()


def test_a_card_of_a_board_that_is_private_now_stays(
    ada: Person, bob: Person, gus: Person, full_team: Team
) -> None:
    task_id = make_task(ada, full_team, assignee_id=bob.user_id)
    remove_member(ada.actor, full_team.team_id, bob.user_id, hand_over_to=ada.user_id)
    edit_board(ada.actor, full_team.board_id, version=1, is_private=True)
    change = restore_member(ada.actor, full_team.team_id, bob.user_id)
    assert change.extra["refused_count"] == 1
    assert assignee(ada, task_id) == ada.user_id
    assert is_healthy()


def test_cards_on_boards_that_the_new_assignee_does_not_see_stay(
    ada: Person, bob: Person, gus: Person, full_team: Team
) -> None:
    hidden = create_board(ada.actor, full_team.team_id, name="Hidden").entity_id
    card = create_task(
        ada.actor, board_id=hidden, title="Secret", assignee_id=bob.user_id
    ).entity_id
    edit_board(ada.actor, hidden, version=1, is_private=True)
    open_card = make_task(ada, full_team, assignee_id=bob.user_id)
    remove_member(ada.actor, full_team.team_id, bob.user_id, hand_over_to=gus.user_id)
    assert assignee(ada, card) == bob.user_id
    assert assignee(ada, open_card) == gus.user_id


def test_cards_go_to_nobody_outside_and_not_to_oneself(
    ada: Person, bob: Person, eve: Person, full_team: Team
) -> None:
    make_task(ada, full_team, assignee_id=bob.user_id)
    for target in (eve.user_id, bob.user_id, new_id()):
        with pytest.raises(InvalidInput) as refusal:
            remove_member(ada.actor, full_team.team_id, bob.user_id, hand_over_to=target)
        assert refusal.value.fields.keys() == {"hand_over_to"}
    assert bob.user_id in roles(full_team, ada)


def test_who_left_by_themselves_is_not_taken_back(
    ada: Person, bob: Person, full_team: Team
) -> None:
    task_id = make_task(ada, full_team, assignee_id=bob.user_id)
    remove_member(bob.actor, full_team.team_id, bob.user_id, hand_over_to=ada.user_id)
    assert assignee(ada, task_id) == ada.user_id
    with pytest.raises(Conflict, match="left the team by themselves"):
        restore_member(ada.actor, full_team.team_id, bob.user_id)


def test_who_is_in_the_team_or_never_was_is_not_taken_back(
    ada: Person, bob: Person, eve: Person, full_team: Team
) -> None:
    with pytest.raises(Conflict, match="member of this team already"):
        restore_member(ada.actor, full_team.team_id, bob.user_id)
    with pytest.raises(NotFound):
        restore_member(ada.actor, full_team.team_id, eve.user_id)


def test_a_removal_is_taken_back_for_thirty_days(ada: Person, bob: Person, full_team: Team) -> None:
    with clock.frozen(clock.now() - timedelta(days=31)):
        remove_member(ada.actor, full_team.team_id, bob.user_id)
    with pytest.raises(Conflict, match="30 days"):
        restore_member(ada.actor, full_team.team_id, bob.user_id)


def test_a_repeated_removal_and_return_answer_the_same(
    ada: Person, bob: Person, full_team: Team
) -> None:
    make_task(ada, full_team, assignee_id=bob.user_id)
    team_id = full_team.team_id
    for act in (
        lambda actor: remove_member(actor, team_id, bob.user_id, hand_over_to=NOBODY),
        lambda actor: restore_member(actor, team_id, bob.user_id),
    ):
        actor = Actor(user_id=ada.user_id, op_id=new_id())
        first, second = act(actor), act(actor)
        assert (first.extra, second.replayed) == (second.extra, True)
    assert len(events_of(team_id)) == 5


def test_a_removal_and_writes_of_the_removed_at_once(
    app: Flask, ada: Person, bob: Person, gus: Person, full_team: Team
) -> None:
    """Whatever comes first: no card is left half handed over, and nothing waits for ever."""
    board_id = create_board(ada.actor, full_team.team_id, name="Second").entity_id
    tasks = [make_task(ada, full_team, assignee_id=bob.user_id) for _ in range(2)]
    tasks += [
        create_task(ada.actor, board_id=board_id, title="T", assignee_id=bob.user_id).entity_id
        for _ in range(2)
    ]
    for _ in range(4):
        answers = at_once_inside(
            app,
            [
                *(lambda one=one: edit_task(bob.actor, one, changes={"title": new_id()}) for one in tasks),
                lambda: edit_task(gus.actor, tasks[0], changes={"title": "G"}),
                lambda: remove_member(
                    ada.actor, full_team.team_id, bob.user_id, hand_over_to=gus.user_id
                ),
            ],
        )  # fmt: skip
        assert not isinstance(answers[-1], TaskForgeError)
        assert {assignee(ada, one) for one in tasks} == {gus.user_id}
        restore_member(ada.actor, full_team.team_id, bob.user_id)
        assert {assignee(ada, one) for one in tasks} == {bob.user_id}
    assert is_healthy()


def test_of_two_removals_at_once_one_hands_over(
    app: Flask, ada: Person, bob: Person, gus: Person, full_team: Team
) -> None:
    service.change_role(ada.actor, full_team.team_id, gus.user_id, role="admin")
    task_id = make_task(ada, full_team, assignee_id=bob.user_id)
    answers = at_once_inside(
        app,
        [
            lambda: remove_member(
                ada.actor, full_team.team_id, bob.user_id, hand_over_to=gus.user_id
            ),
            lambda: remove_member(
                gus.actor, full_team.team_id, bob.user_id, hand_over_to=ada.user_id
            ),
        ],
    )
    assert sorted(isinstance(answer, NotFound) for answer in answers) == [False, True]
    heir = gus if isinstance(answers[1], NotFound) else ada
    assert assignee(ada, task_id) == heir.user_id


def test_who_comes_back_above_comes_back_below(ada: Person, bob: Person, full_team: Team) -> None:
    low = make_team(ada, "Low")
    put_below(ada, low, full_team)
    remove_member(ada.actor, full_team.team_id, bob.user_id)
    assert bob.user_id not in roles(low, ada)
    restore_member(ada.actor, full_team.team_id, bob.user_id)
    assert roles(low, ada)[bob.user_id] == "member"
    assert is_healthy()


def test_a_removal_that_was_repeated_by_others_is_not_taken_back_by_its_old_undo(
    ada: Person, bob: Person, full_team: Team
) -> None:
    first = remove_member(ada.actor, full_team.team_id, bob.user_id)
    restore_member(ada.actor, full_team.team_id, bob.user_id)
    remove_member(ada.actor, full_team.team_id, bob.user_id)
    with pytest.raises(Conflict):
        departures.restore_member(
            ada.actor, full_team.team_id, bob.user_id, removal_id=str(first.event_id)
        )
