"""Teams, who belongs to them, and what each role may do there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from taskforge.extensions import Model
from taskforge.stores.models import Id, Instant

NAME_LENGTH = 80
DESCRIPTION_LENGTH = 2000


class Team(Model):
    """A group of people with boards of their own. ``parent_team_id`` places it in a hierarchy.

    With ``inherits_members`` the people of the parent are in it too. ``people_version`` rises whenever its effective
    memberships change, also because a parent's did. From ``two_factor_from`` on it lets in only who has two-factor
    log-in. Nobody is in a deleted team, nor through it in one below; an archived one is read-only.
    """

    __tablename__ = "teams"

    team_id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    description: Mapped[str] = mapped_column(String(DESCRIPTION_LENGTH), server_default="")
    parent_team_id: Mapped[str | None] = mapped_column(ForeignKey("teams.team_id"), index=True)
    inherits_members: Mapped[bool] = mapped_column(server_default=text("false"))
    created_by: Mapped[str] = mapped_column(ForeignKey("users.user_id"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    people_version: Mapped[int] = mapped_column(server_default=text("0"))
    two_factor_from: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        CheckConstraint("parent_team_id <> team_id", name="not_own_parent"),
        Index("ix_teams_deleted_at", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),
    )


class TeamMembership(Model):
    """A user's role in a team. A team always has at least one admin.

    A limited guest sees only those of its boards that name them (`boards.models.BoardPerson`).
    """

    __tablename__ = "team_memberships"

    team_id: Mapped[str] = mapped_column(ForeignKey("teams.team_id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.user_id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(8))
    joined_at: Mapped[datetime] = mapped_column(Instant)
    is_limited: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        CheckConstraint("role IN ('admin', 'member', 'guest')", name="role"),
        CheckConstraint("role = 'guest' OR NOT is_limited", name="limited_guest"),
    )


class EffectiveMembership(Model):
    """Who is in a team, by `TeamMembership` or through its parents: of several roles the highest.

    Derived, by triggers; everything that asks who may do what reads this. ``via_team_id`` is the team whose membership
    gives the role.
    """

    __tablename__ = "effective_memberships"

    team_id: Mapped[str] = mapped_column(ForeignKey("teams.team_id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.user_id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(8))
    is_limited: Mapped[bool] = mapped_column(server_default=text("false"))
    joined_at: Mapped[datetime] = mapped_column(Instant)
    via_team_id: Mapped[str] = mapped_column(ForeignKey("teams.team_id"))


class CatalogueEntry(Model):
    """A permission in the database, so that a matrix can refer to it. Migrations write it; see `teams.permissions`."""

    __tablename__ = "permissions"

    permission_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    description: Mapped[str] = mapped_column(String(200))


class RolePermission(Model):
    """The per-team matrix: this role holds this permission in this team."""

    __tablename__ = "role_permissions"

    team_id: Mapped[str] = mapped_column(ForeignKey("teams.team_id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(8), primary_key=True)
    permission_id: Mapped[int] = mapped_column(
        ForeignKey("permissions.permission_id"), primary_key=True
    )

    __table_args__ = (CheckConstraint("role IN ('admin', 'member', 'guest')", name="role"),)
