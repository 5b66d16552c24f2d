"""Finds the refused log-ins with an address, which the audit log keeps under a pseudonym and nobody's id."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Processes of before go on as they are. Only refused log-ins are in the index."""
    op.create_index(
        "ix_audit_logs_refused_logins",
        "audit_logs",
        [sa.text("(new_state ->> 'address')"), "log_id"],
        postgresql_where=sa.text("event = 'user.login_failed'"),
    )


def downgrade() -> None:
    op.drop_index("ix_audit_logs_refused_logins", table_name="audit_logs")
