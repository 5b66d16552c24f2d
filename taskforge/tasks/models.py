"""The reference row of a task: identity, place, permissions and everything a card shows."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from taskforge.boards.models import RANK
from taskforge.extensions import Model
from taskforge.stores.models import Id, Instant
from taskforge.tasks.priorities import DEFAULT_PRIORITY


class Task(Model):
    """One task. PostgreSQL owns title, status, column, rank, assignee, priority and dates.

    ``version`` counts every acknowledged change and is also the counter of the mirror part in MongoDB;
    ``doc_version`` and ``doc_sha`` are version and hash of the content part, which MongoDB owns.
    ``tags`` and the counts are denormalised for cards, written in the transaction of their change. So is ``files``,
    the list of what is attached to the task, and ``files_version``, the counter of the part of the document that
    repeats it (`taskforge.attachments`).
    """

    __tablename__ = "tasks"

    task_id: Mapped[str] = mapped_column(Id, primary_key=True)
    team_id: Mapped[str] = mapped_column(ForeignKey("teams.team_id"))
    board_id: Mapped[str] = mapped_column(ForeignKey("boards.board_id"))
    column_id: Mapped[str] = mapped_column(ForeignKey("columns.column_id"))
    number: Mapped[int]
    rank: Mapped[str] = mapped_column(RANK)
    title: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(12))
    priority: Mapped[str] = mapped_column(String(8), server_default=DEFAULT_PRIORITY)
    assignee_id: Mapped[str | None] = mapped_column(ForeignKey("users.user_id"))
    created_by: Mapped[str] = mapped_column(ForeignKey("users.user_id"))
    start_at: Mapped[datetime | None] = mapped_column(Instant)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    # Whether the moment has a time; NULL where an older version wrote it: then the first instant of a day is the day.
    start_has_time: Mapped[bool | None]
    due_has_time: Mapped[bool | None]
    estimate: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    doc_version: Mapped[int] = mapped_column(server_default=text("1"))
    doc_sha: Mapped[bytes] = mapped_column(LargeBinary)
    tags: Mapped[list[str]] = mapped_column(ARRAY(String(40)), server_default=text("'{}'"))
    comment_count: Mapped[int] = mapped_column(server_default=text("0"))
    attachment_count: Mapped[int] = mapped_column(server_default=text("0"))
    files: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    files_version: Mapped[int] = mapped_column(server_default=text("0"))
    cover_id: Mapped[str | None] = mapped_column(Id)
    checklist_done: Mapped[int] = mapped_column(server_default=text("0"))
    checklist_total: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        UniqueConstraint("board_id", "number"),
        Index(
            "ix_tasks_place",
            "board_id",
            "column_id",
            "rank",
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index("ix_tasks_assignee", "assignee_id", postgresql_where=text("deleted_at IS NULL")),
        Index(
            "ix_tasks_handed_over",
            "created_by",
            postgresql_where=text(
                "assignee_id IS NOT NULL AND deleted_at IS NULL AND status <> 'done'"
            ),
        ),
        Index("ix_tasks_team", "team_id", "task_id"),
        Index(
            "ix_tasks_due",
            "due_at",
            "task_id",
            postgresql_where=text("due_at IS NOT NULL AND deleted_at IS NULL AND status <> 'done'"),
        ),
        Index("ix_tasks_board", "board_id", "task_id", postgresql_where=text("deleted_at IS NULL")),
        Index("ix_tasks_deleted_at", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),
        Index(
            "ix_tasks_trash",
            "board_id",
            "deleted_at",
            postgresql_where=text("deleted_at IS NOT NULL"),
        ),
        CheckConstraint("priority IN ('low','medium','high','urgent')", name="priority"),
        CheckConstraint(
            "status IN ('backlog','todo','in_progress','in_review','done')", name="status"
        ),
        CheckConstraint("estimate BETWEEN 0 AND 100000", name="estimate"),
    )
