"""Invitations into teams, and the links by which anybody who has one may join."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

IS_OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    """Create both tables. Processes of before know neither, and go on as they are."""
    instant, uuid = sa.DateTime(timezone=True), sa.UUID(as_uuid=False)
    op.create_table(
        "invitations",
        sa.Column("invitation_id", uuid, nullable=False),
        sa.Column("team_id", uuid, nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("user_id", uuid),
        sa.Column("role", sa.String(8), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("invited_by", uuid, nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("sent_at", instant, nullable=False),
        sa.Column("sendings", sa.Integer(), nullable=False, server_default=sa.text("1")),
        sa.Column("expires_at", instant, nullable=False),
        sa.Column("state", sa.String(8), nullable=False, server_default="open"),
        sa.Column("closed_at", instant),
        sa.CheckConstraint("role IN ('admin', 'member', 'guest')", name=op.f("ck_invitations_role")),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'declined', 'revoked', 'replaced')",
            name=op.f("ck_invitations_state"),
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.team_id"], name=op.f("fk_invitations_team_id_teams")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.user_id"], name=op.f("fk_invitations_user_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["users.user_id"], name=op.f("fk_invitations_invited_by_users")
        ),
        sa.PrimaryKeyConstraint("invitation_id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    op.create_index(
        "ix_invitations_open",
        "invitations",
        ["team_id", "email"],
        unique=True,
        postgresql_where=IS_OPEN,
    )
    op.create_index("ix_invitations_email", "invitations", ["email"], postgresql_where=IS_OPEN)
    op.create_index("ix_invitations_user", "invitations", ["user_id"], postgresql_where=IS_OPEN)
    op.create_index("ix_invitations_inviter", "invitations", ["invited_by", "created_at"])
    op.create_table(
        "join_links",
        sa.Column("team_id", uuid, nullable=False),
        sa.Column("role", sa.String(8), nullable=False),
        sa.Column("nonce", uuid, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_by", uuid, nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("counted_on", sa.Date()),
        sa.Column("joined", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.CheckConstraint("role IN ('member', 'guest')", name=op.f("ck_join_links_role")),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.team_id"], name=op.f("fk_join_links_team_id_teams")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.user_id"], name=op.f("fk_join_links_created_by_users")
        ),
        sa.PrimaryKeyConstraint("team_id", "role", name=op.f("pk_join_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_join_links_token_hash")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("join_links")
    op.drop_table("invitations")
