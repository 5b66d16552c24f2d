"""Reading the cards that can be selected, and what can be done with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from taskforge.boards.access import access_board
from taskforge.errors import NotFound
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.board.filters import FILTER, CardFilter
from taskforge.tasks.board.queries import BoardView, get_board
from taskforge.tasks.bulk.edit import ACTS
from taskforge.teams.access import Membership
from taskforge.teams.permissions import Permission


@dataclass(frozen=True)
class Selectable:
    """A board, and the cards of it or of one column that can be selected, as far as they may be at once."""

    board: BoardView
    column_id: str | None
    cards: Sequence[sql.Row]
    more: bool


def get_selectable(
    actor: Actor, board_id: str, column_id: str | None, wanted: CardFilter, *, most: int
) -> Selectable:
    """The first `most` cards that fit a filter, in the order of the board.

    Raises:
        NotFound: no such board or column.
        Forbidden: a member who may do nothing with cards.
    """
    require_any_act(actor, board_id)
    view = get_board(actor, board_id, wanted)
    if column_id and column_id not in {column["column_id"] for column in view.columns}:
        raise NotFound()
    cards = sql.rows(
        text(
            "SELECT k.task_id, k.title, k.column_id, k.priority, b.key_prefix || '-' || k.number AS key FROM tasks k"
            " JOIN boards b USING (board_id) JOIN columns c USING (column_id)"
            " WHERE k.board_id = :board_id AND k.deleted_at IS NULL"
            f" AND (CAST(:column_id AS uuid) IS NULL OR k.column_id = CAST(:column_id AS uuid)) AND {FILTER}"
            " ORDER BY c.rank, k.rank, k.task_id LIMIT :limit"
        ),
        {
            **wanted.parameters(),
            "board_id": board_id,
            "column_id": column_id,
            "limit": most + 1,
        },
    )
    return Selectable(view, column_id, cards[:most], len(cards) > most)


def require_any_act(actor: Actor, board_id: str) -> Membership:
    """The membership of somebody who may do at least something with many cards; raises `NotFound` or `Forbidden`."""
    _, membership = access_board(actor.user_id, board_id)
    if not any(membership.may(act.permission) for act in ACTS.values()):
        membership.require(Permission.TASK_EDIT)
    return membership
