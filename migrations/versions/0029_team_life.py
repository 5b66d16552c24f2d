"""Teams and boards that are archived, and teams that are deleted: nobody is in a deleted team, nor through it elsewhere."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

LOCK = 7_166_002  # the same as in migration 0025, like all of the function but what it says of deleted teams
MAX_DEPTH = 5


def derive(*, counts_deleted: bool) -> str:
    """The function of migration 0025; without `counts_deleted` a deleted team has no members and gives none."""
    itself = "" if counts_deleted else "JOIN teams t USING (team_id) WHERE t.deleted_at IS NULL"
    parent = (
        ""
        if counts_deleted
        else "JOIN teams p ON p.team_id = t.parent_team_id AND p.deleted_at IS NULL"
    )
    return f"""
CREATE OR REPLACE FUNCTION taskforge_derive_memberships(changed uuid[], people uuid[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    touched uuid[];
BEGIN
    PERFORM pg_advisory_xact_lock_shared({LOCK});
    SELECT array_agg(below.team_id ORDER BY below.depth, below.team_id)
    INTO   touched
    FROM   (WITH RECURSIVE below AS (
                SELECT unnest(changed) AS team_id, 0 AS depth
                UNION
                SELECT t.team_id, b.depth + 1
                FROM   below b
                       JOIN teams t ON t.parent_team_id = b.team_id AND t.inherits_members
                WHERE  b.depth < {MAX_DEPTH})
            SELECT team_id, max(depth) AS depth FROM below GROUP BY team_id) below;
    PERFORM 1
    FROM   teams t
           JOIN unnest(touched) WITH ORDINALITY AS o (team_id, place) USING (team_id)
    ORDER  BY o.place
    FOR NO KEY UPDATE OF t;
    WITH RECURSIVE sources AS (
        SELECT o.team_id, o.team_id AS source_id, 0 AS distance
        FROM   unnest(touched) AS o (team_id)
               {itself}
        UNION ALL
        SELECT s.team_id, t.parent_team_id, s.distance + 1
        FROM   sources s
               JOIN teams t ON t.team_id = s.source_id
               {parent}
        WHERE  t.inherits_members AND t.parent_team_id IS NOT NULL AND s.distance < {MAX_DEPTH}),
    wanted AS (
        SELECT DISTINCT ON (s.team_id, m.user_id)
               s.team_id, m.user_id, m.role, m.is_limited, m.joined_at, s.source_id AS via_team_id
        FROM   sources s
               JOIN team_memberships m ON m.team_id = s.source_id
        WHERE  people IS NULL OR m.user_id = ANY(people)
        ORDER  BY s.team_id, m.user_id, array_position(ARRAY['admin', 'member', 'guest'], m.role::text),
                  m.is_limited, s.distance),
    gone AS (
        DELETE FROM effective_memberships e
        WHERE  e.team_id = ANY(touched) AND (people IS NULL OR e.user_id = ANY(people))
               AND NOT EXISTS (SELECT FROM wanted w WHERE w.team_id = e.team_id AND w.user_id = e.user_id)
        RETURNING e.team_id),
    put AS (
        INSERT INTO effective_memberships AS e (team_id, user_id, role, is_limited, joined_at, via_team_id)
        SELECT team_id, user_id, role, is_limited, joined_at, via_team_id
        FROM   wanted
        ON CONFLICT (team_id, user_id) DO UPDATE
        SET    role = excluded.role, is_limited = excluded.is_limited, joined_at = excluded.joined_at,
               via_team_id = excluded.via_team_id
        WHERE  (e.role, e.is_limited, e.joined_at, e.via_team_id)
               IS DISTINCT FROM (excluded.role, excluded.is_limited, excluded.joined_at, excluded.via_team_id)
        RETURNING e.team_id)
    UPDATE teams t
    SET    people_version = people_version + 1
    WHERE  t.team_id IN (SELECT team_id FROM gone UNION SELECT team_id FROM put);
END
$$
"""


def tree_trigger(*columns: str) -> str:
    """The trigger that derives memberships again after a change of one of these columns of a team."""
    old, new = (", ".join(f"{row}.{name}" for name in columns) for row in ("OLD", "NEW"))
    return f"""
    CREATE TRIGGER tree_changed AFTER UPDATE OF {", ".join(columns)} ON teams
    FOR EACH ROW
    WHEN (({old}) IS DISTINCT FROM ({new}))
    EXECUTE FUNCTION taskforge_tree_changed()
    """


def upgrade() -> None:
    """Add the columns; from then on the triggers know deleted teams."""
    instant = sa.DateTime(timezone=True)
    for table in ("teams", "boards"):
        op.add_column(table, sa.Column("archived_at", instant, nullable=True))
    op.add_column("teams", sa.Column("deleted_at", instant, nullable=True))
    op.create_index(
        "ix_teams_deleted_at",
        "teams",
        ["deleted_at"],
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )
    op.execute(derive(counts_deleted=False))
    op.execute("DROP TRIGGER tree_changed ON teams")
    op.execute(tree_trigger("parent_team_id", "inherits_members", "deleted_at"))


def downgrade() -> None:
    """Archived teams and boards are open again, and deleted teams have their members."""
    op.execute("DROP TRIGGER tree_changed ON teams")
    op.execute(tree_trigger("parent_team_id", "inherits_members"))
    op.execute(derive(counts_deleted=True))
    op.execute(
        """
        SELECT taskforge_derive_memberships(array_agg(team_id), NULL)
        FROM   teams
        WHERE  deleted_at IS NOT NULL
        HAVING count(*) > 0
        """
    )
    op.drop_index("ix_teams_deleted_at", "teams")
    op.drop_column("teams", "deleted_at")
    for table in ("teams", "boards"):
        op.drop_column(table, "archived_at")
