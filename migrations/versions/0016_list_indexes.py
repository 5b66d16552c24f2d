"""Indexes for the lists of a board's tasks and its trash; those of the audit log, boards and columns that nothing uses go.

A list of a board walked the primary key through all boards until it had a page of its own. Each audit event was written
into two indexes that nothing reads; those of boards and columns repeat the beginning of a unique one.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

UNUSED = (
    ("ix_audit_logs_team", "audit_logs", ["team_id", "log_id"]),
    ("ix_audit_logs_action_timestamp", "audit_logs", ["action_timestamp"]),
    ("ix_boards_team_id", "boards", ["team_id"]),
    ("ix_columns_board_id", "columns", ["board_id"]),
)


def upgrade() -> None:
    """Processes of before go on as they are: their statements name no index."""
    op.create_index(
        "ix_tasks_board",
        "tasks",
        ["board_id", "task_id"],
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_tasks_trash",
        "tasks",
        ["board_id", "deleted_at"],
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )
    for name, table, _columns in UNUSED:
        op.drop_index(name, table_name=table)


def downgrade() -> None:
    for name, table, columns in UNUSED:
        op.create_index(name, table, columns)
    op.drop_index("ix_tasks_trash", table_name="tasks")
    op.drop_index("ix_tasks_board", table_name="tasks")
