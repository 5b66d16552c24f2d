"""Teams and their members for templates."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.teams.permissions import Permission, Role
from taskforge.text.people import person_of


def show_team(row: sql.Row) -> dict[str, Any]:
    """A team with its parent; without it where the row names none that the actor may see."""
    parent = {"team_id": row["parent_team_id"], "name": row["parent_name"]}
    return {**row, "parent": parent if row["parent_name"] else None}


def show_members(
    rows: Sequence[sql.Row], actor: Actor, online: Collection[str]
) -> list[dict[str, Any]]:
    """The people list; `online` are the ids of those who are active now.

    ``has_page`` leaves out guests who are limited to boards, whose pages not everybody sees; for them, all others.
    """
    return [
        {
            **show_member(row, actor, online),
            "has_page": row["user_id"] == actor.user_id
            or not (row["is_limited"] or row["is_reader_limited"]),
        }
        for row in rows
    ]


def show_member(row: sql.Row, actor: Actor, online: Collection[str]) -> dict[str, Any]:
    """A row of the people list."""
    return {
        "user": person_of(
            row["user_id"], row["display_name"], row["email"], picture=row["picture"]
        ),
        "role": row["role"],
        "is_limited": row["is_limited"],
        "is_inherited": row["is_inherited"],
        "via_name": row["via_name"],
        "joined_at": row["joined_at"],
        "is_you": row["user_id"] == actor.user_id,
        "is_online": row["user_id"] in online,
    }


def show_departed(row: sql.Row) -> dict[str, Any]:
    """Somebody who was removed and can be taken back."""
    return {
        "user": person_of(row["user_id"], row["display_name"]),
        "actor": person_of(row["actor_id"], row["actor_name"]),
        "at": row["at"],
    }


def list_with_parents(teams: Sequence[sql.Row]) -> list[dict[str, Any]]:
    """Teams with the names of those parents that are in the list too."""
    names = {team["team_id"]: team["name"] for team in teams}
    return [show_team({**team, "parent_name": names.get(team["parent_team_id"])}) for team in teams]


def team_rights(team: sql.Row) -> dict[str, bool]:
    """What a member of a team may do, by the names that templates ask for. Who is in it by the parent leaves that."""
    permissions = team["permissions"]
    is_admin, is_archived = team["role"] == Role.ADMIN, team["archived_at"] is not None
    is_alone = team["people_count"] == 1
    may_manage = Permission.TEAM_MANAGE_MEMBERS in permissions
    return {
        "edit": Permission.TEAM_EDIT in permissions,
        "invite": may_manage,
        "change_roles": may_manage,
        "remove": may_manage,
        "leave": not is_alone and not team["is_inherited"],
        "transfer": not is_alone and not team["is_inherited"] and is_admin,
        "archive": is_admin and not is_archived,
        "unarchive": is_admin and is_archived,
        "delete": is_admin and not team["is_inherited"],
        "create_board": Permission.BOARD_CREATE in permissions,
        "restore_boards": Permission.BOARD_DELETE in permissions,
        "view_as": team["role"] == Role.ADMIN,
        "activity": Permission.BOARD_ACTIVITY in permissions,
    }
