"""Snapshots of boards for time travel, and the index that finds a board's facts by their instant."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and the index."""
    op.create_table(
        "board_snapshots",
        sa.Column("board_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("board_seq", sa.BigInteger(), nullable=False),
        sa.Column("next_seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["board_id"], ["boards.board_id"], name=op.f("fk_board_snapshots_board_id_boards")
        ),
        sa.PrimaryKeyConstraint("board_id", "board_seq", name=op.f("pk_board_snapshots")),
    )
    # All that the way to an instant and the picture of a board's activity need, without a look at the facts.
    op.create_index(
        "ix_audit_logs_board_time", "audit_logs", ["board_id", "action_timestamp", "board_seq"]
    )


def downgrade() -> None:
    """Drop both."""
    op.drop_index("ix_audit_logs_board_time", "audit_logs")
    op.drop_table("board_snapshots")
