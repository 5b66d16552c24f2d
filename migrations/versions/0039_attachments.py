"""Files that are attached to tasks and comments, and how much a team has stored.

``tasks.files`` and ``comments.files`` repeat what is attached to each, for reads; ``files_version`` counts the part of
their documents that repeats it again; ``tasks.cover_id`` is the image on a card. The defaults are constants.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Processes of before neither show nor attach files."""
    for table in ("tasks", "comments"):
        op.add_column(table, sa.Column("files", JSONB(), nullable=False, server_default="[]"))
        op.add_column(
            table, sa.Column("files_version", sa.Integer(), nullable=False, server_default="0")
        )
    op.add_column("tasks", sa.Column("cover_id", UUID(as_uuid=False)))
    op.create_table(
        "attachments",
        sa.Column("attachment_id", UUID(as_uuid=False), nullable=False),
        sa.Column("task_id", UUID(as_uuid=False), nullable=False),
        sa.Column("comment_id", UUID(as_uuid=False)),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("mimetype", sa.String(100), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer()),
        sa.Column("height", sa.Integer()),
        sa.Column("thumbnail", sa.String(8)),
        sa.Column("thumbnail_attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("thumbnail_due_at", INSTANT, nullable=False, server_default=sa.text("'-infinity'")),
        sa.Column("uploaded_by", UUID(as_uuid=False), nullable=False),
        sa.Column("uploaded_at", INSTANT, nullable=False),
        sa.Column("deleted_by", UUID(as_uuid=False)),
        sa.Column("deleted_at", INSTANT),
        sa.Column("purged_at", INSTANT),
        sa.Column("was_cover", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint("size > 0", name=op.f("ck_attachments_size")),
        sa.CheckConstraint(
            "thumbnail IN ('pending','ready','failed')", name=op.f("ck_attachments_thumbnail")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.task_id"], name=op.f("fk_attachments_task_id_tasks")
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.comment_id"], name=op.f("fk_attachments_comment_id_comments")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["users.user_id"], name=op.f("fk_attachments_uploaded_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["deleted_by"], ["users.user_id"], name=op.f("fk_attachments_deleted_by_users")
        ),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_attachments")),
    )
    op.create_index("ix_attachments_task", "attachments", ["task_id", "attachment_id"])
    op.create_index(
        "ix_attachments_comment",
        "attachments",
        ["comment_id"],
        postgresql_where=sa.text("comment_id IS NOT NULL"),
    )
    op.create_index("ix_attachments_person", "attachments", ["uploaded_by", "attachment_id"])
    op.create_index(
        "ix_attachments_deleted_at",
        "attachments",
        ["deleted_at"],
        postgresql_where=sa.text("deleted_at IS NOT NULL AND purged_at IS NULL"),
    )
    op.create_index(
        "ix_attachments_thumbnail",
        "attachments",
        ["thumbnail_due_at"],
        postgresql_where=sa.text("thumbnail = 'pending'"),
    )
    op.create_table(
        "team_files",
        sa.Column("team_id", UUID(as_uuid=False), nullable=False),
        sa.Column("bytes_stored", sa.BigInteger(), nullable=False),
        sa.Column("file_count", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "bytes_stored >= 0 AND file_count >= 0", name=op.f("ck_team_files_counts")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.team_id"], name=op.f("fk_team_files_team_id_teams")
        ),
        sa.PrimaryKeyConstraint("team_id", name=op.f("pk_team_files")),
    )


def downgrade() -> None:
    """The bytes stay in the blob store."""
    op.drop_table("team_files")
    op.drop_table("attachments")
    op.drop_column("tasks", "cover_id")
    for table in ("tasks", "comments"):
        op.drop_column(table, "files_version")
        op.drop_column(table, "files")
