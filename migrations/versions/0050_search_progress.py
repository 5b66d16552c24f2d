"""How many rows a rebuild of the search looks at, and has looked at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "search_progress",
        sa.Column("looked_at", sa.Integer(), nullable=False, server_default=sa.text("0")),
    )
    op.add_column("search_progress", sa.Column("total", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("search_progress", "total")
    op.drop_column("search_progress", "looked_at")
