"""SQL of the mails of notifications."""

from __future__ import annotations

from sqlalchemy import text

from taskforge.accounts.queries import (
    IS_ACTIVE,
    IS_NOT_DELETED,
    SETTINGS_COLUMNS,
    join_person,
    left_join_person,
    left_join_settings,
)
from taskforge.boards.queries import IS_LIVE, join_board, join_view
from taskforge.notifications.excerpts import LEFT_JOIN_EXCERPT
from taskforge.notifications.watch_queries import is_heard
from taskforge.stores.prepared_statements import prepared
from taskforge.tasks.queries import IS_OPEN, join_task
from taskforge.teams.queries import is_member

EXPIRY_HOURS = 48  # behind the hour at which a mail was due
MAX_LINES = 1000  # of one mail that are looked at
_OPEN = "sent_at IS NULL AND parked_at IS NULL"
_EXPIRY = f"interval '{EXPIRY_HOURS} hours'"

_PLAN_LINES = """
    INSERT INTO notification_mails (notification_id, user_id, created_at, due_at)
    SELECT *
    FROM   unnest(CAST(:notification_ids AS uuid[]), CAST(:user_ids AS uuid[]), CAST(:created AS timestamptz[]),
                  CAST(:due AS timestamptz[]))
    ON CONFLICT DO NOTHING
"""
# People are in the order of their ids: two jobs that deliver at once wait for each other in turn.
_OPEN_BUNDLES = f"""
    INSERT INTO notification_bundles AS b (bundle_id, user_id, due_at, created_at, expires_at)
    SELECT bundle_id, user_id, due_at, CAST(:at AS timestamptz), due_at + {_EXPIRY}
    FROM   unnest(CAST(:bundle_ids AS uuid[]), CAST(:people AS uuid[]), CAST(:first_due AS timestamptz[]))
           AS planned (bundle_id, user_id, due_at)
    ORDER  BY user_id
    ON CONFLICT (user_id) WHERE {_OPEN} DO UPDATE
    SET    due_at = excluded.due_at, expires_at = excluded.expires_at
    WHERE  b.due_at > excluded.due_at
"""
PLAN = prepared(_PLAN_LINES, _OPEN_BUNDLES)
OPEN = prepared(_OPEN_BUNDLES)
HAS_DUE = prepared(f"""
    SELECT EXISTS (SELECT
                   FROM   notification_bundles
                   WHERE  {_OPEN} AND greatest(due_at, claimed_until) <= CAST(:before AS timestamptz))
""")
# Takes the bundle that is due first, counts the attempt before it is made, gives it the person's lines that are due.
CLAIM = prepared(f"""
    WITH claimed AS (
        UPDATE notification_bundles
        SET    attempts = attempts + 1,
               claimed_until = CAST(:at AS timestamptz) + make_interval(secs => CAST(:lease AS float))
        WHERE  bundle_id = ANY(ARRAY(
                   SELECT bundle_id
                   FROM   notification_bundles
                   WHERE  {_OPEN} AND greatest(due_at, claimed_until) <= CAST(:at AS timestamptz)
                   ORDER  BY greatest(due_at, claimed_until), bundle_id
                   LIMIT  1
                   FOR    UPDATE SKIP LOCKED))
        RETURNING *
    ), taken AS (
        UPDATE notification_mails w
        SET    bundle_id = claimed.bundle_id
        FROM   claimed
        WHERE  w.user_id = claimed.user_id AND w.bundle_id IS NULL AND claimed.reschedule_from IS NULL
               AND w.due_at <= CAST(:until AS timestamptz)
    )
    SELECT claimed.bundle_id, claimed.user_id, claimed.due_at, claimed.expires_at, claimed.attempts,
           claimed.maybe_sent, claimed.last_error, claimed.reschedule_from, u.email AS to_address, u.display_name,
           u.time_zone, {IS_ACTIVE} AND {IS_NOT_DELETED} AS may_be_mailed, {SETTINGS_COLUMNS}
    FROM   claimed
           {join_person("claimed.user_id")}
           {left_join_settings("claimed.user_id")}
""")
# The unread lines of a bundle first, latest first, with what their sentences need, what their readers see of the card
# today, and what the comment says: as the inbox reads it.
LINES = prepared(f"""
    SELECT n.notification_id, n.event_id, n.kind, n.payload, n.created_at, n.read_at,
           n.snoozed_until, n.archived_at,
           w.due_at, l.actor_id, u.display_name AS actor_name, person.display_name AS person_name,
           card.task_id, card.key AS card_key, card.title AS card_title, card.board_name, card.is_heard,
           card.is_open, card.due_at AS card_due_at, card.due_has_time,
           said.content AS excerpt,
           n.payload ->> 'team_id' IS NULL
               OR {is_member("CAST(n.payload ->> 'team_id' AS uuid)", "n.user_id")} AS is_in_team,
           count(*) FILTER (WHERE n.read_at IS NULL) OVER () AS unread_count
    FROM   notification_mails w
           JOIN notifications n USING (notification_id)
           LEFT JOIN audit_logs l USING (event_id)
           {left_join_person("l.actor_id")}
           {left_join_person("CAST(n.payload ->> 'person_id' AS uuid)", "person")}
           LEFT JOIN LATERAL (
               SELECT k.task_id, b.key_prefix || '-' || k.number AS key, k.title, b.name AS board_name,
                      {is_heard("n.user_id")} AS is_heard, {IS_OPEN} AS is_open, k.due_at, k.due_has_time
               FROM   (SELECT) one
                      {join_task("CAST(n.payload ->> 'task_id' AS uuid)")}
                      {join_board("k.board_id")}
                      {join_view("n.user_id")}
               WHERE  {IS_LIVE} AND k.deleted_at IS NULL) card ON n.payload ->> 'task_id' IS NOT NULL
           {LEFT_JOIN_EXCERPT}
    WHERE  w.bundle_id = CAST(:bundle_id AS uuid)
    ORDER  BY n.read_at IS NOT NULL, n.notification_id DESC
    LIMIT  {MAX_LINES}
""")

# What becomes of a claimed bundle. Each of these is the first part of a transaction that ends with `REOPEN`.
DROP_LINES = prepared("""
    DELETE FROM notification_mails
    WHERE  notification_id = ANY(CAST(:ids AS uuid[]))
""")
DELAY_LINES = prepared("""
    UPDATE notification_mails w
    SET    due_at = later.due_at, bundle_id = NULL
    FROM   unnest(CAST(:ids AS uuid[]), CAST(:due AS timestamptz[])) AS later (notification_id, due_at)
    WHERE  w.notification_id = later.notification_id
""")
CLOSE = prepared("""
    UPDATE notification_bundles
    SET    sent_at = CAST(:at AS timestamptz), last_error = NULL, line_count = CAST(:lines AS integer),
           message = CAST(:message AS bytea)
    WHERE  bundle_id = CAST(:bundle_id AS uuid)
""")
PARK = prepared("""
    UPDATE notification_bundles
    SET    parked_at = CAST(:at AS timestamptz), last_error = CAST(:error AS text),
           maybe_sent = maybe_sent OR :maybe_sent
    WHERE  bundle_id = CAST(:bundle_id AS uuid)
""")
# With the bundle go its lines.
DISCARD = prepared("""
    DELETE FROM notification_bundles
    WHERE  bundle_id = CAST(:bundle_id AS uuid)
""")
FORGET_WAITING = prepared("""
    DELETE FROM notification_mails
    WHERE  user_id = CAST(:user_id AS uuid) AND bundle_id IS NULL
""")
# What a person changed of their settings counts from that instant on, for all that waited then.
RESCHEDULE = prepared("""
    UPDATE notification_mails w
    SET    due_at = CAST(:due AS timestamptz), bundle_id = NULL
    FROM   notification_bundles b
    WHERE  b.bundle_id = CAST(:bundle_id AS uuid) AND w.user_id = b.user_id
           AND (w.bundle_id IS NULL OR w.bundle_id = b.bundle_id) AND w.created_at <= CAST(:since AS timestamptz)
""")
RELEASE_LINES = prepared("""
    UPDATE notification_mails
    SET    bundle_id = NULL
    WHERE  bundle_id = CAST(:bundle_id AS uuid)
""")
DISCARD_UNCHANGED = prepared("""
    DELETE FROM notification_bundles
    WHERE  bundle_id = CAST(:bundle_id AS uuid)
           AND reschedule_from IS NOT DISTINCT FROM CAST(:since AS timestamptz)
""")
# A next bundle for the lines that wait, if there are any. A second statement: it sees what somebody has planned for
# whom the first one had to wait. `closed` was open till now: what is to be taken into account goes on.
REOPEN = prepared(f"""
    INSERT INTO notification_bundles (bundle_id, user_id, due_at, created_at, expires_at, reschedule_from)
    SELECT CAST(:next_id AS uuid), w.user_id, coalesce(closed.reschedule_from, min(w.due_at)),
           CAST(:at AS timestamptz), min(w.due_at) + {_EXPIRY}, closed.reschedule_from
    FROM   notification_mails w
           LEFT JOIN notification_bundles closed ON closed.bundle_id = CAST(:bundle_id AS uuid)
    WHERE  w.user_id = CAST(:user_id AS uuid) AND w.bundle_id IS NULL
    GROUP  BY w.user_id, closed.reschedule_from
    ON CONFLICT (user_id) WHERE {_OPEN} DO NOTHING
""")
# The attempt that was counted is none.
POSTPONE_DUE = prepared("""
    UPDATE notification_bundles
    SET    due_at = CAST(:due AS timestamptz), claimed_until = '-infinity', attempts = attempts - 1
    WHERE  bundle_id = CAST(:bundle_id AS uuid) AND reschedule_from IS NULL
""")
POSTPONE = prepared("""
    UPDATE notification_bundles
    SET    claimed_until = CAST(:at AS timestamptz)
                           + make_interval(secs => least(CAST(:first AS float) * power(2, attempts - 1), :longest)),
           last_error = CAST(:error AS text), maybe_sent = maybe_sent OR :maybe_sent
    WHERE  bundle_id = CAST(:bundle_id AS uuid)
""")

# For the doctor, and the pages.
PARKED = text("""
    SELECT bundle_id, attempts, last_error
    FROM   notification_bundles
    WHERE  parked_at IS NOT NULL
    ORDER  BY created_at, bundle_id
    LIMIT  :limit
""")
# Like `taskforge.mail.queries.STATES_OF_MAILS`.
STATES_OF_BUNDLES = f"""
    SELECT b.bundle_id AS mail_id, 'notifications' AS kind, u.email AS to_address, b.created_at, b.attempts,
           b.last_error,
           CASE WHEN b.sent_at IS NOT NULL THEN 'sent'
                WHEN b.parked_at IS NOT NULL THEN 'given up'
                ELSE 'queued'
           END AS state
    FROM   notification_bundles b
           {join_person("b.user_id")}
"""
OVERDUE = text(f"""
    SELECT bundle_id, user_id, due_at
    FROM   notification_bundles
    WHERE  {_OPEN} AND greatest(due_at, claimed_until) <= :before
    ORDER  BY greatest(due_at, claimed_until)
    LIMIT  :limit
""")
FORGOTTEN = text(f"""
    SELECT w.user_id, count(*) AS lines
    FROM   notification_mails w
    WHERE  w.bundle_id IS NULL
           AND NOT EXISTS (SELECT
                           FROM   notification_bundles b
                           WHERE  b.user_id = w.user_id AND {_OPEN})
    GROUP  BY w.user_id
    LIMIT  :limit
""")
RELEASE = text("""
    WITH released AS (
        UPDATE notification_mails w
        SET    bundle_id = NULL, due_at = :at
        FROM   notification_bundles b
        WHERE  b.bundle_id = ANY(CAST(:ids AS uuid[])) AND b.parked_at IS NOT NULL AND w.bundle_id = b.bundle_id
        RETURNING w.user_id
    )
    SELECT DISTINCT user_id
    FROM   released
""")
DISCARD_PARKED = text("""
    DELETE FROM notification_bundles
    WHERE  bundle_id = ANY(CAST(:ids AS uuid[])) AND parked_at IS NOT NULL
""")
LATEST = text("""
    SELECT b.bundle_id, b.created_at, b.sent_at, b.message
    FROM   notification_bundles b
    WHERE  b.message IS NOT NULL
    ORDER  BY b.sent_at DESC, b.bundle_id DESC
    LIMIT  :limit
""")
ONE = text("""
    SELECT b.bundle_id, b.created_at, b.sent_at, b.message
    FROM   notification_bundles b
    WHERE  b.bundle_id = :bundle_id AND b.message IS NOT NULL
""")
