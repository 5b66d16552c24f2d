"""How a person looks at a board: folded columns and lanes. View state of `BoardVisit`, which no audit log needs."""

from __future__ import annotations

from sqlalchemy import text

from taskforge import clock
from taskforge.boards.access import access_board
from taskforge.errors import NotFound
from taskforge.stores import sql
from taskforge.stores.actor import Actor


def fold_column(actor: Actor, board_id: str, column_id: str, *, folded: bool) -> None:
    """Fold a column of a board for the actor alone, or open it again; doing it twice changes nothing.

    Only columns that are there are kept, so that the list cannot grow.

    Raises:
        NotFound: no such board or column, or not a member of its team.
    """
    access_board(actor.user_id, board_id)
    found = sql.execute_now(
        _FOLD if folded else _UNFOLD,
        {
            "user_id": actor.user_id,
            "board_id": board_id,
            "column_id": column_id,
            "at": clock.now(),
        },
    )
    if not found:
        raise NotFound()


def keep_lanes(user_id: str, board_id: str, lanes: str | None) -> None:
    """Divide a board that somebody sees into these lanes from now on, or into none.

    A first visit begins with the board as it is: nothing on it is news.
    """
    sql.execute_now(
        text(
            "INSERT INTO board_visits (user_id, board_id, seen_seq, seen_at, lanes)"
            " SELECT :user_id, board_id, seq, :at, :lanes FROM boards WHERE board_id = :board_id"
            " ON CONFLICT (user_id, board_id) DO UPDATE SET lanes = excluded.lanes"
        ),
        {"user_id": user_id, "board_id": board_id, "at": clock.now(), "lanes": lanes},
    )


_COLUMN = (
    "FROM columns WHERE board_id = :board_id AND deleted_at IS NULL"
    " AND column_id = CAST(:column_id AS uuid)"
)
_UPSERT = (
    "INSERT INTO board_visits AS v (user_id, board_id, seen_at, folded)"
    " SELECT :user_id, board_id, :at, {first} " + _COLUMN + " ON CONFLICT (user_id, board_id)"
    " DO UPDATE SET folded = ARRAY(SELECT c.column_id FROM columns c WHERE c.board_id = v.board_id"
    " AND c.deleted_at IS NULL AND {kept} ORDER BY c.rank)"
)
_FOLD = text(
    _UPSERT.format(
        first="ARRAY[column_id]",
        kept="(c.column_id = ANY(v.folded) OR c.column_id = CAST(:column_id AS uuid))",
    )
)
_UNFOLD = text(
    _UPSERT.format(
        first="CAST(ARRAY[] AS uuid[])",
        kept="c.column_id = ANY(v.folded) AND c.column_id <> CAST(:column_id AS uuid)",
    )
)
