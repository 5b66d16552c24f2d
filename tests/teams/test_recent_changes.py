"""What happened in a team lately, as its page tells those who manage its members."""

from __future__ import annotations

import re

import pytest

from taskforge.errors import Forbidden, NotFound
from taskforge.events import TEAM_SENTENCES, Event
from taskforge.mail.tokens import make_token
from taskforge.teams import service as teams
from taskforge.teams.invitations import service
from taskforge.teams.recent_changes import MAX_SHOWN, list_recent_changes
from tests.factories import Person, Team
from tests.pages import visit
from tests.teams.invited import invite
from tests.teams.test_join_links import switch_on

pytestmark = pytest.mark.usefixtures("inside")


def test_every_event_of_a_team_has_a_sentence() -> None:
    assert set(TEAM_SENTENCES) == {event for event in Event if event.entity_type == "team"}


def test_the_page_says_who_invited_whom_and_what_became_of_it(
    ada: Person, bob: Person, grace: Person, team: Team
) -> None:
    first, _ = invite(ada, team, "guest", email=bob.email)
    service.resend_invitation(ada.actor, team.team_id, first, token=make_token())
    service.decline_invitation(bob.actor, invitation_id=first)
    second, _ = invite(ada, team, user_id=grace.user_id)
    service.accept_invitation(grace.actor, invitation_id=second)
    teams.change_role(ada.actor, team.team_id, grace.user_id, role="admin")
    switch_on(ada, team)
    teams.remove_member(grace.actor, team.team_id, grace.user_id)
    page = visit(ada).open(f"/teams/{team.team_id}").html.partition('id="recent-changes"')[2]
    told = [
        re.sub(r"<[^>]+>|\s+", " ", line).split(" · ")[0]
        for line in re.findall(r'<p class="row__main">(.*?)</p>', page, re.S)
    ]
    wanted = [
        "left the team",
        "made a new link to join as a member",
        "made Grace .* an admin",
        "joined as a member",
        "invited Grace .* as a member",
        "declined the invitation",
        f"sent the invitation of {bob.email} again",
        f"invited {bob.email} as a guest",
        "made the team",
    ]
    assert len(told) == len(wanted)
    for line, sentence in zip(told, wanted, strict=True):
        assert re.search(sentence, line), line
    assert grace.email not in page


def test_a_few_are_shown_to_who_manages_members_alone(
    ada: Person, bob: Person, eve: Person, full_team: Team
) -> None:
    for number in range(MAX_SHOWN):
        invite(ada, full_team, email=f"x{number}@example.test")
    assert len(list_recent_changes(ada.actor, full_team.team_id)) == MAX_SHOWN
    with pytest.raises(Forbidden):
        list_recent_changes(bob.actor, full_team.team_id)
    with pytest.raises(NotFound):
        list_recent_changes(eve.actor, full_team.team_id)
    assert "Latest changes" not in visit(bob).open(f"/teams/{full_team.team_id}").text
