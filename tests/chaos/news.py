"""What people are to hear of, by the audit events, against what their inboxes and their mails have.

Which events they are is known without the notifications' own tables: whoever has a task hears that it was given to
them, of comments on it and of its moves, by others. Nobody else takes part in the tasks of these clients, and nobody
mutes anything. What was in the trash when it was to be told is not told; only such a time excuses a missing line.
"""

from __future__ import annotations

# How much later than its neighbours something may have been told or mailed: the workers are killed at it.
_LATE = "interval '15 seconds'"
# When something was in the trash: a task, its board or its team.
_GONE = """
    gone AS (
        SELECT d.entity_id, d.action_timestamp AS since,
               coalesce((SELECT min(r.action_timestamp)
                         FROM   audit_logs r
                         WHERE  r.entity_id = d.entity_id AND r.log_id > d.log_id
                                AND r.event IN ('task.restored', 'board.restored', 'team.restored')),
                        'infinity') AS until
        FROM   audit_logs d
        WHERE  d.event IN ('task.deleted', 'board.deleted', 'team.deleted')
    )
"""
# The events, who is to hear of each (nobody: an empty array), and who has a line.
_EVENTS = """
    events AS (
        SELECT l.event_id, l.event, l.action_timestamp AS at, ARRAY[k.task_id, l.board_id, l.team_id] AS within,
               CASE WHEN k.assignee_id <> l.actor_id THEN ARRAY[k.assignee_id] ELSE '{}' END AS readers,
               ARRAY(SELECT n.user_id
                     FROM   notifications n
                     WHERE  n.event_id = l.event_id) AS told
        FROM   audit_logs l
               LEFT JOIN comments c ON c.comment_id = l.entity_id
               JOIN tasks k ON k.task_id = coalesce(c.task_id, l.entity_id)
        WHERE  l.event IN ('task.created', 'comment.created')
               OR l.event = 'task.moved' AND l.new_state ? 'column_id'
    )
"""
# Intents are delivered in their order: what is missing was let be before those that came after it.
_TOLD_WRONGLY = f"""
    WITH {_GONE}, {_EVENTS}
    SELECT e.event_id, e.event, e.readers, e.told
    FROM   events e
    WHERE  e.told <> e.readers
           AND NOT (e.told = '{{}}'
                    AND EXISTS (SELECT
                                FROM   gone g
                                WHERE  g.entity_id = ANY(e.within) AND g.until >= e.at
                                       AND g.since <= {_LATE} + coalesce((SELECT min(i.delivered_at)
                                                                          FROM   notification_intents i
                                                                          WHERE  i.created_at > e.at), 'infinity')))
"""
# A line is planned with its insertion, and taken out only by the next mail that was made for its reader.
_NOT_PLANNED = f"""
    WITH {_GONE}
    SELECT n.event_id, n.user_id
    FROM   notifications n
           JOIN audit_logs l USING (event_id)
    WHERE  n.kind IN ('assigned', 'commented')
           AND NOT EXISTS (SELECT
                           FROM   notification_mails w
                           WHERE  w.notification_id = n.notification_id)
           AND NOT EXISTS (SELECT
                           FROM   gone g
                           WHERE  g.entity_id IN (CAST(n.payload ->> 'task_id' AS uuid), l.board_id, l.team_id)
                                  AND g.until >= n.created_at
                                  AND g.since <= {_LATE} + coalesce((SELECT min(b.sent_at)
                                                                     FROM   notification_bundles b
                                                                     WHERE  b.user_id = n.user_id
                                                                            AND b.sent_at > n.created_at), 'infinity'))
"""
# Like `judge.FORBIDDEN`.
FORBIDDEN = {
    "events not told to whom they concern, and to nobody else": _TOLD_WRONGLY,
    "lines that were not planned to be mailed": _NOT_PLANNED,
    "lines that are due and in no mail": "SELECT notification_id FROM notification_mails"
    " WHERE bundle_id IS NULL AND due_at <= now()",
    "mails given up": "SELECT bundle_id, last_error FROM notification_bundles WHERE parked_at IS NOT NULL"
    " UNION ALL SELECT mail_id, last_error FROM mail_intents WHERE parked_at IS NOT NULL",
}
# What is due within the minute that mails wait for what follows.
UNSENT = {
    "unsent mails": "SELECT (SELECT count(*) FROM mail_intents WHERE sent_at IS NULL AND parked_at IS NULL)"
    " + (SELECT count(*) FROM notification_bundles WHERE sent_at IS NULL AND parked_at IS NULL"
    " AND due_at <= now() + interval '61 seconds')",
}
SENT = """
    SELECT CAST(bundle_id AS text)
    FROM   notification_bundles
    WHERE  sent_at IS NOT NULL
    UNION  ALL
    SELECT CAST(mail_id AS text)
    FROM   mail_intents
    WHERE  sent_at IS NOT NULL
"""
# The words of comments, with the mail that is to say them; without comments that were away for a time.
MAILED_COMMENTS = """
    SELECT l.new_state ->> 'content', CAST(w.bundle_id AS text)
    FROM   audit_logs l
           JOIN notifications n USING (event_id)
           JOIN notification_mails w USING (notification_id)
           JOIN notification_bundles b USING (bundle_id)
    WHERE  l.event = 'comment.created' AND b.sent_at IS NOT NULL
           AND NOT EXISTS (SELECT
                           FROM   audit_logs d
                           WHERE  d.entity_id = l.entity_id AND d.event = 'comment.deleted')
"""
FIGURES = {
    "eventsToHearOf": f"WITH {_EVENTS} SELECT count(*) FROM events WHERE readers <> '{{}}'",
    "toldOfThem": f"WITH {_EVENTS} SELECT count(*) FROM events WHERE told <> '{{}}'",
    "inboxLines": "SELECT count(*) FROM notifications",
    "linesMailed": "SELECT count(*) FROM notification_mails JOIN notification_bundles USING (bundle_id)"
    " WHERE sent_at IS NOT NULL",
    "mailsOfNotifications": "SELECT count(*) FROM notification_bundles WHERE sent_at IS NOT NULL",
    "otherMails": "SELECT count(*) FROM mail_intents WHERE sent_at IS NOT NULL",
}
