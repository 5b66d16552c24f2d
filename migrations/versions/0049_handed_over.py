"""Open tasks that somebody has, by who made them: My work lists those that wait for others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_tasks_handed_over",
            "tasks",
            ["created_by"],
            postgresql_where=sa.text(
                "assignee_id IS NOT NULL AND deleted_at IS NULL AND status <> 'done'"
            ),
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade() -> None:
    op.drop_index("ix_tasks_handed_over", table_name="tasks")
