"""The latest events of a team as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taskforge.events import LEFT_TEAM, TEAM_SENTENCES, Event, find_event
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.teams.permissions import Role
from taskforge.teams.recent_changes import list_recent_changes
from taskforge.text.people import person_of

SOMETHING = "changed the team"
SOMEBODY = "somebody"


def show_recent_changes(actor: Actor, team_id: str) -> list[dict[str, Any]]:
    """The latest events of a team: who did what, and when."""
    return [
        {
            "actor": person_of(row["actor_id"], row["actor_name"]),
            "text": _sentence(row),
            "at": row["action_timestamp"],
        }
        for row in list_recent_changes(actor, team_id)
    ]


def _sentence(row: sql.Row) -> str:
    event, state = find_event(row["event"]), row["new_state"] or {}
    members: Mapping[str, str | None] = state.get("members", {})
    if event is Event.TEAM_MEMBER_REMOVED and row["actor_id"] in members:
        return LEFT_TEAM
    others = [one for one in members if one != row["actor_id"]]
    person = next(iter(others or members), None)
    role = members.get(person) if person else None
    invitation = state.get("invitation", {})
    role = role or invitation.get("role") or state.get("join_link", {}).get("role")
    invited = invitation.get("email") or row["names"].get(invitation.get("user_id"))
    sentence = TEAM_SENTENCES.get(event, SOMETHING) if event else SOMETHING
    return sentence.format(
        person=row["names"].get(person, SOMEBODY),
        role=Role(role).words if role else "",
        invited=invited or SOMEBODY,
    )
