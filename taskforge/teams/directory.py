"""What site administrators see of people: all accounts but the deleted ones, and the teams of one."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import text

from taskforge.accounts.queries import IS_ACTIVE, IS_NOT_DELETED, PEOPLE, left_join_person
from taskforge.errors import NotFound
from taskforge.stores import sql
from taskforge.teams.queries import TEAMS_OF_MEMBERS, TEAMS_PER_USER

PAGE = 50
MAX_QUERY_LENGTH = 100


class PersonState(StrEnum):
    """Which accounts a list shows."""

    ALL = "all"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    SITE_ADMINS = "admins"


_COLUMNS = """
       u.user_id, u.email, u.display_name, u.is_site_admin, u.suspended_at, u.suspension_reason,
       u.email_verified_at, u.two_factor_at, u.created_at, u.last_login,
       (SELECT count(*) FROM effective_memberships m WHERE m.user_id = u.user_id) AS team_count
"""
_PEOPLE = text(f"""
    SELECT {_COLUMNS}
    FROM   {PEOPLE}
           {left_join_person("CAST(:after AS uuid)", "earlier")}
    WHERE  {IS_NOT_DELETED} AND (earlier.user_id IS NULL OR u.email > earlier.email)
           AND (:query = '' OR strpos(u.email, lower(:query)) > 0
                OR strpos(taskforge_find(u.display_name), taskforge_find(:query)) > 0)
           AND CASE :state
                   WHEN '{PersonState.ACTIVE}' THEN {IS_ACTIVE}
                   WHEN '{PersonState.SUSPENDED}' THEN NOT {IS_ACTIVE}
                   WHEN '{PersonState.SITE_ADMINS}' THEN u.is_site_admin
                   ELSE true
               END
    ORDER  BY u.email
    LIMIT  :limit
""")
_PERSON = text(f"""
    SELECT {_COLUMNS}
    FROM   {PEOPLE}
    WHERE  u.user_id = CAST(:user_id AS uuid) AND {IS_NOT_DELETED}
""")
_TEAMS = text(f"""
    SELECT t.team_id, t.name, m.role, m.joined_at, m.via_team_id <> m.team_id AS is_inherited
    FROM   {TEAMS_OF_MEMBERS}
    WHERE  m.user_id = CAST(:user_id AS uuid)
    ORDER  BY lower(t.name), t.team_id
    LIMIT  :limit
""")


def list_people(
    *, query: str = "", state: str = PersonState.ALL, after_id: str | None = None, limit: int = PAGE
) -> Sequence[sql.Row]:
    """Accounts by e-mail address, behind the one of `after_id`; `query` is a part of an address or a name.

    For site administrators: the caller has checked that one is asking.
    """
    return sql.rows(
        _PEOPLE, {"query": query, "state": str(state), "after": after_id, "limit": limit}
    )


def get_person(user_id: str) -> sql.Row:
    """One account as `list_people` shows it. Raises `NotFound`."""
    found = sql.row(_PERSON, {"user_id": user_id})
    if found is None:
        raise NotFound()
    return found


def list_teams_of(user_id: str) -> Sequence[sql.Row]:
    """The teams that somebody is in (team_id, name, role, joined_at, is_inherited), by name."""
    return sql.rows(_TEAMS, {"user_id": user_id, "limit": TEAMS_PER_USER})
