"""Creation of a board: its row, default columns and key prefix, inside the unit of work of the caller."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from fractional_indexing import generate_n_keys_between
from sqlalchemy import insert, text

from taskforge.boards.models import Board, Column
from taskforge.boards.statuses import Status
from taskforge.events import Event
from taskforge.ids import new_id
from taskforge.stores.unit_of_work import UnitOfWork

_KEY_PREFIXES = text("SELECT key_prefix FROM boards WHERE team_id = :team_id")


def insert_board(
    uow: UnitOfWork, *, board_id: str, team_id: str, name: str, sample_cards: int = 0
) -> list[dict[str, Any]]:
    """Insert a board with the five default columns and the audit event; answers the columns.

    `sample_cards`: how many of its first cards are the tutorial of a sample board.
    """
    taken = uow.execute(_KEY_PREFIXES, {"team_id": team_id}).scalars()
    prefix = choose_key_prefix(name, set(taken))
    uow.update_reference(
        insert(Board),
        {
            "board_id": board_id,
            "team_id": team_id,
            "name": name,
            "key_prefix": prefix,
            "seq": 1,
            "sample_cards": sample_cards,
            "created_by": uow.actor.user_id,
            "created_at": uow.at,
            "updated_at": uow.at,
        },
    )
    columns = _default_columns(board_id, uow.at)
    uow.execute(insert(Column), columns)
    shown = ("column_id", "name", "status", "hue", "wip_limit", "rank")
    uow.record(
        Event.BOARD_CREATED,
        entity_type="board",
        entity_id=board_id,
        version=1,
        before=None,
        after={
            "name": name,
            "key_prefix": prefix,
            "columns": [{key: column[key] for key in shown} for column in columns],
        },
        team_id=team_id,
        board_id=board_id,
        board_seq=1,
    )
    return columns


def choose_key_prefix(name: str, taken: set[str]) -> str:
    """Two to four capitals from a board's name for its tasks' short keys, with a digit if the team has them already."""
    words = re.findall(r"[A-Z][A-Z0-9]*", name.upper())
    initials = "".join(word[0] for word in words)[:4]
    base = (
        initials if len(initials) >= 2 else (words[0][:3] if words and len(words[0]) >= 2 else "TF")
    )
    if base not in taken:
        return base
    return next(
        candidate for number in range(2, 10**4) if (candidate := f"{base[:2]}{number}") not in taken
    )


def _default_columns(board_id: str, at: datetime) -> list[dict[str, Any]]:
    ranks = generate_n_keys_between(None, None, len(Status))
    return [
        {
            "column_id": new_id(),
            "board_id": board_id,
            "name": status.column_name,
            "status": status.value,
            "hue": status.hue,
            "wip_limit": None,
            "rank": rank,
            "created_at": at,
            "updated_at": at,
        }
        for status, rank in zip(Status, ranks, strict=True)
    ]
