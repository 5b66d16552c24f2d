"""Memberships that come down from parent teams: derived rows, kept by triggers in the transaction of each change.

`team_memberships` says who was added to a team; `effective_memberships` who is in it, also because the team takes over
the members of its parent (`teams.inherits_members`). Triggers keep it, so that processes of before keep it too.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# The number of the advisory lock under which the tree of teams changes: shared here, alone for a change of the tree.
LOCK = 7_166_002
MAX_DEPTH = 5

# `people` NULL stands for everybody. The teams are locked from the top of the tree downwards, so that two changes never
# wait for each other, and read after that: whoever comes second sees what the first one did.
DERIVE = f"""
CREATE FUNCTION taskforge_derive_memberships(changed uuid[], people uuid[]) RETURNS void
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
        SELECT team_id, team_id AS source_id, 0 AS distance
        FROM   unnest(touched) AS o (team_id)
        UNION ALL
        SELECT s.team_id, t.parent_team_id, s.distance + 1
        FROM   sources s
               JOIN teams t ON t.team_id = s.source_id
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
OF_MEMBERSHIPS = """
CREATE FUNCTION taskforge_memberships_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    teams uuid[];
    people uuid[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT team_id), array_agg(DISTINCT user_id) INTO teams, people FROM new_rows;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(DISTINCT team_id), array_agg(DISTINCT user_id) INTO teams, people FROM old_rows;
    ELSE
        SELECT array_agg(DISTINCT team_id), array_agg(DISTINCT user_id) INTO teams, people
        FROM   (SELECT team_id, user_id FROM old_rows UNION SELECT team_id, user_id FROM new_rows) changed;
    END IF;
    IF teams IS NOT NULL THEN
        PERFORM taskforge_derive_memberships(teams, people);
    END IF;
    RETURN NULL;
END
$$
"""
OF_TEAMS = """
CREATE FUNCTION taskforge_tree_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM taskforge_derive_memberships(ARRAY[NEW.team_id], NULL);
    RETURN NULL;
END
$$
"""
TRIGGERS = (
    """
    CREATE TRIGGER memberships_inserted AFTER INSERT ON team_memberships
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION taskforge_memberships_changed()
    """,
    """
    CREATE TRIGGER memberships_updated AFTER UPDATE ON team_memberships
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION taskforge_memberships_changed()
    """,
    """
    CREATE TRIGGER memberships_deleted AFTER DELETE ON team_memberships
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION taskforge_memberships_changed()
    """,
    """
    CREATE TRIGGER tree_changed AFTER UPDATE OF parent_team_id, inherits_members ON teams
    FOR EACH ROW
    WHEN ((OLD.parent_team_id, OLD.inherits_members) IS DISTINCT FROM (NEW.parent_team_id, NEW.inherits_members))
    EXECUTE FUNCTION taskforge_tree_changed()
    """,
)


def upgrade() -> None:
    """Add the columns, the table with a row for each membership, and what keeps it."""
    no = sa.text("false")
    op.add_column(
        "teams", sa.Column("inherits_members", sa.Boolean(), server_default=no, nullable=False)
    )
    op.add_column(
        "teams",
        sa.Column("people_version", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.create_index("ix_teams_parent_team_id", "teams", ["parent_team_id"])
    uuid = sa.UUID(as_uuid=False)
    table = "effective_memberships"
    op.create_table(
        table,
        sa.Column("team_id", uuid, nullable=False),
        sa.Column("user_id", uuid, nullable=False),
        sa.Column("role", sa.String(8), nullable=False),
        sa.Column("is_limited", sa.Boolean(), server_default=no, nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("via_team_id", uuid, nullable=False),
        sa.PrimaryKeyConstraint("team_id", "user_id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.team_id"], name=op.f(f"fk_{table}_team_id_teams")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.user_id"], name=op.f(f"fk_{table}_user_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["via_team_id"], ["teams.team_id"], name=op.f(f"fk_{table}_via_team_id_teams")
        ),
    )
    op.create_index(f"ix_{table}_user_id", table, ["user_id"])
    # Nobody adds a member between the copy and the triggers.
    op.execute("LOCK TABLE team_memberships IN SHARE ROW EXCLUSIVE MODE")
    op.execute(
        f"""
        INSERT INTO {table} (team_id, user_id, role, is_limited, joined_at, via_team_id)
        SELECT team_id, user_id, role, is_limited, joined_at, team_id
        FROM   team_memberships
        """
    )
    for statement in (DERIVE, OF_MEMBERSHIPS, OF_TEAMS, *TRIGGERS):
        op.execute(statement)


def downgrade() -> None:
    """Nobody inherits any more."""
    op.execute("DROP TRIGGER tree_changed ON teams")
    for name in ("inserted", "updated", "deleted"):
        op.execute(f"DROP TRIGGER memberships_{name} ON team_memberships")
    op.execute("DROP FUNCTION taskforge_tree_changed()")
    op.execute("DROP FUNCTION taskforge_memberships_changed()")
    op.execute("DROP FUNCTION taskforge_derive_memberships(uuid[], uuid[])")
    op.drop_table("effective_memberships")
    op.drop_index("ix_teams_parent_team_id", "teams")
    op.drop_column("teams", "people_version")
    op.drop_column("teams", "inherits_members")
