"""The audit queue's jobs: seal what was committed, and write security events that belong to no transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from taskforge import faults, jobs
from taskforge.audit import chain
from taskforge.extensions import config_of, redis_client
from taskforge.stores import sql


def seal_pending() -> int:
    """Seal all facts that are not in the chain yet; answers how many."""
    faults.point("job.started")
    jobs.answer_doorbell(jobs.AUDIT, redis_client())
    return chain.seal_pending(config_of().audit_key.encode())


def write_security_event(event: dict[str, Any]) -> None:
    """Write one security event (see `taskforge.audit.security`) unless it is there, and seal it."""
    faults.point("job.started")
    insert_security_event(event)
    chain.seal_pending(config_of().audit_key.encode())


def insert_security_event(event: dict[str, Any]) -> None:
    """The audit row of a security event; repeating it does nothing."""
    sql.execute_now(
        text(
            "INSERT INTO audit_logs (event_id, event, entity_type, entity_id, action, actor_id, action_timestamp,"
            " new_state, ip_address, user_agent) VALUES (:event_id, :event, :entity_type, :entity_id, :action,"
            " :actor_id, CAST(:at AS timestamptz), :new_state, CAST(:ip AS inet), :user_agent)"
            " ON CONFLICT (event_id) DO NOTHING"
        ).bindparams(bindparam("new_state", type_=JSONB)),
        event,
    )
