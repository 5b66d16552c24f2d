"""Access to boards, and the board's lock that orders its changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from taskforge.accounts.queries import VERSIONS_OF_PEOPLE
from taskforge.boards.queries import (
    BOARDS_OF_MEMBERS,
    HELD_ON_BOARD,
    IS_DELETED,
    IS_LIVE,
    join_view,
)
from taskforge.errors import NotFound
from taskforge.stores import sql
from taskforge.stores.prepared_statements import prepared
from taskforge.stores.sql import JoinedQuery
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.access import Membership, membership_of, require


@dataclass(frozen=True)
class LockedBoard:
    """A board whose row this transaction holds: nobody else changes the board until COMMIT.

    ``seq`` is the number of this change on the board; ``next_number`` that of the next new task; ``permissions`` what
    the actor may do on it; ``joined`` the row of the query that was joined to the lock.
    """

    board_id: str
    team_id: str
    name: str
    key_prefix: str
    seq: int
    next_number: int
    version: int
    hard_limits: bool
    is_private: bool
    role: str
    permissions: frozenset[str]
    joined: sql.Row | None = None

    def require(self, permission: str) -> None:
        """Raise `Forbidden` unless the actor holds a further permission."""
        require(self.permissions, permission)

    def at(self, step: int) -> LockedBoard:
        """The same for one of several changes under this lock, `step` changes after the first."""
        return replace(self, seq=self.seq + step, next_number=self.next_number + step)


# A board as the user ``u`` sees it, to be joined to the identification of a request: their access, their view
# preferences (`BoardViewPreferences`), and the sum of the people's versions, which changes when one of them is renamed.
_VISIBLE_BOARD = f"""
    SELECT b.board_id, b.team_id, b.name, b.key_prefix, b.seq, b.version, b.created_at, b.updated_at,
           b.sample_cards, b.hard_limits, b.is_private, b.archived_at, v.seen_seq, v.seen_at,
           coalesce(v.folded, '{{}}') AS folded, v.lanes, v.folded_in_lanes,
           t.name AS team_name, t.version + t.people_version AS team_version, m.role, {HELD_ON_BOARD} AS permissions,
           {VERSIONS_OF_PEOPLE} AS people_version %s
    FROM   {BOARDS_OF_MEMBERS}
           LEFT JOIN board_view_preferences v ON v.board_id = b.board_id AND v.user_id = m.user_id
    WHERE  b.board_id = :board_id AND {IS_LIVE} AND m.user_id = u.user_id
"""
_ACCESSED = f"""
    SELECT b.board_id, b.team_id, b.name, b.key_prefix, b.seq, b.sample_cards, b.hard_limits, b.is_private, b.version,
           b.deleted_at, b.archived_at,
           b.created_at, b.updated_at, t.name AS team_name, m.role, {HELD_ON_BOARD} AS permissions
    FROM   {BOARDS_OF_MEMBERS}
    WHERE  b.board_id = :board_id AND
"""
_BOARD = prepared(f"{_ACCESSED} (:deleted OR {IS_LIVE}) AND m.user_id = :user_id")

BoardAccess = tuple[sql.Row, Membership]


def board_query(board_id: str, people: Sequence[str], extra_columns: str = "") -> JoinedQuery:
    """A board as the identified user sees it, to be joined to their identification; `preloaded_board` takes its row.

    ``people_version`` is the sum of the versions of `people`. `extra_columns` is a constant: SQL of further columns, by
    which the features above read what they know of the user ``u`` in the same statement.
    """
    parameters = {"board_id": board_id, "people": list(people)}
    return JoinedQuery(_visible_board(extra_columns), parameters)


def access_query(board_id: str) -> JoinedQuery:
    """What `access_board` reads of a live board, to be joined to the identification of the user."""
    return JoinedQuery(f"{_ACCESSED} {IS_LIVE} AND m.user_id = u.user_id", {"board_id": board_id})


def preloaded_access(row: sql.Row | None) -> BoardAccess | None:
    """What `access_board` would answer, from the row of `access_query`; None where it would raise NotFound."""
    return None if row is None else (row, membership_of(row, None))


def preloaded_board(row: sql.Row | None) -> BoardAccess:
    """What `access_board` answers, from the row of `board_query`.

    Raises:
        NotFound: no such board, or one that the person does not see.
    """
    if row is None:
        raise NotFound()
    return row, membership_of(row, None)


def access_board(
    user_id: str,
    board_id: str,
    permission: str | None = None,
    *,
    deleted: bool = False,
    preloaded: BoardAccess | None = None,
) -> BoardAccess:
    """A board's row and the membership through which somebody sees it.

    Deleted boards are found only with ``deleted=True``, which finds live ones too. `preloaded` is what the request has
    read already (`preloaded_access`); the board is then not read again.

    Raises:
        NotFound: no such board, or one that the person does not see.
        Forbidden: a member without `permission`.
    """
    if preloaded is not None:
        if permission is not None:
            preloaded[1].require(permission)
        return preloaded
    found = sql.row(
        _BOARD,
        {"board_id": board_id, "user_id": user_id, "deleted": deleted},
    )
    if found is None:
        raise NotFound()
    return found, membership_of(found, permission)


def lock_board(
    uow: UnitOfWork,
    board_id: str,
    permission: str,
    *,
    numbers: int = 0,
    changes: int = 1,
    joined: JoinedQuery | None = None,
    deleted: bool = False,
) -> LockedBoard:
    """Take the board's lock and its next sequence number, and check the actor's membership and permission again.

    `numbers` short-key numbers are reserved, and sequence numbers for so many `changes`; ``next_number`` and ``seq``
    are the first of them. `joined` is a query that may name the board as ``b``: it is read in the same round trip,
    when the lock is held, and its row is `LockedBoard.joined`. With ``deleted=True`` the board must be a deleted one.

    Raises:
        NotFound, Forbidden: like `access_board`.
    """
    found = uow.lock(
        _locking(joined.sql if joined else "", deleted=deleted),
        {
            **(joined.parameters if joined else {}),
            "board_id": board_id,
            "user_id": uow.actor.user_id,
            "numbers": numbers,
            "changes": changes,
        },
    )
    if found is None:
        raise NotFound()
    require(found["held_permissions"], permission)
    return LockedBoard(
        board_id=found["held_board_id"],
        team_id=found["held_team_id"],
        name=found["held_name"],
        key_prefix=found["held_key_prefix"],
        seq=found["held_seq"] - changes + 1,
        next_number=found["held_next_number"] - numbers,
        version=found["held_version"],
        hard_limits=found["held_hard_limits"],
        is_private=found["held_is_private"],
        role=found["held_role"],
        permissions=frozenset(found["held_permissions"]),
        joined=found,
    )


def reserve_changes(uow: UnitOfWork, board: LockedBoard, changes: int) -> None:
    """Take the sequence numbers of so many further changes, for a lock that was taken before their number was known."""
    uow.execute(_RESERVE, {"changes": changes, "board_id": board.board_id})


@cache
def _visible_board(extra_columns: str) -> str:
    return _VISIBLE_BOARD % (f", {extra_columns}" if extra_columns else "")


@cache
def _locking(joined: str, *, deleted: bool) -> tuple[str, str]:
    """The lock, and after it the membership, which is held as it is until COMMIT.

    Two statements, in one round trip: a statement that waited for the lock would read membership and cards from the
    snapshot that it took before (READ COMMITTED), and miss that the actor was removed or demoted in the meantime.
    """
    columns, join = ("", "")
    if joined:
        columns, join = ", joined.*", f"CROSS JOIN LATERAL ({joined}) joined"
    state = IS_DELETED if deleted else IS_LIVE
    return (
        f"{_LOCK} AND {state}",
        f"""
        SELECT b.board_id AS held_board_id, b.team_id AS held_team_id, b.name AS held_name,
               b.key_prefix AS held_key_prefix, b.seq AS held_seq, b.next_number AS held_next_number,
               b.version AS held_version, b.hard_limits AS held_hard_limits,
               b.is_private AS held_is_private, m.role AS held_role,
               {HELD_ON_BOARD} AS held_permissions{columns}
        FROM   boards b
               {join_view()}
               {join}
        WHERE  b.board_id = :board_id AND {state}
        FOR SHARE OF m
    """,
    )


_LOCK = """
    UPDATE boards b
    SET    seq = seq + :changes, next_number = next_number + :numbers
    WHERE  b.board_id = :board_id
"""
_RESERVE = prepared("""
    UPDATE boards
    SET    seq = seq + :changes
    WHERE  board_id = :board_id
""")
