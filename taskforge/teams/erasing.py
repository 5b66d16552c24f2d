"""Who leaves all their teams at once: what that would mean for each, and the doing of it; and teams without anybody."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from taskforge import faults
from taskforge.accounts.queries import IS_ACTIVE, join_person
from taskforge.errors import NotFound, StaleVersion
from taskforge.events import Event
from taskforge.stores import sql
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.access import raise_version
from taskforge.teams.members import record_member
from taskforge.teams.permissions import Role
from taskforge.teams.purging import RECORDED, delete_team_rows

# Of each team that a person was added to: whether anybody else is in it or in a team below it, whether one of them was
# added as an admin who is not suspended, and how deep it lies (the lowest come first); whether it, or a team whose
# people are in it, is deleted and may come back.
_STANDINGS = text(f"""
    WITH RECURSIVE below AS (
        SELECT m.team_id AS top_id, m.team_id, 0 AS depth
        FROM   team_memberships m
        WHERE  m.user_id = :user_id
        UNION
        SELECT b.top_id, c.team_id, b.depth + 1
        FROM   below b
               JOIN teams c ON c.parent_team_id = b.team_id
        WHERE  b.depth < 10 AND c.deleted_at IS NULL),
    above AS (
        SELECT m.team_id AS of_id, t.parent_team_id AS team_id, 0 AS depth
        FROM   team_memberships m
               JOIN teams t USING (team_id)
        WHERE  m.user_id = :user_id AND t.inherits_members
        UNION
        SELECT a.of_id, p.parent_team_id, a.depth + 1
        FROM   above a
               JOIN teams p ON p.team_id = a.team_id
        WHERE  p.inherits_members AND a.depth < 10)
    SELECT t.team_id, t.name, own.role,
           t.deleted_at IS NOT NULL
           OR EXISTS (SELECT
                      FROM   above a
                             JOIN teams d ON d.team_id = a.team_id
                      WHERE  a.of_id = t.team_id AND d.deleted_at IS NOT NULL) AS may_come_back,
           EXISTS (SELECT
                   FROM   below b
                          JOIN effective_memberships e ON e.team_id = b.team_id
                   WHERE  b.top_id = t.team_id AND e.user_id <> :user_id)
           OR EXISTS (SELECT
                      FROM   below b
                      WHERE  b.top_id = t.team_id
                             AND NOT EXISTS (SELECT
                                             FROM   effective_memberships e
                                             WHERE  e.team_id = b.team_id AND e.user_id = :user_id)) AS has_others,
           EXISTS (SELECT
                   FROM   team_memberships o
                          {join_person("o.user_id")}
                   WHERE  o.team_id = t.team_id AND o.user_id <> :user_id
                          AND o.role = '{Role.ADMIN}' AND {IS_ACTIVE}) AS has_other_admin,
           (SELECT max(b.depth) FROM below b WHERE b.top_id = t.team_id) AS height
    FROM   team_memberships own
           JOIN teams t USING (team_id)
    WHERE  own.user_id = :user_id
    ORDER  BY height, lower(t.name), t.team_id
""")
_REMOVE = text("DELETE FROM team_memberships WHERE team_id = :team_id AND user_id = :user_id")
_IN_ORDER = text("""
    SELECT team_id
    FROM   team_memberships
    WHERE  user_id = :user_id
    ORDER  BY team_id
""")
_CLOSE_INVITATIONS = text("""
    UPDATE invitations
    SET    state = CASE WHEN state = 'open' THEN 'revoked' ELSE state END,
           closed_at = coalesce(closed_at, :at), email = :pseudonym
    WHERE  email = ANY(CAST(:addresses AS text[])) OR user_id = :user_id
""")
_CLOSE_OF_TEAMS = text("""
    UPDATE invitations
    SET    state = 'revoked', closed_at = :at
    WHERE  team_id = ANY(CAST(:team_ids AS uuid[])) AND state = 'open'
""")
_DROP_LINKS = text("DELETE FROM join_links WHERE team_id = ANY(CAST(:team_ids AS uuid[]))")
_NEEDED = """
           EXISTS (SELECT FROM effective_memberships e WHERE e.team_id = t.team_id)
           OR EXISTS (SELECT FROM teams c WHERE c.parent_team_id = t.team_id)
"""
_IS_NEEDED = text(f"SELECT {_NEEDED} FROM teams t WHERE t.team_id = :team_id")
_LOCK_TEAM = text(f"""
    SELECT t.team_id, t.name, t.created_by, t.version, {_NEEDED} AS is_needed
    FROM   teams t
    WHERE  t.team_id = :team_id
    FOR    UPDATE
""")
_MEMBERS_OF = text("""
    SELECT DISTINCT user_id
    FROM   effective_memberships
    WHERE  team_id = ANY(CAST(:team_ids AS uuid[]))
    LIMIT  :limit
""")


def list_standings(user_id: str, uow: UnitOfWork | None = None) -> Sequence[sql.Row]:
    """The teams that somebody was added to, those without teams below them first.

    Each with ``team_id``, ``name``, ``role``, ``has_others``, ``has_other_admin`` and ``may_come_back``. Read in the
    transaction of `uow`, if given.
    """
    parameters = {"user_id": user_id}
    if uow is None:
        return sql.rows(_STANDINGS, parameters)
    return list(uow.execute(_STANDINGS, parameters).mappings().all())


def lock_teams_of(uow: UnitOfWork, user_id: str) -> dict[str, int]:
    """Take the locks of all teams that the actor was added to, in one order; their new versions.

    Also of teams that are deleted, or that let them in with two-factor log-in alone: to leave, nobody needs access.
    The lock of the tree (`hierarchy.lock_tree`) comes before.

    Raises:
        StaleVersion: one was purged meanwhile.
    """
    team_ids = list(uow.execute(_IN_ORDER, {"user_id": user_id}).scalars())
    try:
        versions = {team_id: raise_version(uow, team_id) for team_id in team_ids}
    except NotFound as error:
        raise StaleVersion() from error
    faults.point("tx.ref_updated")
    return versions


def leave_team(uow: UnitOfWork, team_id: str, version: int, role: str) -> None:
    """Take the actor out of a team whose lock is held; the caller knows that it can do without them.

    Raises:
        StaleVersion: they were removed from it meanwhile.
    """
    user_id = uow.actor.user_id
    uow.answer(version=version)
    if uow.execute(_REMOVE, {"team_id": team_id, "user_id": user_id}).rowcount != 1:
        raise StaleVersion()
    record_member(uow, team_id, Event.TEAM_MEMBER_REMOVED, user_id, role, None)


def close_invitations(
    uow: UnitOfWork,
    user_id: str,
    addresses: Sequence[str],
    *,
    pseudonym: str,
    team_ids: Sequence[str] = (),
) -> int:
    """Revoke the invitations of a person, and all ways into teams that end; how many rows were the person's."""
    person = {
        "user_id": user_id,
        "addresses": list(addresses),
        "pseudonym": pseudonym,
        "at": uow.at,
    }
    closed = uow.execute(_CLOSE_INVITATIONS, person).rowcount
    for statement in (_CLOSE_OF_TEAMS, _DROP_LINKS):
        uow.execute(statement, {"team_ids": list(team_ids), "at": uow.at})
    return closed


def list_members_of(uow: UnitOfWork, team_ids: Sequence[str], limit: int) -> list[str]:
    """The people of some teams, at most so many."""
    return list(uow.execute(_MEMBERS_OF, {"team_ids": list(team_ids), "limit": limit}).scalars())


def is_needed(team_id: str) -> bool:
    """Whether somebody is in a team, or a team lies below it."""
    return bool(sql.scalar(_IS_NEEDED, {"team_id": team_id}))


def purge_team_row(uow: UnitOfWork, team_id: str) -> bool:
    """Delete a team that has neither people nor boards nor teams below it; False if it is gone or still needed."""
    team = uow.row(_LOCK_TEAM, {"team_id": team_id})
    if team is None or team["is_needed"]:
        return False
    delete_team_rows(uow, team_id)
    uow.record(
        Event.TEAM_PURGED,
        entity_type="team",
        entity_id=team_id,
        version=team["version"] + 1,
        before={name: team[name] for name in RECORDED},
        after={"purged": True},
        team_id=team_id,
    )
    return True
