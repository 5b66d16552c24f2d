"""Mails that are to be sent: written with the change that causes them, deleted a week later."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "mail_intents",
        sa.Column("mail_id", UUID(as_uuid=False), nullable=False),
        sa.Column("event_id", UUID(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("to_address", sa.String(254), nullable=False),
        sa.Column("context", JSONB(), nullable=False),
        sa.Column("token_seed", sa.LargeBinary()),
        sa.Column("token_hash", sa.LargeBinary()),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("expires_at", instant),
        sa.Column("attempts", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("claimed_until", instant, nullable=False, server_default="-infinity"),
        sa.Column("maybe_sent", sa.Boolean(), nullable=False, server_default="false"),
        sa.Column("sent_at", instant),
        sa.Column("parked_at", instant),
        sa.Column("last_error", sa.String(300)),
        sa.PrimaryKeyConstraint("mail_id", name=op.f("pk_mail_intents")),
    )
    op.create_index("ix_mail_intents_created_at", "mail_intents", ["created_at"])
    op.create_index(
        "ix_mail_intents_due",
        "mail_intents",
        ["claimed_until"],
        postgresql_where=sa.text("sent_at IS NULL AND parked_at IS NULL"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("mail_intents")
