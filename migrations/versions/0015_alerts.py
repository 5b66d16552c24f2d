"""Alerts that were begun and not ended: what was sent of them, so that no relay sends it again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "alerts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("began_at", instant, nullable=False),
        sa.Column("ended_at", instant),
        sa.Column("begin_sent_at", instant),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("claimed_until", instant, nullable=False, server_default="-infinity"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_alerts")),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("alerts")
