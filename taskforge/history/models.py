"""Snapshots of boards: stored states from which a replay starts, so that it never applies many events."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from taskforge.extensions import Model
from taskforge.stores.models import Instant


class BoardSnapshot(Model):
    """A board as it was after its audit event `board_seq`. Derived from the audit log: any row may be deleted.

    ``state`` is what `taskforge.history.replay` made, without the cards of tasks that have been purged; ``next_seq``
    is the number of the event at which the next snapshot is due.
    """

    __tablename__ = "board_snapshots"

    board_id: Mapped[str] = mapped_column(ForeignKey("boards.board_id"), primary_key=True)
    board_seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    next_seq: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[dict[str, Any]] = mapped_column(JSONB)
