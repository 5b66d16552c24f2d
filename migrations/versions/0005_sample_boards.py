"""How many of a board's first cards are the tutorial of a sample board."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; the boards that exist are no samples."""
    op.add_column(
        "boards", sa.Column("sample_cards", sa.SmallInteger(), server_default="0", nullable=False)
    )


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("boards", "sample_cards")
