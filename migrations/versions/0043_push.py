"""Push messages: the devices that get them, and what is still to be sent to each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

ID = UUID(as_uuid=False)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Both tables are new and empty."""
    op.create_table(
        "push_subscriptions",
        sa.Column("subscription_id", ID, primary_key=True),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("endpoint_hash", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("user_agent", sa.String(400)),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_ok", INSTANT),
        sa.Column("failures", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        _refer("push_subscriptions", "user_id", "users"),
        _refer("push_subscriptions", "session_id", "user_sessions"),
    )
    op.create_index("ix_push_subscriptions_session_id", "push_subscriptions", ["session_id"])
    op.create_index("ix_push_subscriptions_user", "push_subscriptions", ["user_id", "created_at"])
    op.create_table(
        "push_intents",
        sa.Column("notification_id", ID, primary_key=True),
        sa.Column("subscription_id", ID, primary_key=True),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "claimed_until", INSTANT, server_default=sa.text("'-infinity'"), nullable=False
        ),
        _refer("push_intents", "notification_id", "notifications"),
        _refer("push_intents", "subscription_id", "push_subscriptions"),
    )
    op.create_index("ix_push_intents_due", "push_intents", ["claimed_until"])
    op.create_index("ix_push_intents_subscription", "push_intents", ["subscription_id"])


def downgrade() -> None:
    """Nobody gets push messages any more; their browsers ask again once the switch is back."""
    op.drop_table("push_intents")
    op.drop_table("push_subscriptions")


def _refer(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    of_other = {"users": "user_id", "user_sessions": "session_id"}.get(to, column)
    return sa.ForeignKeyConstraint(
        [column],
        [f"{to}.{of_other}"],
        name=op.f(f"fk_{table}_{column}_{to}"),
        ondelete="CASCADE",
    )
