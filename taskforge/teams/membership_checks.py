"""The doctor's check that effective memberships are what memberships and the tree of teams say, and its repair (I16).

The check climbs from each team to its parents. The triggers that keep the rows go down from what has changed: a mistake
in the one is no mistake in the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import text

from taskforge.stores import sql
from taskforge.stores.invariants import pages
from taskforge.stores.violations import Violation
from taskforge.teams.hierarchy import MAX_DEPTH

_WRONG = text(f"""
    SELECT t.team_id, wrong.user_ids
    FROM   teams t
           CROSS JOIN LATERAL (
               WITH RECURSIVE above AS (
                   SELECT t.team_id AS source_id, t.parent_team_id, t.inherits_members, 0 AS distance
                   WHERE  t.deleted_at IS NULL
                   UNION ALL
                   SELECT p.team_id, p.parent_team_id, p.inherits_members, a.distance + 1
                   FROM   above a
                          JOIN teams p ON p.team_id = a.parent_team_id AND p.deleted_at IS NULL
                   WHERE  a.inherits_members AND a.distance < {MAX_DEPTH}),
               said AS (
                   SELECT user_id,
                          (array_agg(ROW(role, is_limited, source_id)::text
                                     ORDER BY CASE role WHEN 'admin' THEN 1 WHEN 'member' THEN 2 ELSE 3 END,
                                              is_limited, distance))[1] AS standing
                   FROM   above
                          JOIN team_memberships ON team_id = source_id
                   GROUP  BY user_id),
               stored AS (
                   SELECT user_id, ROW(role, is_limited, via_team_id)::text AS standing
                   FROM   effective_memberships e
                   WHERE  e.team_id = t.team_id)
               SELECT array_agg(user_id) AS user_ids
               FROM   said
                      FULL JOIN stored USING (user_id)
               WHERE  said.standing IS DISTINCT FROM stored.standing) wrong
    WHERE  (CAST(:after AS uuid) IS NULL OR t.team_id > CAST(:after AS uuid))
    ORDER  BY t.team_id
    LIMIT  :page
""")
_DERIVE = text("SELECT taskforge_derive_memberships(CAST(:ids AS uuid[]), NULL)")


def wrong_memberships() -> Iterator[Violation]:
    """Teams whose effective memberships are not what they follow from."""
    for row in pages(_WRONG, "team_id"):
        if row["user_ids"]:
            detail = f"{len(row['user_ids'])} effective memberships are not what they follow from"
            yield Violation("I16", f"team {row['team_id']}", detail, "derive memberships")


def derive_memberships(violations: Sequence[Violation]) -> None:
    """Derive the effective memberships of teams, and of those below them, again."""
    sql.execute_now(_DERIVE, {"ids": [violation.entity_id for violation in violations]})
