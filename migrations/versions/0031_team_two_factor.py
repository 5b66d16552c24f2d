"""Teams may require two-factor log-in; finds the audit events of a team by time, and by
person and time, for its page Activity.

``user_sessions.viewing`` is as whom somebody looks at a team; ``two_factor_from`` the instant from which a team requires it; NULL: it does not.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Processes of before let in everybody still. The log may be large: changes go on while the index is made."""
    op.add_column("user_sessions", sa.Column("viewing", JSONB()))
    op.add_column("teams", sa.Column("two_factor_from", sa.DateTime(timezone=True)))
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_audit_logs_team_time",
            "audit_logs",
            ["team_id", "action_timestamp", "log_id"],
            postgresql_concurrently=True,
            if_not_exists=True,
        )
        op.create_index(
            "ix_audit_logs_team_actor",
            "audit_logs",
            ["team_id", "actor_id", "action_timestamp", "log_id"],
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade() -> None:
    op.drop_index("ix_audit_logs_team_actor", table_name="audit_logs")
    op.drop_index("ix_audit_logs_team_time", table_name="audit_logs")
    op.drop_column("teams", "two_factor_from")
    op.drop_column("user_sessions", "viewing")
