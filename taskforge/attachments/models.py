"""Tables of attachments: what is attached to which task or comment, and how much a team has stored."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from taskforge.extensions import Model
from taskforge.stores.models import Id, Instant

# The states of a thumbnail.
PENDING, READY, FAILED = "pending", "ready", "failed"


class Attachment(Model):
    """One file of a task, or of a comment on it. Its bytes are a blob (`taskforge.attachments.blob_keys`).

    ``thumbnail`` is the state of its thumbnail, None for what has none; nobody begins to make one before
    ``thumbnail_due_at``. Of a PDF with a thumbnail, ``page_count`` is how many pages it has, and ``page_sizes`` has the
    size in pixels of each that was drawn, from the first on.
    ``was_cover`` says of a deleted one that it was its task's cover. Of a purged one only the row is left, which the
    history of the task names.
    """

    __tablename__ = "attachments"

    attachment_id: Mapped[str] = mapped_column(Id, primary_key=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.task_id"))
    comment_id: Mapped[str | None] = mapped_column(ForeignKey("comments.comment_id"))
    name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int]
    mimetype: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    width: Mapped[int | None]
    height: Mapped[int | None]
    thumbnail: Mapped[str | None] = mapped_column(String(8))
    thumbnail_attempts: Mapped[int] = mapped_column(server_default=text("0"))
    thumbnail_due_at: Mapped[datetime] = mapped_column(Instant, server_default=text("'-infinity'"))
    page_count: Mapped[int | None]
    page_sizes: Mapped[list[list[int]] | None] = mapped_column(JSONB)
    uploaded_by: Mapped[str] = mapped_column(ForeignKey("users.user_id"))
    uploaded_at: Mapped[datetime] = mapped_column(Instant)
    deleted_by: Mapped[str | None] = mapped_column(ForeignKey("users.user_id"))
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)
    purged_at: Mapped[datetime | None] = mapped_column(Instant)
    was_cover: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(server_default=text("1"))

    __table_args__ = (
        Index("ix_attachments_task", "task_id", "attachment_id"),
        Index(
            "ix_attachments_comment", "comment_id", postgresql_where=text("comment_id IS NOT NULL")
        ),
        Index("ix_attachments_person", "uploaded_by", "attachment_id"),
        Index(
            "ix_attachments_deleted_at",
            "deleted_at",
            postgresql_where=text("deleted_at IS NOT NULL AND purged_at IS NULL"),
        ),
        Index(
            "ix_attachments_thumbnail",
            "thumbnail_due_at",
            postgresql_where=text("thumbnail = 'pending'"),
        ),
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("thumbnail IN ('pending','ready','failed')", name="thumbnail"),
    )


class TeamFiles(Model):
    """How many bytes and files a team has stored, those in the trash among them. Its row is the lock of the quota."""

    __tablename__ = "team_files"

    team_id: Mapped[str] = mapped_column(ForeignKey("teams.team_id"), primary_key=True)
    bytes_stored: Mapped[int] = mapped_column(BigInteger)
    file_count: Mapped[int]

    __table_args__ = (CheckConstraint("bytes_stored >= 0 AND file_count >= 0", name="counts"),)
