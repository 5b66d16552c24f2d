"""The cards of a board that somebody may select for an act on many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from taskforge.boards.access import access_board
from taskforge.errors import NotFound
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.board.filters import CardFilter, filtered
from taskforge.tasks.board.queries import BoardView, get_board
from taskforge.tasks.bulk.edit import ACTS
from taskforge.tasks.bulk.queries import selectable_tasks
from taskforge.teams.access import Membership
from taskforge.teams.permissions import Permission


@dataclass(frozen=True)
class Selectable:
    """A board, and the cards of it or of one column that can be selected, up to the limit of one act."""

    board: BoardView
    column_id: str | None
    cards: Sequence[sql.Row]
    more: bool


def get_selectable(
    actor: Actor, board_id: str, column_id: str | None, chosen: CardFilter, *, limit: int
) -> Selectable:
    """The first `limit` cards that fit a filter, in the order of the board.

    Raises:
        NotFound: no such board or column.
        Forbidden: a member who may do nothing with cards.
    """
    require_any_act(actor, board_id)
    view = get_board(actor, board_id, chosen)
    if column_id and column_id not in {column["column_id"] for column in view.columns}:
        raise NotFound()
    cards = sql.rows(
        filtered(selectable_tasks, chosen),
        {
            **chosen.parameters(),
            "board_id": board_id,
            "column_id": column_id,
            "limit": limit + 1,
        },
    )
    return Selectable(view, column_id, cards[:limit], len(cards) > limit)


def require_any_act(actor: Actor, board_id: str) -> Membership:
    """The membership of somebody who may do at least something with many cards; raises `NotFound` or `Forbidden`."""
    _, membership = access_board(actor.user_id, board_id)
    if not any(membership.may(act.permission) for act in ACTS.values()):
        membership.require(Permission.TASK_EDIT)
    return membership
