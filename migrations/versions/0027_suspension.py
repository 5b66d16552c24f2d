"""Suspension: its reason, for the person who can't log in, and the question whether an address gets mails.

Also an index for the list of security events. Code of before knows none of it: while it still runs, a suspended person
is nobody as before, and is not told why.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, the indexes and the function. A person of before who is suspended has no reason."""
    op.add_column("users", sa.Column("suspension_reason", sa.String(length=300), nullable=True))
    op.create_check_constraint(
        op.f("ck_users_suspension_reason"),
        "users",
        "suspension_reason IS NULL OR suspended_at IS NOT NULL",
    )
    op.create_index(
        "ix_users_site_admins",
        "users",
        ["user_id"],
        postgresql_where=sa.text("is_site_admin"),
    )
    with op.get_context().autocommit_block():  # the log can be large
        op.create_index(
            "ix_audit_logs_people",
            "audit_logs",
            ["action_timestamp", "log_id"],
            postgresql_where=sa.text("entity_type = 'user'"),
            postgresql_concurrently=True,
        )
    op.execute(
        """
        CREATE FUNCTION taskforge_may_be_mailed(address text) RETURNS boolean
        LANGUAGE sql STABLE AS $$
            SELECT NOT EXISTS (SELECT FROM users WHERE email = lower(address) AND suspended_at IS NOT NULL)
        $$
        """
    )


def downgrade() -> None:
    """Drop them; who is suspended stays so."""
    op.execute("DROP FUNCTION taskforge_may_be_mailed(text)")
    op.drop_index("ix_audit_logs_people", table_name="audit_logs")
    op.drop_index("ix_users_site_admins", table_name="users")
    op.drop_constraint(op.f("ck_users_suspension_reason"), "users")
    op.drop_column("users", "suspension_reason")
