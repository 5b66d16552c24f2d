"""By what each person last divided a board into lanes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; nobody has lanes to begin with."""
    op.add_column("board_visits", sa.Column("lanes", sa.String(12), nullable=True))
    op.create_check_constraint(
        op.f("ck_board_visits_lanes"), "board_visits", "lanes IN ('assignee','priority','tag')"
    )


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("board_visits", "lanes")
