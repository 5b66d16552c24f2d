"""Ways of tasks, from which reports are computed (any row may be deleted), and who wants the mail of a week."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from taskforge.extensions import Model
from taskforge.stores.models import Id, Instant


class TaskTransition(Model):
    """A period of a task's life in which column, status, assignee and "is in the trash" stayed what they were.

    ``seq`` is the board sequence of the audit event that began it, ``event`` its kind. ``left_at`` is the instant at
    which the next period began, or the task was deleted for good; NULL while the period lasts. Rows of purged tasks
    stay: they hold nothing that people wrote, and figures of the past must not change when the trash is emptied.
    """

    __tablename__ = "task_transitions"

    board_id: Mapped[str] = mapped_column(ForeignKey("boards.board_id"), primary_key=True)
    task_id: Mapped[str] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    event: Mapped[str] = mapped_column(String(48))
    column_id: Mapped[str] = mapped_column(Id)
    status: Mapped[str] = mapped_column(String(12))
    assignee_id: Mapped[str | None] = mapped_column(Id)
    is_deleted: Mapped[bool]
    entered_at: Mapped[datetime] = mapped_column(Instant)
    left_at: Mapped[datetime | None] = mapped_column(Instant)


class TransitionProgress(Model):
    """How far the audit log of a board has been read into `TaskTransition`.

    ``seq`` is the board sequence up to which every event is in them, ``at`` the latest instant among these. A stale one
    is made again from the beginning, in one transaction.
    """

    __tablename__ = "transition_progress"

    board_id: Mapped[str] = mapped_column(ForeignKey("boards.board_id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    at: Mapped[datetime] = mapped_column(Instant, server_default=text("'-infinity'"))
    is_stale: Mapped[bool] = mapped_column(server_default=text("false"))


class WeekMail(Model):
    """Somebody wants the mail of a team's week. ``next_at`` is when it is planned next: a Monday morning of theirs."""

    __tablename__ = "week_mails"

    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True
    )
    team_id: Mapped[str] = mapped_column(
        ForeignKey("teams.team_id", ondelete="CASCADE"), primary_key=True
    )
    chosen_at: Mapped[datetime] = mapped_column(Instant)
    next_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (
        Index("ix_week_mails_team", "team_id"),
        Index("ix_week_mails_next", "next_at"),
    )
