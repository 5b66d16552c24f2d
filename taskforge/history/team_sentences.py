"""Sentences of a team's audit events, as they follow the person's name: “added Ada to the team as a member”."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taskforge.events import LEFT_TEAM, TEAM_SENTENCES, Event, find_event
from taskforge.history.used_tokens import describe_token
from taskforge.teams.permissions import Role

SOMETHING = "changed the team"
SOMEBODY = "somebody"


def describe_team_event(row: Mapping[str, Any], people: Mapping[str, str]) -> str:
    """What an event of a team changed, by its ``event``, ``actor_id`` and ``new_state``; `people` are names by id."""
    return _describe(row, people) + describe_token(row["new_state"])


def _describe(row: Mapping[str, Any], people: Mapping[str, str]) -> str:
    event, state = find_event(row["event"]), row["new_state"] or {}
    members: Mapping[str, str | None] = state.get("members", {})
    if event is Event.TEAM_MEMBER_REMOVED and row["actor_id"] in members:
        return LEFT_TEAM
    others = [one for one in members if one != row["actor_id"]]
    person = next(iter(others or members or state.get("limited", ())), None)
    role = members.get(person) if person else None
    invitation = state.get("invitation", {})
    role = role or invitation.get("role") or state.get("join_link", {}).get("role")
    invited = invitation.get("email") or people.get(invitation.get("user_id"))
    sentence = TEAM_SENTENCES.get(event, SOMETHING) if event else SOMETHING
    return sentence.format(
        person=people.get(person or "", SOMEBODY),
        role=Role(role).words if role else "",
        invited=invited or SOMEBODY,
        viewed=_viewed(state.get("view"), people),
    )


def _viewed(view: Mapping[str, Any] | None, people: Mapping[str, str]) -> str:
    """As whom somebody looks at the team: a person, or a role."""
    if view is None:
        return ""
    return people.get(view["user_id"], SOMEBODY) if view["user_id"] else Role(view["role"]).words
