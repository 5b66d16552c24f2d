"""The tree of teams: the locks under which it and its members change, and its limits.

Who is in a team because of a parent stands in ``effective_memberships``. Triggers of PostgreSQL derive its rows in the
transaction of each change (migration 0025), so that no way of changing a membership can forget it.
"""

from __future__ import annotations

from sqlalchemy import text

from taskforge.errors import Conflict, InvalidInput
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.queries import MAX_TREE, MEMBERS_PER_TEAM

# The same number as in migration 0025.
LOCK_NUMBER = 7_166_002
MAX_DEPTH = 5  # teams from the topmost to the lowest
TOO_DEEP = f"would make a tree of more than {MAX_DEPTH} levels"
TOO_LARGE = f"would make a tree of more than {MAX_TREE} teams"

_LOCK_ALONE = text("SELECT pg_advisory_xact_lock(:lock)")
_LOCK_SHARED = text("SELECT pg_advisory_xact_lock_shared(:lock)")
# Of the tree that a team is in: its levels, how many teams there are (counted to one more than may be), and the most
# people that are in the team or in one below it.
_SHAPE = text(f"""
    WITH RECURSIVE above AS (
        SELECT team_id, parent_team_id, 1 AS level
        FROM   teams
        WHERE  team_id = :team_id
        UNION ALL
        SELECT t.team_id, t.parent_team_id, a.level + 1
        FROM   teams t
               JOIN above a ON t.team_id = a.parent_team_id
        WHERE  a.level <= {MAX_DEPTH}),
    tree AS (
        SELECT team_id, 1 AS level
        FROM   (SELECT team_id FROM above ORDER BY level DESC LIMIT 1) top
        UNION ALL
        SELECT t.team_id, tree.level + 1
        FROM   teams t
               JOIN tree ON t.parent_team_id = tree.team_id
        WHERE  tree.level <= {MAX_DEPTH}),
    below AS (
        SELECT CAST(:team_id AS uuid) AS team_id, 1 AS level
        UNION ALL
        SELECT t.team_id, b.level + 1
        FROM   teams t
               JOIN below b ON t.parent_team_id = b.team_id AND t.inherits_members
        WHERE  b.level <= {MAX_DEPTH})
    SELECT (SELECT max(level) FROM tree) AS levels,
           (SELECT count(*) FROM (SELECT FROM tree LIMIT {MAX_TREE + 1}) counted) AS teams,
           (SELECT max(people)
            FROM   (SELECT count(*) AS people
                    FROM   effective_memberships e
                           JOIN below b ON b.team_id = e.team_id
                    GROUP  BY e.team_id) counted) AS most_people
""")


def lock_tree(uow: UnitOfWork, *, for_change: bool = False) -> None:
    """Hold the tree of teams as it is until COMMIT; or, for a change of it, alone.

    To be taken before any team's lock: two that took them in different orders would wait for each other.
    """
    uow.execute(_LOCK_ALONE if for_change else _LOCK_SHARED, {"lock": LOCK_NUMBER})


def require_shape(uow: UnitOfWork, team_id: str) -> None:
    """Refuse what has made the tree of a team too deep or too large. Nothing of it is stored then.

    Raises:
        InvalidInput: too many levels or teams.
        Conflict: too many people in the team or one below it.
    """
    found = uow.row(_SHAPE, {"team_id": team_id})
    assert found is not None
    if found["levels"] > MAX_DEPTH:
        raise InvalidInput.about("parent_team_id", TOO_DEEP)
    if found["teams"] > MAX_TREE:
        raise InvalidInput.about("parent_team_id", TOO_LARGE)
    if (found["most_people"] or 0) > MEMBERS_PER_TEAM:
        raise Conflict(
            f"A team can have at most {MEMBERS_PER_TEAM} members, with those of its parent. Remove somebody first."
        )
