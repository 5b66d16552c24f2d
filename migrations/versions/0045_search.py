"""The search projection, which the relay fills by itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR, UUID

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

ID = UUID(as_uuid=False)
INSTANT = sa.DateTime(timezone=True)
ENTRIES = "search_entries"


def upgrade() -> None:
    """Both tables are new and empty. None of it needs an extension of PostgreSQL."""
    op.create_table(
        ENTRIES,
        sa.Column("entity_id", ID, primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("board_id", ID),
        sa.Column("task_id", ID),
        sa.Column("fingerprint", ID),
        sa.Column("names", TSVECTOR()),
        sa.Column("texts", TSVECTOR()),
        sa.Column("body", sa.Text(), server_default=sa.text("''"), nullable=False),
    )
    for column in ("names", "texts"):
        op.create_index(
            f"ix_{ENTRIES}_{column}",
            ENTRIES,
            [column],
            postgresql_using="gin",
            postgresql_with={"gin_pending_list_limit": 256},
        )
    op.create_index(f"ix_{ENTRIES}_board", ENTRIES, ["board_id", "entity_id"])
    op.create_index(f"ix_{ENTRIES}_kind", ENTRIES, ["kind", "entity_id"])
    op.create_index(
        f"ix_{ENTRIES}_task",
        ENTRIES,
        ["task_id"],
        postgresql_where=sa.text("kind IN ('comment', 'attachment')"),
    )
    op.create_index(
        f"ix_{ENTRIES}_unread",
        ENTRIES,
        ["entity_id"],
        postgresql_where=sa.text("fingerprint IS NULL"),
    )
    op.create_table(
        "search_progress",
        sa.Column("name", sa.String(10), primary_key=True),
        sa.Column("seq", sa.BigInteger()),
        sa.Column("after_id", ID),
        sa.Column("form", sa.Integer()),
        sa.Column("finished_at", INSTANT),
    )


def downgrade() -> None:
    """Nothing is lost: all of it is derived."""
    op.drop_table("search_progress")
    op.drop_table(ENTRIES)
