"""The latest events of a team as sentences."""

from __future__ import annotations

from typing import Any

from taskforge.history.team_sentences import describe_team_event
from taskforge.stores.actor import Actor
from taskforge.teams.recent_changes import list_recent_changes
from taskforge.text.people import person_of


def show_recent_changes(actor: Actor, team_id: str) -> list[dict[str, Any]]:
    """The latest events of a team: who did what, and when."""
    return [
        {
            "actor": person_of(row["actor_id"], row["actor_name"], picture=row["actor_picture"]),
            "text": describe_team_event(row, row["names"]),
            "at": row["action_timestamp"],
        }
        for row in list_recent_changes(actor, team_id)
    ]
