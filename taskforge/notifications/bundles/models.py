"""The mails of notifications: which lines of an inbox are to be mailed, and the mails that they go with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from taskforge.extensions import Model
from taskforge.stores.models import Id, Instant

_IS_OPEN = text("sent_at IS NULL AND parked_at IS NULL")


class NotificationBundle(Model):
    """One mail to one person: at most one of each person is open, that is, neither sent nor parked.

    ``due_at`` is when the first of its lines is due. What the person changed of their settings at ``reschedule_from``
    still waits to be taken into account. Everything else as in `taskforge.mail.models.MailIntent`. ``line_count`` and
    ``message`` are of a mail that was sent; the message itself is stored in development only, for the mailbox page.
    """

    __tablename__ = "notification_bundles"

    bundle_id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"))
    due_at: Mapped[datetime] = mapped_column(Instant)
    reschedule_from: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    claimed_until: Mapped[datetime] = mapped_column(Instant, server_default=text("'-infinity'"))
    maybe_sent: Mapped[bool] = mapped_column(server_default=text("false"))
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    parked_at: Mapped[datetime | None] = mapped_column(Instant)
    last_error: Mapped[str | None] = mapped_column(String(300))
    line_count: Mapped[int | None]
    message: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        Index("uq_notification_bundles_open", "user_id", unique=True, postgresql_where=_IS_OPEN),
        Index("ix_notification_bundles_user_id", "user_id"),
        Index(
            "ix_notification_bundles_due",
            text("greatest(due_at, claimed_until)"),
            postgresql_where=_IS_OPEN,
        ),
        Index("ix_notification_bundles_created_at", "created_at"),
    )


class NotificationMail(Model):
    """A line of an inbox that is to be mailed, or was: it waits for ``due_at`` until a bundle takes it."""

    __tablename__ = "notification_mails"

    notification_id: Mapped[str] = mapped_column(
        ForeignKey("notifications.notification_id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[str] = mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    bundle_id: Mapped[str | None] = mapped_column(
        ForeignKey("notification_bundles.bundle_id", ondelete="CASCADE")
    )

    __table_args__ = (
        Index(
            "ix_notification_mails_waiting",
            "user_id",
            "due_at",
            postgresql_where=text("bundle_id IS NULL"),
        ),
        Index("ix_notification_mails_user_id", "user_id"),
        Index("ix_notification_mails_bundle_id", "bundle_id"),
    )
