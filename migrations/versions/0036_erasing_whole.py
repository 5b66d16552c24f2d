"""Deletions of accounts take turns, and know the addresses that an account had before.

Notices of a hand-over name people by their id; sessions that have ended lately are found by an index.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0036"
down_revision = "0031"
branch_labels = None
depends_on = None

# The id of who went stands in the event of their removal.
NAMED_BY_ID = """
    UPDATE {table} n
    SET    payload = n.payload - 'person' || jsonb_build_object('person_id', went.user_id)
    FROM   audit_logs l
           CROSS JOIN LATERAL (SELECT key AS user_id FROM jsonb_object_keys(l.new_state -> 'members') key LIMIT 1) went
    WHERE  n.kind = 'handed_over' AND jsonb_exists(n.payload, 'person') AND l.event_id = n.event_id
"""


def upgrade() -> None:
    """Processes of before write names still, which are read as “somebody”, and know nothing of earlier addresses."""
    op.add_column(
        "account_erasures",
        sa.Column("earlier_addresses", ARRAY(sa.String(254)), nullable=False, server_default="{}"),
    )
    op.add_column(
        "account_erasures",
        sa.Column(
            "tried_at", sa.DateTime(timezone=True), nullable=False, server_default="-infinity"
        ),
    )
    for table in ("notifications", "notification_intents"):
        op.execute(NAMED_BY_ID.format(table=table))
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_user_sessions_ended",
            "user_sessions",
            ["revoked_at"],
            postgresql_where=sa.text("revoked_at IS NOT NULL"),
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade() -> None:
    op.drop_index("ix_user_sessions_ended", table_name="user_sessions")
    op.drop_column("account_erasures", "tried_at")
    op.drop_column("account_erasures", "earlier_addresses")
