"""The tables of saved views and of their feeds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from taskforge.extensions import Model
from taskforge.stores.models import Id, Instant

NAME_LENGTH = 60


class SavedView(Model):
    """What a board shows, under a name: of one person, or shared with all who see the board.

    ``query`` holds the parameters of the view's address in their canonical form: its filter, and what else the view is
    told, such as columns and sort.
    """

    __tablename__ = "saved_views"

    view_id: Mapped[str] = mapped_column(Id, primary_key=True)
    board_id: Mapped[str] = mapped_column(ForeignKey("boards.board_id", ondelete="CASCADE"))
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.user_id"))
    is_shared: Mapped[bool]
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    query: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(server_default=text("1"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (
        Index("ix_saved_views_board_id", "board_id"),
        Index("ix_saved_views_owner_id", "owner_id"),
        CheckConstraint("kind IN ('board','table','calendar','timeline')", name="kind"),
    )


class ViewFeed(Model):
    """The address by which somebody's calendar reads a view, as that person: of its token only the SHA-256.

    The token is derived from ``nonce`` and the server's key, so that its person can be shown it again.
    """

    __tablename__ = "view_feeds"

    view_id: Mapped[str] = mapped_column(
        ForeignKey("saved_views.view_id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[str] = mapped_column(ForeignKey("users.user_id"), primary_key=True)
    nonce: Mapped[str] = mapped_column(String(36))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index("ix_view_feeds_user_id", "user_id"),)
