"""The audit queue's jobs: seal what was committed, and write security events that belong to no transaction."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from taskforge import faults
from taskforge.audit import chain
from taskforge.errors import Unavailable
from taskforge.events import Event
from taskforge.extensions import config_of
from taskforge.messaging import queues
from taskforge.stores import sql

MAX_WAIT_SECONDS = 40
# An event is to be sealed within a minute, and nobody waits for it: while many changes are made, a second of them is
# one batch. A round takes four round trips to PostgreSQL, however few events it seals.
ROUND_SECONDS = 1.0

# An event that comes after its person was erased from the log brings no address or agent back.
_INSERT_SECURITY_EVENT = text(f"""
    INSERT INTO audit_logs (event_id, event, entity_type, entity_id, action, actor_id, action_timestamp,
                            new_state, ip_address, user_agent)
    SELECT CAST(:event_id AS uuid), :event, :entity_type, CAST(:entity_id AS uuid), :action,
           CAST(:actor_id AS uuid), CAST(:at AS timestamptz), :new_state,
           CASE WHEN NOT is_deleted THEN CAST(:ip AS inet) END,
           CASE WHEN NOT is_deleted THEN CAST(:user_agent AS text) END
    FROM   (SELECT EXISTS (SELECT
                           FROM   audit_logs d
                           WHERE  d.entity_id = CAST(:entity_id AS uuid)
                                  AND d.event = '{Event.USER_DELETED}') AS is_deleted) person
    ON CONFLICT (event_id) DO NOTHING
""").bindparams(bindparam("new_state", type_=JSONB))


def seal_pending() -> int:
    """Seal all audit events that are not in the chain yet; answers how many."""
    faults.point("job.started")
    return queues.process_queue(queues.AUDIT, _seal, round_seconds=ROUND_SECONDS)


def write_security_event(event: dict[str, Any]) -> None:
    """Write one security event (see `taskforge.audit.security_events`) unless it is there, and seal it.

    Only this job holds the event, so it waits while PostgreSQL is away.
    """
    faults.point("job.started")
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    while True:
        try:
            insert_security_event(event)
            break
        except Unavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(1)
    queues.postpone_if_unavailable(queues.AUDIT, _seal)


def insert_security_event(event: dict[str, Any]) -> None:
    """Insert the audit row of a security event. Idempotent."""
    sql.execute_now(
        _INSERT_SECURITY_EVENT,
        event,
    )


def _seal() -> int:
    return chain.seal_pending(config_of().audit_key.encode())
