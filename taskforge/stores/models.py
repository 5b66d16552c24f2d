"""Tables of the consistency protocol: operations, outbox, redo log, audit events, notification intents.

The audit event and the notification intent live here and not with their features because both belong to the
transaction of the change that causes them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import INET, JSONB, UUID
from sqlalchemy.orm import Mapped, mapped_column

from taskforge.extensions import Model

Instant = DateTime(timezone=True)
Id = UUID(as_uuid=False)


class Operation(Model):
    """One acknowledged request, by the id that the client gave it: a retry gets the stored result."""

    __tablename__ = "operations"

    user_id: Mapped[str] = mapped_column(Id, primary_key=True)
    op_id: Mapped[str] = mapped_column(Id, primary_key=True)
    fingerprint: Mapped[bytes | None] = mapped_column(LargeBinary)
    result: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=text("now()"), index=True)


class OutboxMessage(Model):
    """A part of a document that PostgreSQL has committed and MongoDB may not have yet."""

    __tablename__ = "outbox"

    outbox_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    entity_type: Mapped[str] = mapped_column(String(16))
    entity_id: Mapped[str] = mapped_column(Id)
    part: Mapped[str] = mapped_column(String(8))
    version: Mapped[int]
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=text("now()"))
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    claimed_until: Mapped[datetime] = mapped_column(Instant, server_default=text("'-infinity'"))
    parked_at: Mapped[datetime | None] = mapped_column(Instant)
    last_error: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (
        UniqueConstraint("entity_id", "part", "version"),
        Index("ix_outbox_due", "claimed_until", postgresql_where=text("parked_at IS NULL")),
    )


class RedoMessage(Model):
    """An outbox message after it was applied, kept for a week so that a restored MongoDB can catch up."""

    __tablename__ = "outbox_redo"

    outbox_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    entity_type: Mapped[str] = mapped_column(String(16))
    entity_id: Mapped[str] = mapped_column(Id)
    part: Mapped[str] = mapped_column(String(8))
    version: Mapped[int]
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    applied_at: Mapped[datetime] = mapped_column(Instant, server_default=text("now()"), index=True)

    __table_args__ = (Index("ix_outbox_redo_entity", "entity_id", "part", "version"),)


class AuditLog(Model):
    """The audit event of one change: who did what to which version of what, with the state before and after.

    Append-only: a trigger refuses UPDATE and DELETE, but the erasure of a deleted person
    (`taskforge.audit.erasing`). ``entity_version`` counts 1..n without gaps for each
    versioned entity; ``board_seq`` orders the changes of one board.
    """

    __tablename__ = "audit_logs"

    log_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    event_id: Mapped[str] = mapped_column(Id, unique=True)
    event: Mapped[str] = mapped_column(String(48))
    entity_type: Mapped[str] = mapped_column(String(16))
    entity_id: Mapped[str] = mapped_column(Id)
    entity_version: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(24))
    actor_id: Mapped[str | None] = mapped_column(Id)
    action_timestamp: Mapped[datetime] = mapped_column(Instant)
    previous_state: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    new_state: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    ip_address: Mapped[str | None] = mapped_column(INET)
    user_agent: Mapped[str | None] = mapped_column(String(400))
    team_id: Mapped[str | None] = mapped_column(Id)
    board_id: Mapped[str | None] = mapped_column(Id)
    board_seq: Mapped[int | None] = mapped_column(BigInteger)
    operation_id: Mapped[str | None] = mapped_column(Id)

    __table_args__ = (
        UniqueConstraint("entity_type", "entity_id", "entity_version"),
        UniqueConstraint("board_id", "board_seq"),
        Index("ix_audit_logs_entity", "entity_id", "log_id"),
        Index("ix_audit_logs_board_actor", "board_id", "actor_id", "board_seq"),
        Index("ix_audit_logs_board_time", "board_id", "action_timestamp", "board_seq"),
        Index("ix_audit_logs_team_time", "team_id", "action_timestamp", "log_id"),
        Index("ix_audit_logs_team_actor", "team_id", "actor_id", "action_timestamp", "log_id"),
        Index(
            "ix_audit_logs_refused_logins",
            text("(new_state ->> 'address')"),
            "log_id",
            postgresql_where=text("event = 'user.login_failed'"),
        ),
        Index(
            "ix_audit_logs_people",
            "action_timestamp",
            "log_id",
            postgresql_where=text("entity_type = 'user'"),
        ),
    )


class AuditSeal(Model):
    """One link of the hash chain over the audit events; append-only like them. See `taskforge.audit.chain`."""

    __tablename__ = "audit_chain"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    log_id: Mapped[int] = mapped_column(ForeignKey("audit_logs.log_id"), unique=True)
    prev_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_at: Mapped[datetime] = mapped_column(Instant, server_default=text("clock_timestamp()"))


class AuditErasure(Model):
    """An audit event from which a deleted person was erased after it was sealed: what its link is checked with instead.

    See `taskforge.audit.chain`.
    """

    __tablename__ = "audit_erasures"

    log_id: Mapped[int] = mapped_column(ForeignKey("audit_logs.log_id"), primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    erased_at: Mapped[datetime] = mapped_column(Instant)


class NotificationIntent(Model):
    """A person is to be notified of an event: written with the change, delivered by the notifications job."""

    __tablename__ = "notification_intents"

    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(24))
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(Instant)
    delivered_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        Index(
            "ix_notification_intents_due",
            "created_at",
            postgresql_where=text("delivered_at IS NULL"),
        ),
    )


class NotificationFanOut(Model):
    """Those who watch a task are to be notified of an event: the notifications job makes an intent for each of them.

    ``payload`` names the task; ``actor_id`` is who did it and hears nothing of it. The row goes with the intents.
    """

    __tablename__ = "notification_fan_outs"

    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(24))
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    actor_id: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(Instant, index=True)


class Alert(Model):
    """Something that administrators are told of; the row goes when they have been told that it is over."""

    __tablename__ = "alerts"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    detail: Mapped[str] = mapped_column(Text)
    began_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    begin_sent_at: Mapped[datetime | None] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(server_default="0")
    claimed_until: Mapped[datetime] = mapped_column(Instant, server_default="-infinity")
