"""What the pages of one's account show of its API tokens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from taskforge.accounts.api_tokens import WORDS
from taskforge.accounts.token_identity import Scope
from taskforge.events import TOKEN_SENTENCES
from taskforge.stores import sql
from taskforge.text.devices import describe_device

# What each scope lets a program do, where one is chosen.
SCOPE_WORDS = {
    Scope.READ.value: "read what you see",
    Scope.WRITE.value: "read, and change boards, tasks and comments",
    Scope.ADMIN.value: "read, change, and administer your teams: their people, roles and rights",
}
LOST_TEAM = "a team that you are not in any more"


def show_token(row: sql.Row, team_names: Mapping[str, str], at: datetime) -> dict[str, Any]:
    """A row of the list of tokens; `team_names` are those of one's teams by their id, `at` is now."""
    team_ids = row["team_ids"]
    widest = max(map(Scope, row["scopes"]), key=list(Scope).index)
    return {
        "id": row["token_id"],
        "name": row["name"],
        "may": WORDS[widest],
        "teams": None if team_ids is None else [team_names.get(one, LOST_TEAM) for one in team_ids],
        "created_at": row["created_at"],
        "expires_at": row["expires_at"],
        "is_expired": row["expires_at"] is not None and row["expires_at"] <= at,
        "last_used_at": row["last_used_at"],
        "last_used_ip": row["last_used_ip"] or "an unknown address",
    }


def show_token_change(row: sql.Row) -> dict[str, Any]:
    """A row of what was done with tokens."""
    return {
        "sentence": TOKEN_SENTENCES[row["event"]],
        "name": row["name"],
        "at": row["at"],
        "device": describe_device(row["user_agent"]),
        "ip": row["ip_address"] or "unknown address",
    }
