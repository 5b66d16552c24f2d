"""SQL of rows together with what the audit log says of them, a page at a time, for the doctor."""

from __future__ import annotations

from sqlalchemy import TextClause, text

from taskforge.accounts.queries import PEOPLE
from taskforge.attachments.queries import ATTACHMENTS
from taskforge.boards.queries import (
    BOARDS,
    COLUMN_COLUMNS,
    COLUMNS,
    IS_LIVE_COLUMN,
    NAMED_PEOPLE_OF_BOARD,
)
from taskforge.comments.queries import COMMENTS
from taskforge.events import Event
from taskforge.stores.actor import BY_PROGRAM
from taskforge.tasks.fields import CONTENT_NAMES
from taskforge.tasks.queries import TASKS
from taskforge.teams.queries import ADDED_MEMBERSHIPS, GRANTS_OF_TEAM, TEAMS

# Texts are the hash's matter (I7); the others are no fields.
_LEFT_OUT = f"{{{','.join((*CONTENT_NAMES, 'content', 'spread_ranks', 'undoes', BY_PROGRAM))}}}"


def _count(entity_type: str, entity_id: str) -> str:
    """SQL that counts the numbered audit events of an entity."""
    return f"""(
        SELECT count(*)
        FROM   audit_logs l
        WHERE  l.entity_type = '{entity_type}' AND l.entity_id = {entity_id}
               AND l.entity_version IS NOT NULL)"""


def _fold(entity_type: str, entity_id: str) -> str:
    """SQL that joins the fold of an entity's events: each field as the last event that names it says."""
    return f"""
           CROSS JOIN LATERAL (
               SELECT coalesce(jsonb_object_agg(e.key, e.value ORDER BY l.entity_version)
                                   FILTER (WHERE e.key IS NOT NULL), '{{}}') AS state,
                      max(l.board_seq) FILTER (WHERE e.key = 'rank') AS rank_seq,
                      (array_agg(l.board_id ORDER BY l.entity_version DESC))[1] AS log_board_id
               FROM   audit_logs l
                      LEFT JOIN LATERAL jsonb_each(
                          CASE WHEN jsonb_typeof(l.new_state) = 'object'
                               THEN l.new_state - '{_LEFT_OUT}'::text[] END) e ON true
               WHERE  l.entity_type = '{entity_type}' AND l.entity_id = {entity_id}
                      AND l.entity_version IS NOT NULL) f"""


def _page(key: str) -> str:
    """SQL that ends a statement of a page."""
    return f"""
    WHERE  (CAST(:after AS uuid) IS NULL OR {key} > CAST(:after AS uuid))
    ORDER  BY {key}
    LIMIT  :page"""


def _rows_and_fold(
    entity_type: str, item: str, key: str, columns: str, *, begin: str = ""
) -> TextClause:
    return text(f"""
    {begin}
    SELECT {key} AS id, {columns}, f.state, f.rank_seq, f.log_board_id,
           {_count(entity_type, key)} AS events
    FROM   {item}
    {_fold(entity_type, key)}
    {_page(key)}
""")


# The ranks of a column are also written by events of other tasks. These are looked for only where a rank differs.
TASKS_AND_FOLD = _rows_and_fold(
    "task",
    TASKS,
    "k.task_id",
    """k.*, k.deleted_at IS NOT NULL AS deleted,
           CASE WHEN f.state ->> 'rank' IS DISTINCT FROM k.rank
                THEN (SELECT s.rank
                      FROM   spread s
                      WHERE  s.task_id = k.task_id AND s.board_seq >= f.rank_seq
                      ORDER  BY s.board_seq DESC
                      LIMIT  1) END AS spread_rank""",
    begin="""
    WITH spread AS MATERIALIZED (
        SELECT l.board_seq, CAST(s.key AS uuid) AS task_id, s.value AS rank
        FROM   audit_logs l
               CROSS JOIN LATERAL jsonb_each_text(l.new_state -> 'spread_ranks') s
        WHERE  l.entity_type = 'task' AND l.new_state -> 'spread_ranks' IS NOT NULL)""",
)
COMMENTS_AND_FOLD = _rows_and_fold(
    "comment", COMMENTS, "c.comment_id", "c.task_id, c.version, c.deleted_at IS NOT NULL AS deleted"
)
FILES_AND_FOLD = _rows_and_fold(
    "attachment",
    ATTACHMENTS,
    "a.attachment_id",
    """a.task_id, a.comment_id, a.name, a.size, a.mimetype, a.version,
           a.deleted_at IS NOT NULL AS deleted""",
)
PEOPLE_AND_FOLD = _rows_and_fold(
    "user", PEOPLE, "u.user_id", "u.email, u.is_site_admin, u.suspension_reason, u.version"
)
# A board with its own events (those of its tasks are not among them) and its columns.
BOARDS_AND_EVENTS = text(f"""
    SELECT b.board_id AS id, b.name, b.key_prefix, b.is_private, b.version, b.deleted_at IS NOT NULL AS deleted,
           b.archived_at IS NOT NULL AS archived,
           {NAMED_PEOPLE_OF_BOARD} AS people,
           (SELECT jsonb_object_agg(e.user_id, e.is_named ORDER BY l.log_id)
            FROM   audit_logs l
                   CROSS JOIN LATERAL (
                       SELECT key AS user_id, value AS is_named
                       FROM   jsonb_each(l.new_state -> 'people')
                       UNION ALL
                       SELECT key, value -> CAST(b.board_id AS text)
                       FROM   jsonb_each(l.new_state -> 'boards')
                       WHERE  value -> CAST(b.board_id AS text) IS NOT NULL) e
            WHERE  l.entity_id IN (b.board_id, b.team_id) AND jsonb_typeof(l.new_state) = 'object'
                   AND (l.new_state -> 'people' IS NOT NULL OR l.new_state -> 'boards' IS NOT NULL)) AS named_by_log,
           {_count("board", "b.board_id")} AS events,
           (SELECT jsonb_agg(jsonb_build_object(
                       'event', l.event, 'entity_type', l.entity_type, 'entity_id', l.entity_id,
                       'entity_version', l.entity_version, 'board_seq', l.board_seq,
                       'new_state', l.new_state) ORDER BY l.entity_version)
            FROM   audit_logs l
            WHERE  l.entity_type = 'board' AND l.entity_id = b.board_id
                   AND l.entity_version IS NOT NULL) AS log,
           (SELECT jsonb_agg(to_jsonb(s) - 'board_id')
            FROM   (SELECT {COLUMN_COLUMNS}
                    FROM   {COLUMNS}
                    WHERE  c.board_id = b.board_id AND {IS_LIVE_COLUMN}) s) AS columns
    FROM   {BOARDS}
    {_page("b.board_id")}
""")
TEAMS_AND_EVENTS = text(f"""
    SELECT t.team_id AS id, t.name, t.description, t.parent_team_id, t.inherits_members, t.version,
           t.deleted_at IS NOT NULL AS deleted, t.archived_at IS NOT NULL AS archived,
           {_count("team", "t.team_id")} AS events,
           (SELECT jsonb_agg(l.new_state ORDER BY l.entity_version)
            FROM   audit_logs l
            WHERE  l.entity_type = 'team' AND l.entity_id = t.team_id
                   AND jsonb_typeof(l.new_state) = 'object') AS log,
           (SELECT jsonb_object_agg(m.user_id, m.role)
            FROM   {ADDED_MEMBERSHIPS}
            WHERE  m.team_id = t.team_id) AS members,
           ARRAY(SELECT m.user_id
                 FROM   {ADDED_MEMBERSHIPS}
                 WHERE  m.team_id = t.team_id AND m.is_limited) AS limited,
           {GRANTS_OF_TEAM} AS grants
    FROM   {TEAMS}
    {_page("t.team_id")}
""")
# Things that were created, have no row, and were not deleted for good.
GONE = text(f"""
    SELECT l.entity_type, l.entity_id
    FROM   audit_logs l
    WHERE  l.event IN ('{Event.TASK_CREATED}', '{Event.BOARD_CREATED}', '{Event.TEAM_CREATED}')
           AND NOT EXISTS (SELECT FROM {TASKS} WHERE k.task_id = l.entity_id)
           AND NOT EXISTS (SELECT FROM {BOARDS} WHERE b.board_id = l.entity_id)
           AND NOT EXISTS (SELECT FROM {TEAMS} WHERE t.team_id = l.entity_id)
           AND NOT EXISTS (
               SELECT
               FROM   audit_logs p
               WHERE  p.entity_id = l.entity_id
                      AND p.event IN ('{Event.TASK_PURGED}', '{Event.BOARD_PURGED}', '{Event.TEAM_PURGED}'))
    LIMIT  :limit
""")
