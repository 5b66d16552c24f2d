"""The people who see a board: with their names, as a text can mean them, and those among some."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import text

from taskforge.boards.queries import BOARDS, SEES_BOARD, VIEWERS
from taskforge.stores import sql
from taskforge.stores.prepared_statements import prepared
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.queries import MEMBERS_PER_TEAM, MEMBERSHIPS
from taskforge.text.handles import Nameable, make_nameables
from taskforge.text.people import Person

_SOME = text(f"""
    SELECT u.user_id, u.display_name, u.picture, count(*) OVER () AS total
    FROM   {VIEWERS}
    WHERE  b.board_id = :board_id AND u.user_id = ANY(CAST(:user_ids AS uuid[]))
    ORDER  BY lower(u.display_name), u.user_id
    LIMIT  :limit
""")

_ALL = prepared(f"""
    SELECT u.user_id, u.display_name, u.picture, u.email
    FROM   {VIEWERS}
    WHERE  b.board_id = :board_id
    ORDER  BY lower(u.display_name), u.user_id
    LIMIT  :limit
""")
_AMONG = prepared(f"""
    SELECT m.user_id
    FROM   {BOARDS}
           JOIN {MEMBERSHIPS} ON m.team_id = b.team_id AND {SEES_BOARD}
    WHERE  b.board_id = :board_id AND m.user_id = ANY(CAST(:ids AS uuid[]))
""")


def list_viewers(board_id: str) -> Sequence[sql.Row]:
    """The people who see a board (user_id, display_name, picture, email) by name. The caller has checked access."""
    return sql.rows(_ALL, {"board_id": board_id, "limit": MEMBERS_PER_TEAM})


def list_nameables(board_id: str) -> list[Nameable]:
    """Those who see a board, with the names by which a text can mean them. The caller has checked access."""
    return make_nameables(
        (row["user_id"], row["display_name"], row["email"]) for row in list_viewers(board_id)
    )


def list_viewers_among(board_id: str, user_ids: Collection[str]) -> set[str]:
    """The ids of those of some people who see a board. The caller has checked access."""
    found = sql.rows(_AMONG, {"board_id": board_id, "ids": list(user_ids)})
    return {row["user_id"] for row in found}


def keep_viewers(uow: UnitOfWork, board_id: str, user_ids: Iterable[str | None]) -> list[str]:
    """Those of `user_ids` who see a board now: only they may be given its tasks or notified of them."""
    ids = [user_id for user_id in user_ids if user_id]
    return list(uow.execute(_AMONG, {"board_id": board_id, "ids": ids}).scalars())


def find_viewers(
    board_id: str, user_ids: Collection[str], *, limit: int
) -> tuple[list[Person], int]:
    """Those of some users who see a board: by name at most `limit`, and how many there are in all.

    Raises:
        Unavailable: PostgreSQL can't be asked.
    """
    found = sql.rows(_SOME, {"board_id": board_id, "user_ids": list(user_ids), "limit": limit})
    people = [Person(row["user_id"], row["display_name"], picture=row["picture"]) for row in found]
    return people, found[0]["total"] if found else 0
