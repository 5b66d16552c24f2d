"""Who wants the mail of a team's week."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "week_mails",
        sa.Column(
            "user_id",
            postgresql.UUID(as_uuid=False),
            sa.ForeignKey("users.user_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column(
            "team_id",
            postgresql.UUID(as_uuid=False),
            sa.ForeignKey("teams.team_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_week_mails_team", "week_mails", ["team_id"])
    op.create_index("ix_week_mails_next", "week_mails", ["next_at"])


def downgrade() -> None:
    op.drop_table("week_mails")
