"""What each person keeps of each board: how far they have seen it, and which columns they folded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "board_visits",
        sa.Column("user_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("board_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("seen_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "folded",
            postgresql.ARRAY(sa.UUID(as_uuid=False)),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["board_id"], ["boards.board_id"], name=op.f("fk_board_visits_board_id_boards")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.user_id"], name=op.f("fk_board_visits_user_id_users")
        ),
        sa.PrimaryKeyConstraint("user_id", "board_id", name=op.f("pk_board_visits")),
    )
    op.create_index("ix_board_visits_board_id", "board_visits", ["board_id"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("board_visits")
