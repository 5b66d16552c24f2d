"""Reminders of cards, what was told of cards that are due, and an index of open cards by when they are due."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

DUE = "ix_tasks_due"


def upgrade() -> None:
    """Add the tables and the index; a day of cards that are overdue already is told when the new relay begins."""
    op.create_table(
        "due_notices",
        sa.Column("task_id", UUID(as_uuid=False), nullable=False),
        sa.Column("user_id", UUID(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["tasks.task_id"],
            name=op.f("fk_due_notices_task_id_tasks"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_due_notices_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "task_id", "user_id", "due_at", "kind", name=op.f("pk_due_notices")
        ),
    )
    op.create_index(op.f("ix_due_notices_user_id"), "due_notices", ["user_id"])
    op.create_index(op.f("ix_due_notices_told_at"), "due_notices", ["told_at"])
    op.create_table(
        "task_reminders",
        sa.Column("reminder_id", UUID(as_uuid=False), nullable=False),
        sa.Column("task_id", UUID(as_uuid=False), nullable=False),
        sa.Column("user_id", UUID(as_uuid=False), nullable=False),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["tasks.task_id"],
            name=op.f("fk_task_reminders_task_id_tasks"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_task_reminders_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("reminder_id", name=op.f("pk_task_reminders")),
        sa.UniqueConstraint(
            "task_id", "user_id", "remind_at", name=op.f("uq_task_reminders_task_id")
        ),
    )
    op.create_index(op.f("ix_task_reminders_user_id"), "task_reminders", ["user_id"])
    op.create_index(
        "ix_task_reminders_due",
        "task_reminders",
        ["remind_at"],
        postgresql_where=sa.text("told_at IS NULL"),
    )
    op.create_index(
        "ix_task_reminders_told",
        "task_reminders",
        ["told_at"],
        postgresql_where=sa.text("told_at IS NOT NULL"),
    )
    with op.get_context().autocommit_block():
        op.create_index(
            DUE,
            "tasks",
            ["due_at", "task_id"],
            postgresql_where=sa.text(
                "due_at IS NOT NULL AND deleted_at IS NULL AND status <> 'done'"
            ),
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade() -> None:
    """Reminders are lost."""
    op.drop_index(DUE, table_name="tasks")
    for table in ("task_reminders", "due_notices"):
        op.drop_table(table)
