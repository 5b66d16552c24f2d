"""Users and the record of their sessions."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    Time,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, INET, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from taskforge.extensions import Model
from taskforge.stores.models import Id, Instant


class User(Model):
    """A person's account. The profile document in MongoDB is its content.

    ``display_name``, ``theme``, ``picture``, ``time_zone`` and ``week_start`` are copies of profile fields that every
    page needs; they are written in the same transaction and never flow back. ``version`` counts audited changes,
    ``doc_version`` the profile's content, ``core_version`` the mirror of the account inside the profile document.
    ``two_factor_at`` is since when a log-in by password asks for a second factor (`TotpSecret`).
    ``suspension_reason`` is for that person to read. With ``deleted_at`` the row is a pseudonym: it stands for a
    deleted person where they did something, and nobody logs in to it.
    """

    __tablename__ = "users"

    user_id: Mapped[str] = mapped_column(Id, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(256))
    password_changed_at: Mapped[datetime] = mapped_column(Instant)
    display_name: Mapped[str] = mapped_column(String(161))
    theme: Mapped[str] = mapped_column(String(8), server_default="system")
    picture: Mapped[str | None] = mapped_column(String(32))
    time_zone: Mapped[str | None] = mapped_column(String(64))
    week_start: Mapped[str] = mapped_column(String(9), server_default="monday")
    is_site_admin: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    doc_version: Mapped[int] = mapped_column(server_default=text("1"))
    doc_sha: Mapped[bytes] = mapped_column(LargeBinary)
    core_version: Mapped[int] = mapped_column(server_default=text("1"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    last_login: Mapped[datetime | None] = mapped_column(Instant)
    suspended_at: Mapped[datetime | None] = mapped_column(Instant)
    suspension_reason: Mapped[str | None] = mapped_column(String(300))
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)
    email_verified_at: Mapped[datetime | None] = mapped_column(Instant)
    two_factor_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_folded"),
        CheckConstraint("theme IN ('light', 'dark', 'system')", name="theme"),
        CheckConstraint(
            "suspension_reason IS NULL OR suspended_at IS NOT NULL", name="suspension_reason"
        ),
        CheckConstraint("deleted_at IS NULL OR suspended_at IS NOT NULL", name="deleted"),
        Index("ix_users_site_admins", "user_id", postgresql_where=text("is_site_admin")),
        CheckConstraint("week_start IN ('monday', 'saturday', 'sunday')", name="week_start"),
    )


class UserSession(Model):
    """The record of one session: what PostgreSQL says of it decides, Redis only remembers.

    ``session_id`` is public (lists, revocation, tokens); the secret in the cookie is kept as its SHA-256.
    ``confirmed_at`` is when password, second factor or passkey were last given in it. ``viewing`` says as whom its
    person looks at a team, and until when (`taskforge.boards.viewing`).
    """

    __tablename__ = "user_sessions"

    session_id: Mapped[str] = mapped_column(Id, primary_key=True)
    sid_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(8))
    ip_address: Mapped[str | None] = mapped_column(INET)
    user_agent: Mapped[str | None] = mapped_column(String(400))
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_seen_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    viewing: Mapped[dict[str, Any] | None] = mapped_column(JSONB)

    __table_args__ = (
        Index("ix_user_sessions_live", "user_id", postgresql_where=text("revoked_at IS NULL")),
        Index(
            "ix_user_sessions_ended", "revoked_at", postgresql_where=text("revoked_at IS NOT NULL")
        ),
        CheckConstraint("kind IN ('browser', 'api')", name="kind"),
    )


class NotificationSettings(Model):
    """How somebody wants to be notified, for SQL: copies of their profile's ``preferences.notifications``.

    Written in the transaction of the profile, and never flows back, unless it ``is_ahead``
    (`taskforge.accounts.mail_choice`). No row means the defaults. ``digest_weekday`` is 1
    for Monday to 7 for Sunday; times are of the person's own zone. ``matrix`` has what differs from the kinds' own
    defaults, ``{kind: {channel: bool}}``; ``version`` is the profile's.
    """

    __tablename__ = "notification_settings"

    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True
    )
    email: Mapped[bool] = mapped_column(server_default=text("true"))
    push: Mapped[bool] = mapped_column(server_default=text("true"))
    frequency: Mapped[str] = mapped_column(String(9), server_default="immediate")
    digest_hour: Mapped[int] = mapped_column(SmallInteger, server_default=text("8"))
    digest_weekday: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    quiet_from: Mapped[time | None] = mapped_column(Time)
    quiet_until: Mapped[time | None] = mapped_column(Time)
    matrix: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    version: Mapped[int]
    is_ahead: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        Index("ix_notification_settings_ahead", "user_id", postgresql_where=text("is_ahead")),
        CheckConstraint(
            "frequency IN ('immediate', 'hourly', 'daily', 'weekly')", name="frequency"
        ),
        CheckConstraint("digest_hour BETWEEN 0 AND 23", name="digest_hour"),
        CheckConstraint("digest_weekday BETWEEN 1 AND 7", name="digest_weekday"),
        CheckConstraint(
            "(quiet_from IS NULL) = (quiet_until IS NULL) AND (quiet_from <> quiet_until) IS NOT FALSE",
            name="quiet_hours",
        ),
        CheckConstraint("jsonb_typeof(matrix) = 'object'", name="matrix"),
    )


class TotpSecret(Model):
    """What a person's authenticator app and TaskForge both know, encrypted (`taskforge.accounts.sealed_secrets`).

    ``last_step`` is the step of the last code that was used: it and earlier ones are refused.
    """

    __tablename__ = "totp_secrets"

    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True
    )
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    last_step: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(Instant)


class RecoveryCode(Model):
    """A code that logs in once in place of the authenticator app; only its SHA-256 is stored."""

    __tablename__ = "recovery_codes"

    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.user_id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class Passkey(Model):
    """A key pair of which a person's device holds the private half (WebAuthn).

    ``sign_count`` is the device's own counter of uses, 0 where it keeps none. ``challenge_at`` is when the challenge of
    the last use was made: an answer to that one or an earlier one is refused.
    """

    __tablename__ = "passkeys"

    passkey_id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.user_id", ondelete="CASCADE"), index=True
    )
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)
    challenge_at: Mapped[datetime | None] = mapped_column(Instant)


class ApiToken(Model):
    """What a program of a person authenticates with; only the SHA-256 of its secret is stored.

    ``team_ids`` are the teams that it is limited to, NULL for all of the person's. ``last_used_at`` and
    ``last_used_ip`` are written at most once a minute. A token that is revoked has no row any more.
    """

    __tablename__ = "api_tokens"

    token_id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.user_id", ondelete="CASCADE"), index=True
    )
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    name: Mapped[str] = mapped_column(String(80))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    team_ids: Mapped[list[str] | None] = mapped_column(ARRAY(Id))
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)
    last_used_ip: Mapped[str | None] = mapped_column(INET)

    __table_args__ = (
        CheckConstraint(
            "scopes <@ ARRAY['read', 'write', 'admin'] AND cardinality(scopes) > 0", name="scopes"
        ),
    )


class AdminClaim(Model):
    """A one-time link by which the command line makes somebody a site administrator."""

    __tablename__ = "admin_claims"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    used_by: Mapped[str | None] = mapped_column(Id)


class AccountLink(Model):
    """A one-time link of an account; see `taskforge.accounts.links`.

    ``user_id`` is empty where somebody asked for a link to an address without an account.
    """

    __tablename__ = "account_links"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    purpose: Mapped[str] = mapped_column(String(16))
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(String(254))
    binding: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class PendingRegistration(Model):
    """A sign-up that waits for the answer to its mail; see `taskforge.accounts.registration`."""

    __tablename__ = "pending_registrations"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id)
    email: Mapped[str] = mapped_column(String(254))
    password_hash: Mapped[str] = mapped_column(String(256))
    first_name: Mapped[str] = mapped_column(String(80))
    last_name: Mapped[str] = mapped_column(String(80))
    next_path: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)
