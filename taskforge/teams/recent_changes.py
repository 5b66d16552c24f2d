"""The latest events of a team, for those who manage its members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from taskforge.accounts.queries import left_join_person, list_display_names
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.teams.access import access_team
from taskforge.teams.permissions import Permission

MAX_SHOWN = 10

_LATEST = text(f"""
    SELECT l.event_id, l.event, l.actor_id, u.display_name AS actor_name, u.picture AS actor_picture,
           l.action_timestamp, l.new_state
    FROM   audit_logs l
           {left_join_person("l.actor_id")}
    WHERE  l.entity_id = :team_id
    ORDER  BY l.log_id DESC
    LIMIT  :limit
""")


def list_recent_changes(actor: Actor, team_id: str) -> Sequence[sql.Row]:
    """The latest events of a team, newest first, with the names of whom they are about by id, as ``names``.

    Raises:
        NotFound, Forbidden: no access, or no permission ``team.manage_members``.
    """
    access_team(actor.user_id, team_id, Permission.TEAM_MANAGE_MEMBERS)
    found = sql.rows(_LATEST, {"team_id": team_id, "limit": MAX_SHOWN})
    names = list_display_names({person for row in found for person in _people_of(row["new_state"])})
    return [{**row, "names": names} for row in found]


def _people_of(state: Mapping[str, Any] | None) -> list[str]:
    state = state or {}
    named = [(state.get(name) or {}).get("user_id") for name in ("invitation", "view")]
    return [*state.get("members", {}), *state.get("limited", {}), *(one for one in named if one)]
