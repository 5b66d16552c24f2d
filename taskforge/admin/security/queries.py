"""The security events: what happened to accounts, and what site administrators did. Latest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text

from taskforge.accounts.queries import left_join_person
from taskforge.events import Event
from taskforge.stores import sql

PAGE = 50

_EVENTS = text(f"""
    SELECT l.event_id, l.event, l.action_timestamp AS at, l.actor_id, actor.display_name AS actor_name,
           l.entity_id, person.display_name AS person_name, host(l.ip_address) AS ip_address, l.user_agent,
           l.previous_state, l.new_state
    FROM   audit_logs l
           {left_join_person("l.actor_id", "actor")}
           {left_join_person("l.entity_id", "person")}
           LEFT JOIN audit_logs earlier ON earlier.event_id = CAST(:after AS uuid)
    WHERE  l.entity_type = 'user'
           AND (earlier.log_id IS NULL
                OR (l.action_timestamp, l.log_id) < (earlier.action_timestamp, earlier.log_id))
           AND (CAST(:events AS text[]) IS NULL OR l.event = ANY(CAST(:events AS text[])))
           AND (CAST(:person_id AS uuid) IS NULL OR l.entity_id = CAST(:person_id AS uuid)
                OR l.actor_id = CAST(:person_id AS uuid))
           AND l.action_timestamp >= coalesce(CAST(:since AS timestamptz), '-infinity')
           AND l.action_timestamp < coalesce(CAST(:until AS timestamptz), 'infinity')
    ORDER  BY l.action_timestamp DESC, l.log_id DESC
    LIMIT  :limit
""")


def list_security_events(
    *,
    events: Sequence[Event] | None = None,
    person_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    after_id: str | None = None,
    limit: int = PAGE,
) -> Sequence[sql.Row]:
    """Events of accounts, of some kinds (None: all), to or by one person, from `since` to before `until`.

    `after_id` is the event behind which the list goes on.
    """
    return sql.rows(
        _EVENTS,
        {
            "events": None if events is None else [event.value for event in events],
            "person_id": person_id,
            "since": since,
            "until": until,
            "after": after_id,
            "limit": limit,
        },
    )
