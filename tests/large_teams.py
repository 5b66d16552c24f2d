"""Teams of many people and trees of many teams: what the services would leave of them, but for the audit log."""

from __future__ import annotations

from itertools import pairwise

from sqlalchemy import text

from taskforge import clock
from taskforge.ids import new_id
from taskforge.stores import sql
from tests.bench.store_rows import insert_rows
from tests.factories import Person, Team

# Teams on each level of a tree, the topmost first: 200 on five levels.
LEVELS = (1, 3, 16, 60, 120)

_ADD_PEOPLE = text("""
    WITH made AS (
        INSERT INTO users (user_id, email, password_hash, password_changed_at, display_name, doc_sha, created_at,
                           updated_at)
        SELECT gen_random_uuid(), 'person' || n || '@large.example', '', :at, 'Person Number' || n,
               CAST('' AS bytea), :at, :at
        FROM   generate_series(1, :number) n
        RETURNING user_id)
    INSERT INTO team_memberships (team_id, user_id, role, joined_at)
    SELECT CAST(:team_id AS uuid), user_id, 'member', :at
    FROM   made
""")
_COPY_RIGHTS = text("""
    INSERT INTO role_permissions (team_id, role, permission_id)
    SELECT below.team_id, rp.role, rp.permission_id
    FROM   role_permissions rp
           CROSS JOIN unnest(CAST(:team_ids AS uuid[])) AS below (team_id)
    WHERE  rp.team_id = :top_id
""")
_DERIVE = text("SELECT taskforge_derive_memberships(ARRAY[CAST(:top_id AS uuid)], NULL)")


def add_people(admin: Person, team: Team, number: int) -> None:
    """Put so many new people into a team, as members."""
    values = {"team_id": team.team_id, "number": number, "at": clock.now()}
    with admin.app.app_context():
        sql.execute_now(_ADD_PEOPLE, values)
        sql.execute_now(text("ANALYZE"), {})


def make_tree(admin: Person, top: Team) -> list[str]:
    """Put 199 teams below one, each of which takes over the members of its parent; their ids, the lowest last."""
    levels = [[top.team_id], *([new_id() for _ in range(number)] for number in LEVELS[1:])]
    at = clock.now()
    rows = [
        {
            "team_id": team_id,
            "name": f"Team {depth}.{place}",
            "description": "",
            "parent_team_id": parents[place % len(parents)],
            "inherits_members": True,
            "created_by": admin.user_id,
            "version": 1,
            "people_version": 0,
            "created_at": at,
            "updated_at": at,
        }
        for depth, (parents, level) in enumerate(pairwise(levels), 2)
        for place, team_id in enumerate(level)
    ]
    ids = [str(row["team_id"]) for row in rows]
    with admin.app.app_context():
        insert_rows("teams", rows)
        sql.execute_now(_COPY_RIGHTS, {"team_ids": ids, "top_id": top.team_id})
        sql.execute_now(_DERIVE, {"top_id": top.team_id})
        sql.execute_now(text("ANALYZE"), {})
    return ids
