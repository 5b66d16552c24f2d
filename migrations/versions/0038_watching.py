"""What people watch, events that those who watch are to hear of, and an index of who was mentioned where."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

MENTIONS = "ix_notifications_mentions"
CHOICES = {
    "task": "choice IN ('watching', 'ignored')",
    "board": "choice IN ('watching', 'muted')",
}


def upgrade() -> None:
    """Add the tables; processes of before notify those who take part by intents, as they did."""
    op.create_table(
        "notification_fan_outs",
        sa.Column("event_id", UUID(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("payload", JSONB(), nullable=False),
        sa.Column("actor_id", UUID(as_uuid=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_notification_fan_outs")),
    )
    op.create_index(
        op.f("ix_notification_fan_outs_created_at"), "notification_fan_outs", ["created_at"]
    )
    for subject, choices in CHOICES.items():
        table = f"{subject}_watches"
        op.create_table(
            table,
            sa.Column(f"{subject}_id", UUID(as_uuid=False), nullable=False),
            sa.Column("user_id", UUID(as_uuid=False), nullable=False),
            sa.Column("choice", sa.String(8), nullable=False),
            sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
            sa.CheckConstraint(choices, name=op.f(f"ck_{table}_choice")),
            sa.ForeignKeyConstraint(
                [f"{subject}_id"],
                [f"{subject}s.{subject}_id"],
                name=op.f(f"fk_{table}_{subject}_id_{subject}s"),
                ondelete="CASCADE",
            ),
            sa.ForeignKeyConstraint(
                ["user_id"],
                ["users.user_id"],
                name=op.f(f"fk_{table}_user_id_users"),
                ondelete="CASCADE",
            ),
            sa.PrimaryKeyConstraint(f"{subject}_id", "user_id", name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_user_id"), table, ["user_id"])
    with op.get_context().autocommit_block():
        op.create_index(
            MENTIONS,
            "notifications",
            [sa.text("(payload ->> 'task_id')")],
            postgresql_where=sa.text("kind = 'mentioned'"),
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade() -> None:
    """What is not told yet is lost, and what people watch."""
    op.drop_index(MENTIONS, table_name="notifications")
    for table in ("board_watches", "task_watches", "notification_fan_outs"):
        op.drop_table(table)
