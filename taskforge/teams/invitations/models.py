"""Invitations into teams, and the links by which anybody who has one may join."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from taskforge.extensions import Model
from taskforge.stores.models import Id, Instant


class InvitationState(StrEnum):
    """What became of an invitation. One whose time is over stays open; ``expires_at`` says so."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"
    REPLACED = "replaced"  # it had expired, and the same address was invited again


IS_OPEN = f"state = '{InvitationState.OPEN}'"


class Invitation(Model):
    """One person's way into a team, in one role. Its link holds a token, of which only the SHA-256 is stored.

    ``user_id`` is set where somebody was invited by the id of their account: then it is for this account, and the
    address is shown to nobody. Otherwise it is for the account with the address ``email``, made before or after.
    ``invited_by`` is who sent it last; the invitation holds only as long as they may invite for its role.
    """

    __tablename__ = "invitations"

    invitation_id: Mapped[str] = mapped_column(Id, primary_key=True)
    team_id: Mapped[str] = mapped_column(ForeignKey("teams.team_id"))
    email: Mapped[str] = mapped_column(String(254))
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.user_id"))
    role: Mapped[str] = mapped_column(String(8))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    invited_by: Mapped[str] = mapped_column(ForeignKey("users.user_id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime] = mapped_column(Instant)
    sendings: Mapped[int] = mapped_column(server_default=text("1"))
    expires_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(8), server_default=InvitationState.OPEN.value)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        CheckConstraint("role IN ('admin', 'member', 'guest')", name="role"),
        CheckConstraint(
            "state IN ('open', 'accepted', 'declined', 'revoked', 'replaced')", name="state"
        ),
        Index(
            "ix_invitations_open",
            "team_id",
            "email",
            unique=True,
            postgresql_where=text(IS_OPEN),
        ),
        Index("ix_invitations_email", "email", postgresql_where=text(IS_OPEN)),
        Index("ix_invitations_user", "user_id", postgresql_where=text(IS_OPEN)),
        Index("ix_invitations_inviter", "invited_by", "created_at"),
    )


class JoinLink(Model):
    """A link by which anybody with an account may join a team in a role. A team without a row has none.

    Its token is derived from the server's key and ``nonce``, so that who manages the team can read it again; stored is
    only its SHA-256. ``joined`` counts who joined by it on the day ``counted_on``, in UTC.
    """

    __tablename__ = "join_links"

    team_id: Mapped[str] = mapped_column(ForeignKey("teams.team_id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(8), primary_key=True)
    nonce: Mapped[str] = mapped_column(Id)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_by: Mapped[str] = mapped_column(ForeignKey("users.user_id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    counted_on: Mapped[date | None]
    joined: Mapped[int] = mapped_column(server_default=text("0"))

    __table_args__ = (CheckConstraint("role IN ('member', 'guest')", name="role"),)
