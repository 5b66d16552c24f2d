"""The deletion of an account while others write, take its person in, or go too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from flask import Flask

from taskforge.accounts.service import edit_profile, get_profile
from taskforge.accounts.session_records import find_identity, open_session
from taskforge.boards.service import create_team
from taskforge.errors import StaleVersion, TaskForgeError
from taskforge.leaving.deletion import delete_account
from taskforge.mail.tokens import make_token
from taskforge.stores.operations import Change
from taskforge.tasks.service import create_task
from taskforge.teams.invitations.service import accept_invitation, invite_person
from taskforge.teams.service import add_member, remove_member
from tests.stores.conftest import assert_stores_agree, catch_up
from tests.stores.erased import address_of, erase_everything, places_of
from tests.stores.scene import Scene, read, register
from tests.together import at_once_inside

pytestmark = pytest.mark.usefixtures("settled_at_once")
Together = Callable[[Sequence[Callable[[], Any]]], list[Any]]


@pytest.fixture
def together(app: Flask, scene: Scene) -> Together:
    """Run services at the same moment; their answers or refusals, in order."""
    return partial(at_once_inside, app)


def test_what_another_session_writes_meanwhile_is_whole_or_refused(
    scene: Scene, together: Together
) -> None:
    for number in range(4):
        person = register(f"fay{number}")
        add_member(scene.ann, scene.team_id, role="member", user_id=person.user_id)
        catch_up()
        version = get_profile(person).row["version"]
        deleted, *others = together(
            [
                partial(delete_account, person, email=address_of(person)),
                partial(create_task, person, board_id=scene.board_id, title="Late"),
                partial(create_team, person, name=f"Late {number}"),
                partial(edit_profile, person, version=version, changes={"bio": "Zanzibar"}),
                partial(open_session, person.user_id, f"late{number}", kind="browser"),
            ]
        )
        if not isinstance(deleted, Change):  # busy with the others: it is asked for again
            assert isinstance(deleted, (StaleVersion, TaskForgeError)), deleted
            delete_account(person, email=address_of(person))
        assert all(isinstance(other, (Change, str, TaskForgeError)) for other in others), others
        assert find_identity(sid=f"late{number}") is None
        memberships = "SELECT count(*) FROM effective_memberships WHERE user_id = :id"
        assert read(memberships, id=person.user_id) == 0
        erase_everything()
        assert read("SELECT count(*) FROM teams WHERE name LIKE 'Late%'") == 0
        sessions = "SELECT count(*) FROM user_sessions WHERE user_id = :id"
        assert read(sessions, id=person.user_id) == 0
        assert places_of("Zanzibar") == []
    assert_stores_agree()


def test_who_is_added_or_comes_in_meanwhile_is_out_in_the_end(
    scene: Scene, together: Together
) -> None:
    for number in range(4):
        person = register(f"gil{number}")
        token = make_token()
        team_id = create_team(scene.ann, name=f"Other {number}").entity_id
        invite_person(
            scene.ann, team_id, token=token, role="member", per_day=50, email=address_of(person)
        )
        address = address_of(person)
        deleted, *others = together(
            [
                partial(delete_account, person, email=address),
                partial(accept_invitation, person, token=token.secret),
                partial(
                    add_member, scene.ann, scene.team_id, role="guest", user_id=person.user_id
                ),
                partial(
                    invite_person, scene.ann, scene.team_id, token=make_token(), role="guest",
                    per_day=50, user_id=person.user_id,
                ),
            ]
        )  # fmt: skip
        if not isinstance(deleted, Change):
            delete_account(person, email=address)
        assert all(isinstance(other, (Change, TaskForgeError)) for other in others), others
        memberships = "SELECT count(*) FROM effective_memberships WHERE user_id = :id"
        assert read(memberships, id=person.user_id) == 0
        erase_everything()
        left = "SELECT count(*) FROM invitations WHERE user_id = :id AND state = 'open'"
        assert read(left, id=person.user_id) == 0
        assert read("SELECT count(*) FROM invitations WHERE email = :a", a=address) == 0
    assert_stores_agree()


def test_of_two_admins_who_go_at_once_one_stays(scene: Scene, together: Together) -> None:
    for number in range(4):
        hal, ida = register(f"hal{number}"), register(f"ida{number}")
        team_id = create_team(hal, name=f"Pair {number}").entity_id
        add_member(hal, team_id, role="admin", user_id=ida.user_id)
        add_member(hal, team_id, role="member", user_id=scene.bob.user_id)
        answers = together(
            [
                partial(delete_account, hal, email=address_of(hal)),
                partial(remove_member, ida, team_id, ida.user_id)
                if number % 2
                else partial(delete_account, ida, email=address_of(ida)),
            ]
        )
        kinds = sorted(type(answer).__name__ for answer in answers)
        assert kinds == ["Change", "Conflict"], answers
        admins = "SELECT count(*) FROM team_memberships WHERE team_id = :id AND role = 'admin'"
        assert read(admins, id=team_id) == 1
    erase_everything()
    assert_stores_agree()
