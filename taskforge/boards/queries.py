"""Reads of boards and columns, and SQL of boards for the features above.

The fragments are the only way in which another feature's SQL names the tables of boards. How many tasks there are is
not known here: see `taskforge.tasks.columns`.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import column, table, text

from taskforge import clock
from taskforge.accounts.queries import join_person
from taskforge.events import Event
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.prepared_statements import prepared
from taskforge.stores.retention import RESTORABLE_FOR
from taskforge.teams.access import access_team
from taskforge.teams.permissions import KEPT_ON_ARCHIVED_BOARD, Permission, Role
from taskforge.teams.queries import (
    HELD_PERMISSIONS,
    IS_ARCHIVED_TEAM,
    MEMBERS,
    MEMBERSHIPS,
    TEAM_COLUMNS,
    TEAMS_OF_MEMBERS,
    TEAMS_PER_USER,
    held_of_archived,
    is_admitted,
    join_membership,
)

MAX_DELETED = 200  # deleted boards of a team, or columns of a board, that are listed
MAX_BOARDS = 2500  # of one list: of 50 teams, each with at most 50

# Whether the person of the membership `m` sees the board `b` of that team. Admins see every one, so that none is lost.
# The first is without what the team requires of everybody (`teams.queries.is_admitted`).
WOULD_SEE_BOARD = f"""(NOT (b.is_private OR m.is_limited) OR m.role = '{Role.ADMIN}'
               OR EXISTS (SELECT FROM board_people n WHERE n.board_id = b.board_id AND n.user_id = m.user_id))"""
SEES_BOARD = f"({is_admitted()} AND {WOULD_SEE_BOARD})"
# Items of a FROM clause. Boards as those who see them are to be narrowed by `m.user_id` and `IS_LIVE`.
BOARDS = "boards b"
BOARDS_OF_MEMBERS = f"boards b JOIN ({TEAMS_OF_MEMBERS}) ON t.team_id = b.team_id AND {SEES_BOARD}"
# Boards with those who see them, as `u`.
VIEWERS = f"boards b JOIN ({MEMBERS}) ON m.team_id = b.team_id AND {SEES_BOARD}"
COLUMNS = "columns c"
VIEW_PREFERENCES = "board_view_preferences v"
IS_LIVE = "b.deleted_at IS NULL"
# The permissions that the membership `m` holds on the board `b`.
HELD_ON_BOARD = f"""
       CASE WHEN b.archived_at IS NOT NULL AND NOT {IS_ARCHIVED_TEAM} THEN {held_of_archived(KEPT_ON_ARCHIVED_BOARD)}
            ELSE {HELD_PERMISSIONS} END
"""
IS_DELETED = "b.deleted_at IS NOT NULL"
# The same boards for statements that SQLAlchemy composes.
COMPOSED_BOARDS = table(
    "boards", column("board_id"), column("team_id"), column("deleted_at")
).alias("b")
IS_LIVE_COLUMN = "c.deleted_at IS NULL"
# The columns of a list of boards, from `BOARDS_OF_MEMBERS`.
BOARD_COLUMNS = """
       b.board_id, b.team_id, t.name AS team_name, b.name, b.key_prefix, b.hard_limits, b.is_private, b.version, b.seq,
       b.created_at, b.updated_at, b.archived_at, m.role
"""
# The columns of a list of a board's columns, from `COLUMNS`.
COLUMN_COLUMNS = "c.column_id, c.board_id, c.name, c.status, c.hue, c.wip_limit, c.rank"
# The condition and order of a list of boards; None in `:team_ids` stands for every team that is not archived.
LISTED_BOARDS = f"""
    WHERE  m.user_id = :user_id AND {IS_LIVE} AND (b.archived_at IS NOT NULL) = :archived
           AND (CAST(:team_ids AS uuid[]) IS NULL AND t.archived_at IS NULL
                OR b.team_id = ANY(CAST(:team_ids AS uuid[])))
    ORDER  BY lower(t.name), t.team_id, lower(b.name), b.board_id
    LIMIT  :limit
"""
# The condition and order of a list of the columns of some boards.
LISTED_COLUMNS = f"""
    WHERE  c.board_id = ANY(CAST(:board_ids AS uuid[])) AND {IS_LIVE_COLUMN}
    ORDER  BY c.board_id, c.rank
"""
# The ids of the people whom the board `b` names.
NAMED_PEOPLE_OF_BOARD = "ARRAY(SELECT n.user_id FROM board_people n WHERE n.board_id = b.board_id)"
# Lets boards name a person.
NAME_PERSON = text("""
    INSERT INTO board_people (board_id, user_id)
    SELECT unnest(CAST(:board_ids AS uuid[])), CAST(:user_id AS uuid)
    ON CONFLICT DO NOTHING
""")
# Holds the row of `:board_id`: nobody changes the board until COMMIT, nor does who holds it so hinder another reader.
HOLD_BOARD = text("SELECT 1 FROM boards WHERE board_id = :board_id FOR SHARE")

_TEAMS = text(f"""
    SELECT {TEAM_COLUMNS},
           (SELECT count(*)
            FROM   boards b
            WHERE  b.team_id = t.team_id AND {IS_LIVE} AND b.archived_at IS NULL AND {SEES_BOARD}) AS board_count
    FROM   {TEAMS_OF_MEMBERS}
    WHERE  m.user_id = :user_id AND (t.archived_at IS NOT NULL) = :archived
    ORDER  BY t.created_by = :user_id DESC, lower(t.name), t.team_id
    LIMIT  :limit
""")
_BOARDS = text(f"""
    SELECT {BOARD_COLUMNS}
    FROM   {BOARDS_OF_MEMBERS}
    {LISTED_BOARDS}
""")
_ARCHIVED_BOARDS = text(f"""
    SELECT {BOARD_COLUMNS}, {HELD_ON_BOARD} AS permissions
    FROM   {BOARDS_OF_MEMBERS}
    {LISTED_BOARDS}
""")
_FIRST_BOARD = prepared(f"""
    SELECT b.board_id
    FROM   {BOARDS_OF_MEMBERS}
    WHERE  b.team_id = :team_id AND m.user_id = :user_id AND {IS_LIVE}
    ORDER  BY b.created_at, b.board_id
    LIMIT  1
""")
_COLUMNS = text(f"""
    SELECT {COLUMN_COLUMNS}
    FROM   {COLUMNS}
    {LISTED_COLUMNS}
""")


# Deleted boards of one team, latest first; of all teams, longest deleted first.
_DELETED_BOARDS = text(f"""
    SELECT b.board_id, b.name, b.key_prefix, b.version, b.deleted_at, d.actor_id AS deleter_id,
           d.display_name AS deleter_name
    FROM   {BOARDS_OF_MEMBERS}
           LEFT JOIN LATERAL (
               SELECT l.actor_id, u.display_name
               FROM   audit_logs l
                      {join_person("l.actor_id")}
               WHERE  l.entity_type = 'board' AND l.entity_id = b.board_id AND l.event = '{Event.BOARD_DELETED}'
               ORDER  BY l.log_id DESC
               LIMIT  1) d ON true
    WHERE  b.team_id = :team_id AND m.user_id = :user_id AND b.deleted_at >= :since
    ORDER  BY b.deleted_at DESC, b.board_id
    LIMIT  :limit
""")
# Deleted columns of a board, latest first, each with how many cards went with it and who deleted it.
_DELETED_COLUMNS = text(f"""
    SELECT {COLUMN_COLUMNS}, c.deleted_at, d.actor_id AS deleter_id, d.display_name AS deleter_name,
           coalesce(d.cards, 0) AS card_count
    FROM   {COLUMNS}
           LEFT JOIN LATERAL (
               SELECT l.actor_id, u.display_name, CAST(l.new_state ->> 'cards' AS integer) AS cards
               FROM   audit_logs l
                      {join_person("l.actor_id")}
               WHERE  l.board_id = c.board_id AND l.action_timestamp = c.deleted_at
                      AND l.event = '{Event.BOARD_COLUMN_DELETED}'
                      AND l.new_state ->> 'column_id' = CAST(c.column_id AS text)
               LIMIT  1) d ON true
    WHERE  c.board_id = :board_id AND c.deleted_at >= :since
    ORDER  BY c.deleted_at DESC, c.column_id
    LIMIT  :limit
""")


def join_board(board_id: str) -> str:
    """SQL that joins the board, as ``b``, whose id the column `board_id` holds."""
    return f"JOIN boards b ON b.board_id = {board_id}"


def left_join_board(board_id: str) -> str:
    """Like `join_board`, where there may be none."""
    return f"LEFT {join_board(board_id)}"


def join_view(user_id: str = ":user_id") -> str:
    """SQL that joins, as ``m``, the membership through which a person (by default `:user_id`) sees the board `b`."""
    return f"{join_membership('b.team_id', user_id)} AND {SEES_BOARD}"


# Locks the live boards of a team that `:user_id` sees, in an order in which two of these never wait for each other.
LOCK_VISIBLE_BOARDS = text(f"""
    SELECT b.board_id
    FROM   {BOARDS}
           {join_view()}
    WHERE  b.team_id = :team_id AND {IS_LIVE} AND b.archived_at IS NULL
    ORDER  BY b.board_id
    FOR NO KEY UPDATE OF b
""")


# Locks all boards of a team, for a change of what may be done on them; in the same order.
LOCK_BOARDS = text("""
    SELECT b.board_id
    FROM   boards b
    WHERE  b.team_id = :team_id
    ORDER  BY b.board_id
    FOR NO KEY UPDATE OF b
""")


def sees_board(user_id: str) -> str:
    """SQL of the condition that a person, whose id `user_id` gives, sees the board `b`."""
    return f"""EXISTS (SELECT
                   FROM   {MEMBERSHIPS}
                   WHERE  m.team_id = b.team_id AND m.user_id = {user_id} AND {SEES_BOARD})"""


def join_column(column_id: str) -> str:
    """SQL that joins the column, as ``c``, whose id the column `column_id` holds."""
    return f"JOIN columns c ON c.column_id = {column_id}"


def left_join_column(column_id: str) -> str:
    """Like `join_column`, where there may be none; further conditions on ``c`` may follow."""
    return f"LEFT {join_column(column_id)}"


def list_teams(actor: Actor, *, archived: bool = False) -> Sequence[sql.Row]:
    """All teams of the actor, each with the actor's role and permissions, and how many members and boards it has.

    Archived ones are a list of their own. Those that the actor made come first, then by name: nobody can push them back
    by adding the actor to others. A team that wants two-factor log-in of the actor says its name and their role alone.
    """
    found = sql.rows(
        _TEAMS, {"user_id": actor.user_id, "archived": archived, "limit": 2 * TEAMS_PER_USER}
    )
    closed = {"description": "", "member_count": 0}
    return [{**team, **closed} if team["lacks_two_factor"] else team for team in found]


def list_boards(actor: Actor, team_id: str | None = None) -> Sequence[sql.Row]:
    """The boards that the actor sees (of one team, or all), by team and name, without those that are archived.

    Raises:
        NotFound: no such team, or the actor is not in it.
    """
    if team_id is not None:
        access_team(actor.user_id, team_id)
    return sql.rows(_BOARDS, listed_boards(actor, None if team_id is None else [team_id]))


def list_archived_boards(actor: Actor) -> Sequence[sql.Row]:
    """The archived boards that the actor sees, of teams that are not, each with the actor's ``permissions`` there."""
    return sql.rows(_ARCHIVED_BOARDS, {**listed_boards(actor, None), "archived": True})


def list_deleted_boards(actor: Actor, team_id: str) -> Sequence[sql.Row]:
    """The boards of a team that can still be restored, latest deletion first; at most 200.

    Each has ``deleted_at``, and ``deleter_id`` and ``deleter_name`` (None if nobody knows).

    Raises:
        NotFound, Forbidden: no access to the team, or no permission ``board.delete``.
    """
    access_team(actor.user_id, team_id, Permission.BOARD_DELETE)
    return sql.rows(
        _DELETED_BOARDS,
        {
            "team_id": team_id,
            "user_id": actor.user_id,
            "since": clock.now() - RESTORABLE_FOR,
            "limit": MAX_DELETED,
        },
    )


def list_deleted_columns(board_id: str) -> Sequence[sql.Row]:
    """The columns of a board that can still be restored, like `list_deleted_boards`, each with its ``card_count``.

    The caller has checked access.
    """
    return sql.rows(
        _DELETED_COLUMNS,
        {"board_id": board_id, "since": clock.now() - RESTORABLE_FOR, "limit": MAX_DELETED},
    )


def find_first_board_id(actor: Actor, team_id: str) -> str | None:
    """The id of the oldest board of a team that the actor sees; None when there is none."""
    found: str | None = sql.scalar(_FIRST_BOARD, {"team_id": team_id, "user_id": actor.user_id})
    return found


def list_columns(board_ids: Sequence[str]) -> Sequence[sql.Row]:
    """The columns of boards that the caller has been given access to, in order."""
    return sql.rows(_COLUMNS, {"board_ids": list(board_ids)})


def listed_boards(actor: Actor, team_ids: Sequence[str] | None) -> dict[str, object]:
    """The parameters of `LISTED_BOARDS` for those of some teams that are the actor's; None for all of them."""
    return {"user_id": actor.user_id, "team_ids": team_ids, "archived": False, "limit": MAX_BOARDS}
