"""What site administrators see of teams: how much there is, and who is in them; nothing of their content."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from taskforge.boards.queries import BOARDS, IS_LIVE
from taskforge.errors import NotFound
from taskforge.stores import sql
from taskforge.tasks.queries import TASKS
from taskforge.teams.queries import MEMBERS, MEMBERS_PER_TEAM, MEMBERSHIPS, TEAMS

PAGE = 50
MAX_BOARDS = 200

_COUNTS = f"""
       t.team_id, t.name, t.description, t.created_at, t.parent_team_id,
       (SELECT count(*) FROM {MEMBERSHIPS} WHERE m.team_id = t.team_id) AS member_count,
       (SELECT count(*) FROM {BOARDS} WHERE b.team_id = t.team_id AND {IS_LIVE}) AS board_count
"""
_TEAMS = text(f"""
    SELECT {_COUNTS}
    FROM   {TEAMS}
           LEFT JOIN (SELECT team_id, lower(name) AS name FROM {TEAMS}) earlier
             ON  earlier.team_id = CAST(:after AS uuid)
    WHERE  (earlier.team_id IS NULL OR (lower(t.name), t.team_id) > (earlier.name, earlier.team_id))
           AND (:query = '' OR strpos(taskforge_find(t.name), taskforge_find(:query)) > 0)
    ORDER  BY lower(t.name), t.team_id
    LIMIT  :limit
""")
_TEAM = text(f"""
    SELECT {_COUNTS}
    FROM   {TEAMS}
    WHERE  t.team_id = CAST(:team_id AS uuid)
""")
_MEMBERS = text(f"""
    SELECT u.user_id, u.display_name, u.email, u.suspended_at, m.role, m.is_limited, m.joined_at,
           m.via_team_id <> m.team_id AS is_inherited
    FROM   {MEMBERS}
    WHERE  m.team_id = CAST(:team_id AS uuid)
    ORDER  BY lower(u.display_name), u.user_id
    LIMIT  :limit
""")
_BOARDS = text(f"""
    SELECT b.board_id, b.key_prefix, b.is_private, b.created_at, b.deleted_at,
           count(k.task_id) FILTER (WHERE k.deleted_at IS NULL) AS task_count,
           count(k.task_id) FILTER (WHERE k.deleted_at IS NOT NULL) AS trashed_count,
           coalesce(sum(k.comment_count), 0) AS comment_count
    FROM   {BOARDS}
           LEFT JOIN {TASKS} ON k.board_id = b.board_id
    WHERE  b.team_id = CAST(:team_id AS uuid)
    GROUP  BY b.board_id
    ORDER  BY b.created_at, b.board_id
    LIMIT  :limit
""")


def list_teams(
    *, query: str = "", after_id: str | None = None, limit: int = PAGE
) -> Sequence[sql.Row]:
    """All teams by name, behind the one of `after_id`; `query` is a part of a name."""
    return sql.rows(_TEAMS, {"query": query, "after": after_id, "limit": limit})


def get_team(team_id: str) -> sql.Row:
    """One team as `list_teams` shows it. Raises `NotFound`."""
    found = sql.row(_TEAM, {"team_id": team_id})
    if found is None:
        raise NotFound()
    return found


def list_members(team_id: str) -> Sequence[sql.Row]:
    """Everybody in a team, by name."""
    return sql.rows(_MEMBERS, {"team_id": team_id, "limit": MEMBERS_PER_TEAM})


def list_boards(team_id: str) -> Sequence[sql.Row]:
    """The boards of a team by their key, deleted ones too, with the numbers of what is on them."""
    return sql.rows(_BOARDS, {"team_id": team_id, "limit": MAX_BOARDS})
