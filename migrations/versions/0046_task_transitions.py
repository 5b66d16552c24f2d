"""Ways of tasks, which reports are computed from. Both tables are derived: the relay fills them from the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

ID = postgresql.UUID(as_uuid=False)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Two empty tables; nothing is filled here, and the old code does not know them."""
    op.create_table(
        "task_transitions",
        sa.Column("board_id", ID, nullable=False),
        sa.Column("task_id", ID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(48), nullable=False),
        sa.Column("column_id", ID, nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("assignee_id", ID, nullable=True),
        sa.Column("is_deleted", sa.Boolean(), nullable=False),
        sa.Column("entered_at", INSTANT, nullable=False),
        sa.Column("left_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["board_id"], ["boards.board_id"], name=op.f("fk_task_transitions_board_id_boards")
        ),
        sa.PrimaryKeyConstraint("board_id", "task_id", "seq", name=op.f("pk_task_transitions")),
    )
    op.create_table(
        "transition_progress",
        sa.Column("board_id", ID, nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("at", INSTANT, server_default=sa.text("'-infinity'"), nullable=False),
        sa.Column("is_stale", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["board_id"], ["boards.board_id"], name=op.f("fk_transition_progress_board_id_boards")
        ),
        sa.PrimaryKeyConstraint("board_id", name=op.f("pk_transition_progress")),
    )


def downgrade() -> None:
    op.drop_table("transition_progress")
    op.drop_table("task_transitions")
