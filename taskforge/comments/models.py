"""The reference row of a comment; its text is a document of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from taskforge.extensions import Model
from taskforge.stores.models import Id, Instant


class Comment(Model):
    """Who commented on which task. ``version`` is the version of the document and of the comment.

    ``files`` and ``files_version`` as in `taskforge.tasks.models.Task`.
    """

    __tablename__ = "comments"

    comment_id: Mapped[str] = mapped_column(Id, primary_key=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.task_id"))
    author_id: Mapped[str] = mapped_column(ForeignKey("users.user_id"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    doc_sha: Mapped[bytes] = mapped_column(LargeBinary)
    files: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    files_version: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    edited_at: Mapped[datetime | None] = mapped_column(Instant)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (Index("ix_comments_task", "task_id", "comment_id"),)
