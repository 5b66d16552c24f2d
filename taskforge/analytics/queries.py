"""SQL of the figures of use, over all features."""

from __future__ import annotations

from sqlalchemy import text

from taskforge.accounts.queries import IS_ACTIVE, IS_NOT_DELETED, MAX_IDLE_DAYS, PEOPLE, SESSIONS
from taskforge.attachments.queries import FILES_OF_TEAMS
from taskforge.audit.chain import SEALS
from taskforge.boards.queries import BOARDS, IS_LIVE, left_join_board
from taskforge.boards.statuses import Status
from taskforge.comments.queries import COMMENTS
from taskforge.events import Event
from taskforge.notifications.queries import NOTIFICATIONS
from taskforge.tasks.queries import TASKS
from taskforge.teams.queries import TEAMS, left_join_team

PEOPLE_COUNTED = text(f"""
    SELECT count(*) AS accounts,
           count(*) FILTER (WHERE NOT {IS_ACTIVE}) AS suspended,
           count(*) FILTER (WHERE u.is_site_admin) AS site_admins
    FROM   {PEOPLE}
    WHERE  {IS_NOT_DELETED}
""")
# The newest sessions: who was seen since three instants, and the sessions that would still let somebody in.
SESSIONS_SEEN = text(f"""
    SELECT count(DISTINCT s.user_id) FILTER (WHERE s.last_seen_at >= :seen_1) AS people_1,
           count(DISTINCT s.user_id) FILTER (WHERE s.last_seen_at >= :seen_7) AS people_7,
           count(DISTINCT s.user_id) FILTER (WHERE s.last_seen_at >= :seen_30) AS people_30,
           count(*) FILTER (WHERE s.is_live AND s.kind = 'browser') AS browser,
           count(*) FILTER (WHERE s.is_live AND s.kind = 'api') AS api
    FROM   (SELECT s.user_id, s.kind, s.last_seen_at,
                   s.revoked_at IS NULL AND s.expires_at > :at
                   AND s.last_seen_at > CAST(:at AS timestamptz) - interval '{MAX_IDLE_DAYS} days' AS is_live
            FROM   {SESSIONS}
            ORDER  BY s.session_id DESC
            LIMIT  :limit) s
""")
ESTIMATES = text("""
    SELECT c.relname AS name, greatest(c.reltuples, 0)::bigint AS entries
    FROM   pg_class c
    WHERE  c.relname IN ('tasks', 'comments') AND c.relkind = 'r'
           AND c.relnamespace = CAST(current_schema() AS regnamespace)
""")
TASKS_BY_STATUS = text(f"""
    SELECT k.status,
           count(*) FILTER (WHERE k.deleted_at IS NULL) AS live,
           count(*) FILTER (WHERE k.deleted_at IS NOT NULL) AS trashed
    FROM   {TASKS}
    GROUP  BY k.status
""")
COMMENTS_COUNTED = text(f"""
    SELECT count(*)
    FROM   {COMMENTS}
    WHERE  c.deleted_at IS NULL
""")
PLACES_COUNTED = text(f"""
    SELECT (SELECT count(*) FROM {TEAMS} WHERE t.deleted_at IS NULL) AS teams,
           (SELECT count(*) FROM {BOARDS} WHERE {IS_LIVE}) AS boards
""")
# The newest events, once, and from them the numbers of each week, event, team and board. A task is finished whenever it
# comes into a status that stands for done. A deleted team or board has no row of its own.
ACTIVITY = text(f"""
    WITH recent AS MATERIALIZED (
        SELECT l.event, l.actor_id, l.team_id, l.board_id, l.action_timestamp AS at,
               CASE WHEN l.entity_type = 'task'
                    THEN l.new_state ->> 'status' = '{Status.DONE}'
                         AND coalesce(l.previous_state ->> 'status', '') <> '{Status.DONE}' END AS is_finish
        FROM   audit_logs l
        ORDER  BY l.log_id DESC
        LIMIT  :limit
    ), counted AS MATERIALIZED (
        SELECT *
        FROM   recent
        WHERE  at >= :since
    ), teams_found AS (
        SELECT team_id, count(*) AS events, count(DISTINCT actor_id) AS people
        FROM   counted
        WHERE  team_id IS NOT NULL
        GROUP  BY team_id
        ORDER  BY events DESC, team_id
        LIMIT  :top
    ), boards_found AS (
        SELECT board_id, count(*) AS events, count(DISTINCT actor_id) AS people
        FROM   counted
        WHERE  board_id IS NOT NULL
        GROUP  BY board_id
        ORDER  BY events DESC, board_id
        LIMIT  :top
    ), told (kind, key, events, people, tasks_created, tasks_finished, comments, people_1, people_7, people_30,
             oldest, read, team_id, team_name, key_prefix) AS (
        SELECT 'whole', '', 0, 0, 0, 0, 0,
               count(DISTINCT actor_id) FILTER (WHERE at >= :seen_1),
               count(DISTINCT actor_id) FILTER (WHERE at >= :seen_7),
               count(DISTINCT actor_id) FILTER (WHERE at >= :seen_30),
               min(at), count(*), CAST(NULL AS uuid), CAST(NULL AS text), CAST(NULL AS text)
        FROM   recent
        UNION ALL
        SELECT 'week', CAST(CAST(date_trunc('week', at, 'UTC') AS date) AS text), count(*), count(DISTINCT actor_id),
               count(*) FILTER (WHERE event = '{Event.TASK_CREATED}'),
               count(*) FILTER (WHERE is_finish),
               count(*) FILTER (WHERE event = '{Event.COMMENT_CREATED}'),
               0, 0, 0, CAST(NULL AS timestamptz), 0, NULL, NULL, NULL
        FROM   counted
        GROUP  BY 2
        UNION ALL
        SELECT 'event', event, count(*), 0, 0, 0, 0, 0, 0, 0, NULL, 0, NULL, NULL, NULL
        FROM   counted
        GROUP  BY event
        UNION ALL
        SELECT 'team', '', f.events, f.people, 0, 0, 0, 0, 0, 0, NULL, 0, f.team_id, t.name, NULL
        FROM   teams_found f
               {left_join_team("f.team_id")}
        UNION ALL
        SELECT 'board', '', f.events, f.people, 0, 0, 0, 0, 0, 0, NULL, 0, b.team_id, t.name, b.key_prefix
        FROM   boards_found f
               {left_join_board("f.board_id")}
               {left_join_team("b.team_id")}
    )
    SELECT *
    FROM   told
    ORDER  BY kind, events DESC, key
""")
FILES_COUNTED = text(f"""
    SELECT coalesce(sum(f.file_count), 0) AS files, coalesce(sum(f.bytes_stored), 0) AS bytes
    FROM   {FILES_OF_TEAMS}
""")
THROUGHPUT = text(f"""
    SELECT (SELECT count(*)
            FROM   (SELECT c.sealed_at
                    FROM   {SEALS}
                    ORDER  BY c.seq DESC
                    LIMIT  :limit) c
            WHERE  c.sealed_at >= :since) AS sealed,
           (SELECT count(*)
            FROM   (SELECT n.created_at
                    FROM   {NOTIFICATIONS}
                    ORDER  BY n.notification_id DESC
                    LIMIT  :limit) n
            WHERE  n.created_at >= :since) AS delivered
""")
BUFFER_HITS = text("""
    SELECT blks_hit AS hits, blks_read AS misses
    FROM   pg_stat_database
    WHERE  datname = current_database()
""")
