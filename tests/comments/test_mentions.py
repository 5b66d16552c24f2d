"""Who is meant by @names."""

from __future__ import annotations

import pytest

from taskforge.boards.mentions import resolve_mentions
from taskforge.comments.service import create_comment, edit_comment
from taskforge.teams.service import remove_member
from taskforge.text.markdown import MAX_MENTIONS
from tests.audit_trail import intents
from tests.factories import Person, Team, make_person, make_team

pytestmark = pytest.mark.usefixtures("inside")


def names_of(person: Person) -> list[str]:
    local = person.email.split("@")[0]
    number = local.removeprefix("bob")
    return [person.email, person.email.upper(), local, local.upper(), f"Bob.Number{number}"]


def test_a_person_is_meant_by_address_local_part_and_name(bob: Person, crew: Team) -> None:
    for name in names_of(bob):
        assert resolve_mentions(crew.board_id, f"Hello @{name}!").user_ids == [bob.user_id], name


def test_everybody_is_meant_once_in_order(
    ada: Person, bob: Person, gus: Person, crew: Team
) -> None:
    content = (
        f"@{gus.email} and @{bob.email}, and again @{gus.email.split('@')[0]} and @{ada.email}"
    )
    assert resolve_mentions(crew.board_id, content).user_ids == [
        gus.user_id,
        bob.user_id,
        ada.user_id,
    ]


@pytest.mark.parametrize("content", ["", "nobody", "@", "@nobody", "mail me: someone@example.test"])
def test_nobody_is_meant_where_no_member_is_named(crew: Team, content: str) -> None:
    assert resolve_mentions(crew.board_id, content).user_ids == []


def test_names_in_code_mean_nobody(bob: Person, crew: Team) -> None:
    local = bob.email.split("@")[0]
    assert resolve_mentions(crew.board_id, f"`@{local}`\n\n```\n@{local}\n```").user_ids == []


def test_a_name_that_fits_two_members_means_neither(ada: Person, crew: Team, bob: Person) -> None:
    from tests.stores.scene import write

    write("UPDATE users SET display_name = 'Same Name'")
    assert resolve_mentions(crew.board_id, "@same.name").user_ids == []
    assert resolve_mentions(crew.board_id, f"@{bob.email}").user_ids == [bob.user_id]


def test_people_outside_the_team_are_not_meant(
    ada: Person, bob: Person, eve: Person, crew: Team
) -> None:
    make_team(eve, "Other", member=bob)
    assert resolve_mentions(crew.board_id, f"@{eve.email}").user_ids == []
    remove_member(ada.actor, crew.team_id, bob.user_id)
    assert resolve_mentions(crew.board_id, f"@{bob.email}").user_ids == []


def test_only_the_first_mentions_count(bob: Person, crew: Team) -> None:
    filler = " ".join(f"@somebody{number}" for number in range(MAX_MENTIONS))
    assert resolve_mentions(crew.board_id, f"{filler} @{bob.email}").user_ids == []
    assert resolve_mentions(crew.board_id, f"@{bob.email} {filler}").user_ids == [bob.user_id]


def test_a_mention_notifies_once_also_when_the_comment_is_edited(
    app: object, ada: Person, bob: Person, gus: Person, task_id: str
) -> None:
    change = create_comment(ada.actor, task_id, content=f"@{bob.email}")
    assert intents(bob.user_id)[-1:] == ["mentioned"]
    edit_comment(ada.actor, change.entity_id, content=f"@{bob.email} @{gus.email}")
    assert intents(bob.user_id).count("mentioned") == 1
    assert intents(gus.user_id).count("mentioned") == 1


def test_one_does_not_notify_oneself(ada: Person, task_id: str) -> None:
    create_comment(ada.actor, task_id, content=f"Note to @{ada.email}")
    assert intents(ada.user_id) == []


def test_a_newcomer_of_the_team_can_be_mentioned(ada: Person, crew: Team, app: object) -> None:
    from taskforge.teams.service import add_member

    newcomer = make_person(ada.app, "Newcomer")
    assert resolve_mentions(crew.board_id, f"@{newcomer.email}").user_ids == []
    add_member(ada.actor, crew.team_id, role="guest", user_id=newcomer.user_id)
    assert resolve_mentions(crew.board_id, f"@{newcomer.email}").user_ids == [newcomer.user_id]
