"""When somebody last proved in a session that it is them.

Sessions of before have no such moment: they are asked for the password before what is delicate.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Processes of before go on as they are: they neither read nor write the column."""
    op.add_column("user_sessions", sa.Column("confirmed_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("user_sessions", "confirmed_at")
