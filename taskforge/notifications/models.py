"""Notifications that were delivered to somebody's inbox, and what people chose to watch."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from taskforge.extensions import Model
from taskforge.stores.models import Id, Instant

_PLACE = text("coalesce(place_id, notification_id)")
_STATES = {
    "inbox": "archived_at IS NULL AND snoozed_until IS NULL",
    "unread_places": "read_at IS NULL",
    "snoozed": "snoozed_until IS NOT NULL",
    "archived": "archived_at IS NOT NULL",
}


def _index(name: str, condition: str) -> Index:
    """The lines of an inbox in one state, in their order."""
    return Index(f"ix_notifications_{name}", "user_id", _PLACE, postgresql_where=text(condition))


def _card_index(name: str, condition: str) -> Index:
    """The lines about one card in one state, in their order."""
    return Index(
        f"ix_notifications_card_{name}",
        "user_id",
        text("(payload ->> 'task_id')"),
        _PLACE,
        postgresql_where=text(f"{condition} AND payload ->> 'task_id' IS NOT NULL"),
    )


class Notification(Model):
    """One line of an inbox: at most one for each event and user.

    A line that is put off (`snoozed_until`) or archived counts as read: `read_at` is set with it, to the same instant
    if it was unread, so that taking it back can tell. A line that comes back gets a new place in the inbox.
    """

    __tablename__ = "notifications"

    notification_id: Mapped[str] = mapped_column(Id, primary_key=True)
    event_id: Mapped[str] = mapped_column(Id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(24))
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    snoozed_until: Mapped[datetime | None] = mapped_column(Instant)
    snoozed_at: Mapped[datetime | None] = mapped_column(Instant)
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    place_id: Mapped[str | None] = mapped_column(Id)

    __table_args__ = (
        UniqueConstraint("event_id", "user_id"),
        CheckConstraint(
            "num_nonnulls(snoozed_until, archived_at) <= 1"
            " AND (snoozed_until IS NULL) = (snoozed_at IS NULL)",
            name="one_state",
        ),
        Index("ix_notifications_user", "user_id", "notification_id"),
        # Who was mentioned in a task watches it.
        Index(
            "ix_notifications_mentions",
            text("(payload ->> 'task_id')"),
            postgresql_where=text("kind = 'mentioned'"),
        ),
        *(_index(name, condition) for name, condition in _STATES.items()),
        *(_card_index(name, condition) for name, condition in _STATES.items()),
        # Of the sweep alone: its condition is none of a list's, whose planner would take it for the index of a state.
        Index(
            "ix_notifications_return",
            "snoozed_until",
            postgresql_where=text("snoozed_at IS NOT NULL"),
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


class TaskReminder(Model):
    """Somebody wants to hear of a task at an instant; ``told_at`` is when they were told, or it was let be."""

    __tablename__ = "task_reminders"

    reminder_id: Mapped[str] = mapped_column(Id, primary_key=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.task_id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.user_id", ondelete="CASCADE"), index=True
    )
    remind_at: Mapped[datetime] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    told_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        UniqueConstraint("task_id", "user_id", "remind_at"),
        Index("ix_task_reminders_due", "remind_at", postgresql_where=text("told_at IS NULL")),
        Index("ix_task_reminders_told", "told_at", postgresql_where=text("told_at IS NOT NULL")),
    )


class DueNotice(Model):
    """Somebody was told that a task is due soon, or overdue, with the moment that it had."""

    __tablename__ = "due_notices"

    task_id: Mapped[str] = mapped_column(
        ForeignKey("tasks.task_id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True, index=True
    )
    due_at: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    kind: Mapped[str] = mapped_column(String(24), primary_key=True)
    told_at: Mapped[datetime] = mapped_column(Instant, index=True)


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
