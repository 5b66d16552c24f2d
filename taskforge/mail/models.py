"""The mails that are to be sent, and for a week those that were."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, SmallInteger, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from taskforge.extensions import Model
from taskforge.stores.models import Id, Instant


class MailIntent(Model):
    """A mail that is to be sent: written with the change that causes it, sent by the mail job.

    ``maybe_sent`` says that a server broke off after it had the whole mail. ``token_seed`` and ``token_hash`` as in
    `taskforge.mail.tokens`; the seed is deleted when the mail is sent.
    """

    __tablename__ = "mail_intents"

    mail_id: Mapped[str] = mapped_column(Id, primary_key=True)
    event_id: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(32))
    to_address: Mapped[str] = mapped_column(String(254))
    context: Mapped[dict[str, Any]] = mapped_column(JSONB)
    token_seed: Mapped[bytes | None] = mapped_column(LargeBinary)
    token_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant, index=True)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    claimed_until: Mapped[datetime] = mapped_column(Instant, server_default=text("'-infinity'"))
    maybe_sent: Mapped[bool] = mapped_column(server_default=text("false"))
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    parked_at: Mapped[datetime | None] = mapped_column(Instant)
    last_error: Mapped[str | None] = mapped_column(String(300))

    __table_args__ = (
        Index(
            "ix_mail_intents_due",
            "claimed_until",
            postgresql_where=text("sent_at IS NULL AND parked_at IS NULL"),
        ),
    )
