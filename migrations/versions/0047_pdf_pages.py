"""PDFs have pictures of their pages: how many pages, and how large those are that were drawn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

# A small part of a table that is as young as this. The relay draws them one after the other, and not before that of the
# old code is gone, which would say of each that it can't be decoded.
DRAW_THOSE_OF_BEFORE = """
    UPDATE attachments
    SET    thumbnail = 'pending', thumbnail_due_at = now() + interval '10 minutes'
    WHERE  mimetype = 'application/pdf' AND thumbnail IS NULL AND purged_at IS NULL
"""
# The old code decodes images alone, and would say of a PDF that it can't be.
FORGET_PDFS = """
    UPDATE attachments
    SET    thumbnail = NULL, thumbnail_attempts = 0, thumbnail_due_at = '-infinity'
    WHERE  mimetype = 'application/pdf' AND thumbnail IS NOT NULL
"""


def upgrade() -> None:
    op.add_column("attachments", sa.Column("page_count", sa.Integer()))
    op.add_column("attachments", sa.Column("page_sizes", postgresql.JSONB()))
    op.execute(DRAW_THOSE_OF_BEFORE)


def downgrade() -> None:
    op.execute(FORGET_PDFS)
    op.drop_column("attachments", "page_sizes")
    op.drop_column("attachments", "page_count")
