"""How a person looks at a board: folded columns, lanes, and how far they have seen it (`BoardViewPreferences`).

None of it is audited: it changes nothing that anybody else sees.
"""

from __future__ import annotations

from sqlalchemy import text

from taskforge import clock
from taskforge.boards.access import access_board
from taskforge.boards.statuses import Status
from taskforge.errors import NotFound
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.prepared_statements import prepared

# Only columns that exist are stored, so that the list cannot grow without bound.
_FOLD = text("""
    INSERT INTO board_view_preferences AS v (user_id, board_id, seen_at, folded)
    SELECT :user_id, board_id, :at, ARRAY[column_id]
    FROM   columns
    WHERE  board_id = :board_id AND column_id = CAST(:column_id AS uuid) AND deleted_at IS NULL
    ON CONFLICT (user_id, board_id) DO UPDATE
    SET    folded = ARRAY(
               SELECT c.column_id
               FROM   columns c
               WHERE  c.board_id = v.board_id AND c.deleted_at IS NULL
                      AND (c.column_id = ANY(v.folded) OR c.column_id = CAST(:column_id AS uuid))
               ORDER  BY c.rank)
""")
_UNFOLD = text("""
    INSERT INTO board_view_preferences AS v (user_id, board_id, seen_at, folded)
    SELECT :user_id, board_id, :at, CAST(ARRAY[] AS uuid[])
    FROM   columns
    WHERE  board_id = :board_id AND column_id = CAST(:column_id AS uuid) AND deleted_at IS NULL
    ON CONFLICT (user_id, board_id) DO UPDATE
    SET    folded = ARRAY(
               SELECT c.column_id
               FROM   columns c
               WHERE  c.board_id = v.board_id AND c.deleted_at IS NULL
                      AND c.column_id = ANY(v.folded) AND c.column_id <> CAST(:column_id AS uuid)
               ORDER  BY c.rank)
""")
# In lanes the columns of the status “done” are folded until somebody folds or opens a column there.
_FOLD_IN_LANES = text("""
    INSERT INTO board_view_preferences AS v (user_id, board_id, seen_seq, seen_at, folded_in_lanes)
    SELECT :user_id, b.board_id, b.seq, :at, ARRAY(
               SELECT c.column_id
               FROM   columns c
               WHERE  c.board_id = b.board_id AND c.deleted_at IS NULL
                      AND CASE WHEN c.column_id = CAST(:column_id AS uuid) THEN :folded
                               ELSE c.status = :done END
               ORDER  BY c.rank)
    FROM   boards b JOIN columns one ON one.board_id = b.board_id
    WHERE  b.board_id = :board_id AND one.column_id = CAST(:column_id AS uuid) AND one.deleted_at IS NULL
    ON CONFLICT (user_id, board_id) DO UPDATE
    SET    folded_in_lanes = ARRAY(
               SELECT c.column_id
               FROM   columns c
               WHERE  c.board_id = v.board_id AND c.deleted_at IS NULL
                      AND CASE WHEN c.column_id = CAST(:column_id AS uuid) THEN :folded
                               ELSE coalesce(c.column_id = ANY(v.folded_in_lanes), c.status = :done) END
               ORDER  BY c.rank)
""")
# The first row of a person begins at the board's present number: nothing on the board is unseen.
_SAVE_LANES = text("""
    INSERT INTO board_view_preferences (user_id, board_id, seen_seq, seen_at, lanes)
    SELECT :user_id, board_id, seq, :at, :lanes
    FROM   boards
    WHERE  board_id = :board_id
    ON CONFLICT (user_id, board_id) DO UPDATE
    SET    lanes = excluded.lanes
""")
_MARK_SEEN = prepared("""
    INSERT INTO board_view_preferences AS v (user_id, board_id, seen_seq, seen_at)
    SELECT :user_id, board_id, least(:seq, seq), :at
    FROM   boards
    WHERE  board_id = :board_id
    ON CONFLICT (user_id, board_id) DO UPDATE
    SET    seen_seq = greatest(v.seen_seq, excluded.seen_seq),
           seen_at = greatest(v.seen_at, excluded.seen_at)
""")


def fold_column(
    actor: Actor, board_id: str, column_id: str, *, folded: bool, in_lanes: bool = False
) -> None:
    """Fold a column of a board, or of the board in lanes, for the actor alone, or open it again. Idempotent.

    Raises:
        NotFound: no such board or column, or not a member of its team.
    """
    access_board(actor.user_id, board_id)
    parameters = {
        "user_id": actor.user_id,
        "board_id": board_id,
        "column_id": column_id,
        "at": clock.now(),
    }
    if in_lanes:
        more = {"folded": folded, "done": Status.DONE.value}
        found = sql.execute_now(_FOLD_IN_LANES, {**parameters, **more})
    else:
        found = sql.execute_now(_FOLD if folded else _UNFOLD, parameters)
    if not found:
        raise NotFound()


def save_lanes(user_id: str, board_id: str, lanes: str | None) -> None:
    """Store the lanes (None for none) into which a person divides a board. The caller has checked access."""
    sql.execute_now(
        _SAVE_LANES,
        {"user_id": user_id, "board_id": board_id, "at": clock.now(), "lanes": lanes},
    )


def mark_seen(user_id: str, board_id: str, seq: int) -> None:
    """Note that a person has seen a board up to a number. It never decreases, nor exceeds the board's number."""
    sql.execute_now(
        _MARK_SEEN, {"user_id": user_id, "board_id": board_id, "seq": seq, "at": clock.now()}
    )
