"""Tasks get an estimate: a number from 0 to 100,000 with two decimals, or none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, empty for every task."""
    op.add_column("tasks", sa.Column("estimate", sa.Numeric(8, 2), nullable=True))
    op.create_check_constraint(op.f("ck_tasks_estimate"), "tasks", "estimate BETWEEN 0 AND 100000")


def downgrade() -> None:
    """Drop the column and what it holds."""
    op.drop_column("tasks", "estimate")
