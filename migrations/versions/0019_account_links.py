"""One-time links of accounts, sign-ups that wait for an answer to their mail, and when an address was confirmed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Processes of before go on as they are: no address counts as confirmed."""
    instant = sa.DateTime(timezone=True)
    op.add_column("users", sa.Column("email_verified_at", instant))
    op.create_table(
        "account_links",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("user_id", UUID(as_uuid=False)),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("binding", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("expires_at", instant, nullable=False),
        sa.Column("used_at", instant),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_account_links")),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_account_links_user_id"),
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_account_links_expires_at", "account_links", ["expires_at"])
    op.create_table(
        "pending_registrations",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", UUID(as_uuid=False), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("password_hash", sa.String(256), nullable=False),
        sa.Column("first_name", sa.String(80), nullable=False),
        sa.Column("last_name", sa.String(80), nullable=False),
        sa.Column("next_path", sa.Text(), nullable=False),
        sa.Column("expires_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_pending_registrations")),
    )
    op.create_index("ix_pending_registrations_expires_at", "pending_registrations", ["expires_at"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("pending_registrations")
    op.drop_table("account_links")
    op.drop_column("users", "email_verified_at")
