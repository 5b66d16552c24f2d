"""Devices that get push messages, and the messages that are still to be sent to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from taskforge.extensions import Model
from taskforge.stores.models import Id, Instant


class PushSubscription(Model):
    """A browser that its person switched push messages on in; it ends with the session in which they did.

    ``sealed`` holds its address at a push service and its keys (`taskforge.accounts.sealed_secrets`): who knows them
    can reach the device. ``failures`` counts those since the last success.
    """

    __tablename__ = "push_subscriptions"

    subscription_id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"))
    session_id: Mapped[str] = mapped_column(
        ForeignKey("user_sessions.session_id", ondelete="CASCADE"), index=True
    )
    endpoint_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    user_agent: Mapped[str | None] = mapped_column(String(400))
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_ok: Mapped[datetime | None] = mapped_column(Instant)
    failures: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))

    __table_args__ = (Index("ix_push_subscriptions_user", "user_id", "created_at"),)


class PushIntent(Model):
    """A line of an inbox that is to be shown on a device; deleted when it was sent, or is of no use any more."""

    __tablename__ = "push_intents"

    notification_id: Mapped[str] = mapped_column(
        ForeignKey("notifications.notification_id", ondelete="CASCADE"), primary_key=True
    )
    subscription_id: Mapped[str] = mapped_column(
        ForeignKey("push_subscriptions.subscription_id", ondelete="CASCADE"), primary_key=True
    )
    expires_at: Mapped[datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    claimed_until: Mapped[datetime] = mapped_column(Instant, server_default=text("'-infinity'"))

    __table_args__ = (
        Index("ix_push_intents_due", "claimed_until"),
        Index("ix_push_intents_subscription", "subscription_id"),
    )
