"""Who belongs to the team of a board."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import text

from taskforge.boards.queries import BOARDS
from taskforge.stores import sql
from taskforge.teams.queries import MEMBERS
from taskforge.text.people import Person

_MEMBERS = text(f"""
    SELECT u.user_id, u.display_name, count(*) OVER () AS total
    FROM   {BOARDS}
           JOIN ({MEMBERS}) USING (team_id)
    WHERE  b.board_id = :board_id AND u.user_id = ANY(CAST(:user_ids AS uuid[]))
    ORDER  BY lower(u.display_name), u.user_id
    LIMIT  :limit
""")


def find_members(
    board_id: str, user_ids: Collection[str], *, limit: int
) -> tuple[list[Person], int]:
    """Those of some users who belong to a board's team: by name at most `limit`, and how many there are in all.

    Raises:
        Unavailable: PostgreSQL can't be asked.
    """
    found = sql.rows(_MEMBERS, {"board_id": board_id, "user_ids": list(user_ids), "limit": limit})
    people = [Person(row["user_id"], row["display_name"]) for row in found]
    return people, found[0]["total"] if found else 0
