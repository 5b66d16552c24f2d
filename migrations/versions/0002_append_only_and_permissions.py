"""The permission catalogue, and triggers that keep the audit tables append-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PERMISSIONS = (
    (1, "team.edit", "Change the team's name, description and place in the hierarchy"),
    (2, "team.manage_members", "Add and remove members and change their roles"),
    (3, "team.manage_permissions", "Change what each role may do"),
    (10, "board.create", "Create boards"),
    (11, "board.edit", "Change a board's name and columns"),
    (12, "board.delete", "Delete boards"),
    (20, "task.create", "Create tasks"),
    (21, "task.edit", "Change tasks, their assignee included"),
    (22, "task.move", "Move tasks"),
    (23, "task.delete", "Move tasks to the trash"),
    (24, "task.restore", "Restore tasks from the trash"),
    (30, "comment.create", "Comment on tasks, and change one's own comments"),
    (31, "comment.moderate", "Delete the comments of others"),
)
GUARDED = ("audit_logs", "audit_chain")


def upgrade() -> None:
    """Fill the catalogue and forbid changing or removing what the audit tables hold."""
    catalogue = sa.table(
        "permissions", sa.column("permission_id"), sa.column("name"), sa.column("description")
    )
    names = ("permission_id", "name", "description")
    op.bulk_insert(catalogue, [dict(zip(names, row, strict=True)) for row in PERMISSIONS])
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege'; END $$"
    )
    for table in GUARDED:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Take the guards away and empty the catalogue."""
    for table in GUARDED:
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
    op.execute("DROP FUNCTION refuse_change()")
    op.execute("DELETE FROM role_permissions")
    op.execute("DELETE FROM permissions")
