"""Notifications that were delivered to somebody's inbox, and what people chose to watch."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from taskforge.extensions import Model
from taskforge.stores.models import Id, Instant


class Notification(Model):
    """One line of an inbox: at most one for each event and user."""

    __tablename__ = "notifications"

    notification_id: Mapped[str] = mapped_column(Id, primary_key=True)
    event_id: Mapped[str] = mapped_column(Id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(24))
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        UniqueConstraint("event_id", "user_id"),
        Index("ix_notifications_user", "user_id", "notification_id"),
        Index("ix_notifications_unread", "user_id", postgresql_where=text("read_at IS NULL")),
        # Who was mentioned in a task watches it.
        Index(
            "ix_notifications_mentions",
            text("(payload ->> 'task_id')"),
            postgresql_where=text("kind = 'mentioned'"),
        ),
    )


class TaskWatch(Model):
    """What somebody chose for a task (`taskforge.notifications.watch_queries.TaskChoice`)."""

    __tablename__ = "task_watches"

    task_id: Mapped[str] = mapped_column(
        ForeignKey("tasks.task_id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True, index=True
    )
    choice: Mapped[str] = mapped_column(String(8))
    chosen_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (CheckConstraint("choice IN ('watching', 'ignored')", name="choice"),)


class BoardWatch(Model):
    """What somebody chose for a board (`taskforge.notifications.watch_queries.BoardChoice`)."""

    __tablename__ = "board_watches"

    board_id: Mapped[str] = mapped_column(
        ForeignKey("boards.board_id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True, index=True
    )
    choice: Mapped[str] = mapped_column(String(8))
    chosen_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (CheckConstraint("choice IN ('watching', 'muted')", name="choice"),)
