"""The columns that a person folds while a board is in lanes are kept beside those of the board itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, UUID

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; NULL stands for the columns of what is done."""
    column = sa.Column("folded_in_lanes", ARRAY(UUID(as_uuid=False)), nullable=True)
    op.add_column("board_view_preferences", column)


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("board_view_preferences", "folded_in_lanes")
