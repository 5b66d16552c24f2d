"""The last statement of a change: reference row, audit events, outbox messages and notification intents at once.

They belong to one transaction anyway; written together they cost one round trip instead of four. What is written
together with a reference row is written only if that row still had the version that the change is based on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, TextClause

from taskforge.errors import StaleVersion, Suspended
from taskforge.stores import outbox
from taskforge.stores.direct_execution import execute
from taskforge.stores.outbox import Message
from taskforge.stores.prepared_statements import prepared


@dataclass(frozen=True)
class Reference:
    """The UPDATE of a reference row, whose WHERE names the version that was read, or its INSERT; and the parameters.

    ``beside`` is the name and text of a further change in the same statement, ``name AS (UPDATE … RETURNING …)``, whose
    rows ``sql`` may select from.
    """

    sql: str
    parameters: Mapping[str, Any]
    beside: str = ""


# How the account of `:actor_id` is held as it is until COMMIT: a row with ``is_suspended`` and ``suspension_reason``,
# or none. The stores know no feature: the owner of the accounts gives the text (`ask_of_actors`).
_HOLD_ACTOR: list[str] = []


def ask_of_actors(statement: str) -> None:
    """Have each change ask by this SELECT whether its actor is suspended; it locks and answers their row."""
    _HOLD_ACTOR[:] = [statement]


def write(
    connection: Connection,
    reference: Reference | None,
    events: Sequence[Mapping[str, Any]],
    messages: Sequence[Message],
    intents: Sequence[Mapping[str, Any]] = (),
    fan_outs: Sequence[Mapping[str, Any]] = (),
    *,
    actor_id: str = "",
) -> None:
    """Write what there is. `actor_id` is whose change it is; empty for a part of it that another call completes.

    Raises:
        StaleVersion: another change came first.
        Suspended: the actor is suspended by now.
    """
    if not (reference or events or messages or intents or fan_outs):
        return
    statement = _statement(
        reference.sql if reference else "",
        reference.beside if reference else "",
        has_events=bool(events),
        has_messages=bool(messages),
        has_intents=bool(intents),
        has_fan_outs=bool(fan_outs),
        actor=_HOLD_ACTOR[0] if actor_id and _HOLD_ACTOR else "",
    )
    parameters = {
        **({"actor_id": actor_id} if actor_id else {}),
        **(reference.parameters if reference else {}),
        **({"events": json.dumps(events)} if events else {}),
        **(outbox.insert_parameters(messages) if messages else {}),
        **({"intents": json.dumps(intents)} if intents else {}),
        **({"fan_outs": json.dumps(fan_outs)} if fan_outs else {}),
    }
    written = execute(connection, statement, parameters).mappings().one()
    if written.get("is_suspended"):
        raise Suspended(written["suspension_reason"])
    if reference and written["changed"] != 1:
        raise StaleVersion()


@cache
def _statement(
    reference: str,
    beside: str,
    *,
    has_events: bool,
    has_messages: bool,
    has_intents: bool,
    has_fan_outs: bool,
    actor: str,
) -> TextClause:
    """The statement for the parts that a change has: there are few combinations, so that all stay prepared."""
    guard = "EXISTS (SELECT FROM reference)" if reference else "true"
    parts = [beside] if beside else []
    if reference:
        parts.append(f"reference AS ({reference} RETURNING 1)")
    if has_events:
        parts.append(f"events AS ({_INSERT_EVENTS} WHERE {guard})")
    if has_messages:
        parts.append(f"messages AS ({outbox.INSERT} WHERE {guard})")
    if has_intents:
        parts.append(f"intents AS ({_INSERT_INTENTS} WHERE {guard})")
    if has_fan_outs:
        parts.append(f"fan_outs AS ({_INSERT_FAN_OUTS} WHERE {guard})")
    changed = "(SELECT count(*) FROM reference)" if reference else "0"
    answer = f"SELECT {changed} AS changed"
    if actor:
        parts.append(f"actor AS MATERIALIZED ({actor})")
        answer += ", actor.* FROM (SELECT 1) one LEFT JOIN actor ON true"
    return prepared(f"WITH {', '.join(parts)} {answer}")


# An absent state is JSON's null, as the column has always had it.
_INSERT_EVENTS = """
    INSERT INTO audit_logs (
        event_id, event, entity_type, entity_id, entity_version, action, actor_id, action_timestamp,
        previous_state, new_state,
        ip_address, user_agent, team_id, board_id, board_seq, operation_id
    )
    SELECT
        event_id, event, entity_type, entity_id, entity_version, action, actor_id, action_timestamp,
        coalesce(previous_state, jsonb 'null'), coalesce(new_state, jsonb 'null'),
        ip_address, user_agent, team_id, board_id, board_seq, operation_id
    FROM jsonb_populate_recordset(CAST(NULL AS audit_logs), CAST(:events AS jsonb))
"""

_INSERT_INTENTS = """
    INSERT INTO notification_intents (event_id, user_id, kind, payload, created_at)
    SELECT event_id, user_id, kind, payload, created_at
    FROM   jsonb_populate_recordset(CAST(NULL AS notification_intents), CAST(:intents AS jsonb))
"""
_INSERT_FAN_OUTS = """
    INSERT INTO notification_fan_outs (event_id, kind, payload, actor_id, created_at)
    SELECT event_id, kind, payload, actor_id, created_at
    FROM   jsonb_populate_recordset(CAST(NULL AS notification_fan_outs), CAST(:fan_outs AS jsonb))
"""
