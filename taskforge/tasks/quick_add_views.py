"""Reads of quick-add: whom and what one may name on a board."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from taskforge.stores import sql
from taskforge.tasks.access import REFERENCE, SHOWN, SHOWN_TABLES
from taskforge.tasks.quick_add_names import Nameable, make_nameables

MOST_PEOPLE = 500
MOST_TAGS = 200


def list_nameables(team_id: str) -> list[Nameable]:
    """The people of a team that the caller has been given access to."""
    found = sql.rows(
        text(
            "SELECT u.user_id, u.display_name, u.email FROM team_memberships m JOIN users u USING (user_id)"
            " WHERE m.team_id = :team_id ORDER BY lower(u.display_name), u.user_id LIMIT :most"
        ),
        {"team_id": team_id, "most": MOST_PEOPLE},
    )
    return make_nameables((row["user_id"], row["display_name"], row["email"]) for row in found)


def list_tags(board_id: str) -> list[str]:
    """The tags in use on a board that the caller has been given access to."""
    found = sql.rows(
        text(
            "SELECT DISTINCT unnest(tags) AS tag FROM tasks WHERE board_id = :board_id"
            " AND deleted_at IS NULL ORDER BY tag LIMIT :most"
        ),
        {"board_id": board_id, "most": MOST_TAGS},
    )
    return [row["tag"] for row in found]


def list_made(board_id: str, task_ids: Sequence[str]) -> Sequence[sql.Row]:
    """The rows of tasks that have just been created on a board, for their cards; those that are gone again left out."""
    return sql.rows(
        text(
            f"SELECT {REFERENCE}, {SHOWN} FROM {SHOWN_TABLES} WHERE k.board_id = :board_id"
            " AND k.task_id = ANY(CAST(:ids AS uuid[])) AND k.deleted_at IS NULL ORDER BY k.rank, k.task_id"
        ),
        {"board_id": board_id, "ids": list(task_ids)},
    )
