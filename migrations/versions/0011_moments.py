"""Start and due of a task say whether they have a time: a day, or an instant.

The columns ``start_at`` and ``due_at`` hold what they have always held: an instant, of a day its first one in UTC. The
flag beside each is NULL for what exists and for what an older version still writes: there the first instant of a day in
UTC is the day, as the page meant it, and every other one is an instant. Nothing is rewritten.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

FLAGS = ("start_has_time", "due_has_time")


def upgrade() -> None:
    """Add the flags, unknown for every task."""
    for name in FLAGS:
        op.add_column("tasks", sa.Column(name, sa.Boolean(), nullable=True))


def downgrade() -> None:
    """Drop the flags: what begins a day in UTC is a day again."""
    for name in FLAGS:
        op.drop_column("tasks", name)
