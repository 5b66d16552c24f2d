"""Boards and their columns."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from taskforge.extensions import Model
from taskforge.stores.models import Id, Instant

NAME_LENGTH = 80
COLUMN_NAME_LENGTH = 40
MAX_WIP_LIMIT = 999
RANK = String(255, collation="C")
MAX_RANK_LENGTH = 180  # beyond it, all ranks of the board or column are replaced by short ones


class Board(Model):
    """A board of a team.

    ``seq`` numbers the board's changes: every change raises it and so holds the row's lock until COMMIT, which makes
    the checks of WIP limits and ranks safe. ``next_number`` is the number of the next task's short key. The first
    ``sample_cards`` cards of a sample board are its tutorial. With ``hard_limits`` a full column refuses tasks;
    without, a WIP limit only warns. A private board is seen by the team's admins and by the people that it names. An
    archived one is read-only.
    """

    __tablename__ = "boards"

    board_id: Mapped[str] = mapped_column(Id, primary_key=True)
    team_id: Mapped[str] = mapped_column(ForeignKey("teams.team_id"))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    key_prefix: Mapped[str] = mapped_column(String(6))
    seq: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    next_number: Mapped[int] = mapped_column(server_default=text("1"))
    sample_cards: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    hard_limits: Mapped[bool] = mapped_column(server_default=text("false"))
    is_private: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    created_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        UniqueConstraint("team_id", "key_prefix"),
        CheckConstraint("key_prefix ~ '^[A-Z][A-Z0-9]{1,5}$'", name="key_prefix"),
    )


class Column(Model):
    """A column of a board: a name, the status that its tasks have, and how many it may hold."""

    __tablename__ = "columns"

    column_id: Mapped[str] = mapped_column(Id, primary_key=True)
    board_id: Mapped[str] = mapped_column(ForeignKey("boards.board_id"))
    name: Mapped[str] = mapped_column(String(COLUMN_NAME_LENGTH))
    status: Mapped[str] = mapped_column(String(12))
    hue: Mapped[int]
    wip_limit: Mapped[int | None]
    rank: Mapped[str] = mapped_column(RANK)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        UniqueConstraint("board_id", "rank"),
        CheckConstraint(
            "status IN ('backlog','todo','in_progress','in_review','done')", name="status"
        ),
        CheckConstraint("wip_limit BETWEEN 1 AND 999", name="wip_limit"),
        CheckConstraint("hue BETWEEN 1 AND 6", name="hue"),
    )


class BoardPerson(Model):
    """A person whom a board names: they see it though it is private, or though they are a limited guest of its team.

    Only with a membership in the team: a name stays where somebody leaves, and counts again when they come back.
    """

    __tablename__ = "board_people"

    board_id: Mapped[str] = mapped_column(ForeignKey("boards.board_id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.user_id"), primary_key=True, index=True)


class BoardViewPreferences(Model):
    """How one person looks at one board: how far they have seen it, the columns that they folded, and its lanes.

    It is no content of the board: it is not audited, and losing it does no harm. ``seen_seq`` is the board's ``seq``
    up to which they have seen every change; ``lanes`` is by what they last divided the board, if by anything;
    ``folded_in_lanes`` the columns that they folded there, NULL for those of the status “done”.
    """

    __tablename__ = "board_view_preferences"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.user_id"), primary_key=True)
    board_id: Mapped[str] = mapped_column(ForeignKey("boards.board_id"), primary_key=True)
    seen_seq: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    seen_at: Mapped[datetime] = mapped_column(Instant)
    folded: Mapped[list[str]] = mapped_column(ARRAY(Id), server_default=text("'{}'"))
    lanes: Mapped[str | None] = mapped_column(String(12))
    folded_in_lanes: Mapped[list[str] | None] = mapped_column(ARRAY(Id))

    __table_args__ = (
        Index("ix_board_view_preferences_board_id", "board_id"),
        CheckConstraint("lanes IN ('assignee','priority','tag')", name="lanes"),
    )
