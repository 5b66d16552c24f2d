"""SQL of activity: pages of the audit events of a board, or of a team with its boards, narrowed by a filter.

A page is found by an index in the order that it has. What its sentences name is read by ids afterwards, at once.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import TextClause, text

from taskforge.accounts.queries import PEOPLE
from taskforge.boards.queries import BOARDS_OF_MEMBERS, COLUMNS
from taskforge.history.queries import without_texts
from taskforge.tasks.queries import TASKS
from taskforge.teams.queries import TEAMS, is_member

MAX_SEEN_BOARDS = 1000  # of one team, those in the trash among them

# What `taskforge.history.activity_filter` narrows, each by a parameter that may be NULL. The type is asked of the
# event's name: an index of types would be read through all teams.
_FILTER = """
           AND (CAST(:actor_id AS uuid) IS NULL OR l.actor_id = CAST(:actor_id AS uuid))
           AND (CAST(:event AS text) IS NULL OR l.event = CAST(:event AS text))
           AND (CAST(:entity_type AS text) IS NULL OR starts_with(l.event, CAST(:entity_type AS text) || '.'))
           AND (CAST(:entity_id AS uuid) IS NULL OR l.entity_id = CAST(:entity_id AS uuid))
           AND (CAST(:since AS timestamptz) IS NULL OR l.action_timestamp >= CAST(:since AS timestamptz))
           AND (CAST(:until AS timestamptz) IS NULL OR l.action_timestamp < CAST(:until AS timestamptz))
"""
_OF_BOARD = f"l.board_id = :board_id {_FILTER}"
# Of a team's boards only those that the reader sees; what became of a purged one is for who sees every board.
_OF_TEAM = f"""l.team_id = :team_id AND l.entity_type <> 'user'
           AND (:sees_all OR l.board_id IS NULL OR l.board_id = ANY(CAST(:board_ids AS uuid[])))
           AND (:manages OR l.event <> ALL(CAST(:managers_events AS text[])))
           AND (CAST(:board_id AS uuid) IS NULL OR l.board_id = CAST(:board_id AS uuid))
           {_FILTER}"""
_PLACE_IN_TEAM = """((SELECT p.action_timestamp
                 FROM   audit_logs p
                 WHERE  p.event_id = CAST(:place AS uuid) AND p.team_id = :team_id),
                (SELECT p.log_id
                 FROM   audit_logs p
                 WHERE  p.event_id = CAST(:place AS uuid) AND p.team_id = :team_id))"""


def _texts_of(state: str) -> str:
    """SQL for a state of the audit log; without what was written on cards, but with the description of a team."""
    return f"CASE WHEN l.entity_type = 'team' THEN {state} ELSE {without_texts(state)} END"


@cache
def events_of_board(*, later: bool) -> TextClause:
    """A page of a board's events, in the order of their numbers: those before the number `:place`, or `later` ones."""
    return _page(_OF_BOARD, order=("l.board_seq",), place="(CAST(:place AS bigint))", later=later)


@cache
def events_of_team(*, later: bool) -> TextClause:
    """A page of the events of a team and its boards, by time: those before the event `:place`, or `later` ones."""
    return _page(
        _OF_TEAM, order=("l.action_timestamp", "l.log_id"), place=_PLACE_IN_TEAM, later=later
    )


def _page(condition: str, *, order: tuple[str, ...], place: str, later: bool) -> TextClause:
    """Newest first, or (`later`) oldest first, each with the id of the column that its sentence names.

    A move within a column does not record the column: only for it the card's events before are searched.
    """
    direction, beyond = ("ASC", ">") if later else ("DESC", "<")
    ordered = ", ".join(f"{one} {direction}" for one in order)
    return text(f"""
    SELECT l.event_id, l.event, l.action, l.entity_type, l.entity_id, l.board_id, l.board_seq, l.actor_id,
           l.action_timestamp AS at, host(l.ip_address) AS ip_address, l.user_agent,
           {_texts_of("l.previous_state")} AS previous_state,
           {_texts_of("l.new_state")} AS new_state,
           CASE WHEN l.entity_type = 'board' THEN l.previous_state ->> 'name' END AS old_name,
           coalesce(l.new_state ->> 'column_id', place.column_id) AS column_id
    FROM   (SELECT l.*
            FROM   audit_logs l
            WHERE  {condition}
                   AND (:place IS NULL OR ({", ".join(order)}) {beyond} {place})
            ORDER  BY {ordered}
            LIMIT  :limit) l
           LEFT JOIN LATERAL (
               SELECT e.new_state ->> 'column_id' AS column_id
               FROM   audit_logs e
               WHERE  l.entity_type = 'task' AND l.new_state -> 'rank' IS NOT NULL
                      AND l.new_state -> 'column_id' IS NULL
                      AND e.entity_type = 'task' AND e.entity_id = l.entity_id
                      AND e.board_seq < l.board_seq AND e.new_state -> 'column_id' IS NOT NULL
               ORDER  BY e.board_seq DESC
               LIMIT  1) place ON true
    ORDER  BY {ordered}
    """)


SEEN_BOARDS = text(f"""
    SELECT b.board_id, b.name, b.key_prefix, b.deleted_at IS NULL AS is_live
    FROM   {BOARDS_OF_MEMBERS}
    WHERE  b.team_id = :team_id AND m.user_id = :user_id
    ORDER  BY lower(b.name), b.board_id
    LIMIT  :limit
""")
# What things of these ids are called: people (with their pictures), columns, cards (by number), and those of the teams
# that the reader is in.
NAMES = text(f"""
    SELECT 'people' AS kind, u.user_id AS id, u.display_name AS name, u.picture
    FROM   {PEOPLE}
    WHERE  u.user_id = ANY(CAST(:people AS uuid[]))
    UNION  ALL
    SELECT 'columns', c.column_id, c.name, NULL
    FROM   {COLUMNS}
    WHERE  c.column_id = ANY(CAST(:columns AS uuid[]))
    UNION  ALL
    SELECT 'cards', k.task_id, CAST(k.number AS text), NULL
    FROM   {TASKS}
    WHERE  k.task_id = ANY(CAST(:cards AS uuid[]))
    UNION  ALL
    SELECT 'teams', t.team_id, t.name, NULL
    FROM   {TEAMS}
    WHERE  t.team_id = ANY(CAST(:teams AS uuid[])) AND {is_member("t.team_id", ":user_id")}
""")
