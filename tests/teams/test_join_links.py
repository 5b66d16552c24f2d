"""Join links: off until somebody switches them on, and dead when they are renewed or switched off."""

from __future__ import annotations

import pytest
from flask import Flask

from taskforge.errors import Conflict, Forbidden, InvalidInput, NotFound, RateLimited
from taskforge.ids import new_id
from taskforge.mail.tokens import make_token
from taskforge.teams import service as teams
from taskforge.teams.invitations import team_links
from tests.audit_trail import events_of, last_event
from tests.factories import Person, Team, make_person
from tests.teams.roles import roles
from tests.together import at_once_inside

pytestmark = pytest.mark.usefixtures("inside")


def switch_on(sender: Person, team: Team, role: str = "member") -> str:
    token = make_token()
    team_links.make_join_link(sender.actor, team.team_id, role=role, nonce=new_id(), token=token)
    return token.secret


def join(person: Person, token: str, per_day: int = 50) -> object:
    return team_links.join_by_link(person.actor, token, per_day=per_day)


def test_a_new_team_has_none(ada: Person, team: Team) -> None:
    assert list(team_links.list_join_links(ada.actor, team.team_id)) == []


@pytest.mark.parametrize("role", ["member", "guest"])
def test_whoever_has_the_link_joins_in_its_role(
    ada: Person, bob: Person, grace: Person, team: Team, role: str
) -> None:
    token = switch_on(ada, team, role)
    for person in (bob, grace):
        join(person, token)
    assert roles(team, ada) == {ada.user_id: "admin", bob.user_id: role, grace.user_id: role}
    entry = last_event(team.team_id)
    assert (entry.event, entry.actor_id) == ("team.member_joined", grace.user_id)
    assert entry.after == {"members": {grace.user_id: role}, "by_join_link": role}
    with pytest.raises(Conflict, match="in this team already"):
        join(bob, token)


@pytest.mark.parametrize("role", ["admin", "owner", ""])
def test_no_link_gives_more_than_a_member_may(ada: Person, team: Team, role: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        switch_on(ada, team, role)
    assert list(refused.value.fields) == ["role"]


def test_renewing_and_switching_off_kill_the_link_before(
    ada: Person, bob: Person, team: Team
) -> None:
    first = switch_on(ada, team)
    second = switch_on(ada, team)
    with pytest.raises(NotFound):
        join(bob, first)
    team_links.remove_join_link(ada.actor, team.team_id, role="member")
    with pytest.raises(NotFound):
        join(bob, second)
    with pytest.raises(Conflict, match="off already"):
        team_links.remove_join_link(ada.actor, team.team_id, role="member")
    assert [(one.event, one.after["join_link"]) for one in events_of(team.team_id)[1:]] == [
        ("team.join_link_made", {"role": "member", "is_on": True}),
        ("team.join_link_made", {"role": "member", "is_on": True}),
        ("team.join_link_removed", {"role": "member", "is_on": False}),
    ]
    assert roles(team, ada) == {ada.user_id: "admin"}


def test_members_guests_and_strangers_neither_see_nor_make_them(
    bob: Person, gus: Person, eve: Person, full_team: Team
) -> None:
    for person, refusal in ((bob, Forbidden), (gus, Forbidden), (eve, NotFound)):
        with pytest.raises(refusal):
            switch_on(person, full_team)
        with pytest.raises(refusal):
            team_links.list_join_links(person.actor, full_team.team_id)
        with pytest.raises(refusal):
            team_links.remove_join_link(person.actor, full_team.team_id, role="member")


def test_who_was_removed_does_not_come_back_by_it_and_who_left_does(
    ada: Person, bob: Person, grace: Person, team: Team
) -> None:
    token = switch_on(ada, team)
    for person in (bob, grace):
        join(person, token)
    teams.remove_member(ada.actor, team.team_id, bob.user_id)
    teams.remove_member(grace.actor, team.team_id, grace.user_id)
    with pytest.raises(Forbidden, match="were removed from this team"):
        join(bob, token)
    join(grace, token)
    assert set(roles(team, ada)) == {ada.user_id, grace.user_id}


def test_it_dies_with_the_right_of_who_made_it(
    ada: Person, bob: Person, grace: Person, team: Team
) -> None:
    teams.add_member(ada.actor, team.team_id, role="admin", user_id=grace.user_id)
    token = switch_on(grace, team)
    teams.change_role(ada.actor, team.team_id, grace.user_id, role="guest")
    with pytest.raises(Conflict, match="switched off or renewed"):
        join(bob, token)
    assert bob.user_id not in roles(team, ada)


def test_so_many_join_by_it_in_a_day(app: Flask, ada: Person, bob: Person, team: Team) -> None:
    token = switch_on(ada, team)
    join(bob, token, per_day=1)
    with pytest.raises(RateLimited, match="1 people have joined"):
        join(make_person(app, "Cyd"), token, per_day=1)
    switch_on(ada, team)  # renewing it does not begin the day anew
    assert len(roles(team, ada)) == 2


def test_two_at_once_do_not_pass_the_days_limit_together(
    app: Flask, ada: Person, bob: Person, grace: Person, team: Team
) -> None:
    token = switch_on(ada, team)
    answers = at_once_inside(
        app, [lambda: join(bob, token, per_day=1), lambda: join(grace, token, per_day=1)]
    )
    assert sorted(isinstance(answer, RateLimited) for answer in answers) == [False, True]
    assert len(roles(team, ada)) == 2
