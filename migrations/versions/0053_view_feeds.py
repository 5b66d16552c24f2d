"""Feeds of saved views: of the token in their address only the hash."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

ID = UUID(as_uuid=False)


def upgrade() -> None:
    op.create_table(
        "view_feeds",
        sa.Column("view_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("nonce", sa.String(36), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["view_id"],
            ["saved_views.view_id"],
            name=op.f("fk_view_feeds_view_id_saved_views"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.user_id"], name=op.f("fk_view_feeds_user_id_users")
        ),
        sa.PrimaryKeyConstraint("view_id", "user_id", name=op.f("pk_view_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_view_feeds_token_hash")),
    )
    op.create_index("ix_view_feeds_user_id", "view_feeds", ["user_id"])


def downgrade() -> None:
    op.drop_table("view_feeds")
