"""The last statement of a change: its reference row, audit facts, outbox messages and notification intents at once.

They belong to one transaction anyway; written together they cost one round trip instead of four. What is written
beside a reference row is written only if that row was at the version that somebody had read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, TextClause

from taskforge.errors import StaleVersion
from taskforge.stores.outbox import REQUEST_LEASE_SECONDS, Message
from taskforge.stores.prepared_statements import prepared

FACT_COLUMNS = (
    "event_id, event, entity_type, entity_id, entity_version, action, actor_id, action_timestamp, previous_state,"
    " new_state, ip_address, user_agent, team_id, board_id, board_seq, operation_id"
)


@dataclass(frozen=True)
class Reference:
    """The UPDATE of a reference row that names, in its WHERE, the version that was read; and its parameters."""

    sql: str
    parameters: Mapping[str, Any]


def write(
    connection: Connection,
    reference: Reference | None,
    facts: Sequence[Mapping[str, Any]],
    messages: Sequence[Message],
    intents: Sequence[Mapping[str, Any]],
) -> int:
    """Write what there is; the number of intents that were written: only members of a team hear of its tasks.

    Raises:
        StaleVersion: another change came first.
    """
    if not (reference or facts or messages or intents):
        return 0
    statement = _statement(
        reference.sql if reference else "", bool(facts), bool(messages), bool(intents)
    )
    parameters = {
        **(reference.parameters if reference else {}),
        **({"facts": json.dumps(facts)} if facts else {}),
        **(_arrays(messages) if messages else {}),
        **({"intents": json.dumps(intents)} if intents else {}),
    }
    written = connection.execute(statement, parameters).one()
    if reference and written.changed != 1:
        raise StaleVersion()
    return int(written.told)


def _arrays(messages: Sequence[Message]) -> dict[str, Any]:
    return {
        "entity_types": [message.entity_type for message in messages],
        "entity_ids": [message.entity_id for message in messages],
        "registers": [message.register for message in messages],
        "versions": [message.version for message in messages],
        "payloads": [message.payload for message in messages],
        "lease": REQUEST_LEASE_SECONDS,
    }


@cache
def _statement(reference: str, facts: bool, messages: bool, intents: bool) -> TextClause:
    """The statement for the parts that a change has: few combinations, so that all are kept."""
    guard = " WHERE EXISTS (SELECT FROM reference)" if reference else ""
    parts = {
        f"reference AS ({reference} RETURNING 1)": bool(reference),
        f"facts AS ({_FACTS}{guard})": facts,
        f"messages AS ({_MESSAGES}{guard})": messages,
        f"told AS ({_INTENTS}{guard.replace('WHERE', 'AND')} RETURNING 1)": intents,
    }
    changed = "(SELECT count(*) FROM reference)" if reference else "0"
    told = "(SELECT count(*) FROM told)" if intents else "0"
    return prepared(
        f"WITH {', '.join(part for part, wanted in parts.items() if wanted)}"
        f" SELECT {changed} AS changed, {told} AS told"
    )


# An absent state is JSON's null, as the column has always had it.
_FACTS = (
    f"INSERT INTO audit_logs ({FACT_COLUMNS}) SELECT"
    f" {FACT_COLUMNS.replace('previous_state, new_state', '{states}')}"
    " FROM jsonb_populate_recordset(CAST(NULL AS audit_logs), CAST(:facts AS jsonb))"
).format(
    states="coalesce(previous_state, jsonb 'null'), coalesce(new_state, jsonb 'null')",
)
# A text register is leased to the request for a moment, since it applies the message itself after COMMIT.
_MESSAGES = (
    "INSERT INTO outbox (entity_type, entity_id, register, version, payload, claimed_until)"
    " SELECT m.*, CASE WHEN m.register = 'text' THEN now() + make_interval(secs => :lease) ELSE '-infinity' END"
    " FROM unnest(CAST(:entity_types AS text[]), CAST(:entity_ids AS uuid[]), CAST(:registers AS text[]),"
    " CAST(:versions AS int[]), CAST(:payloads AS bytea[])) AS m (entity_type, entity_id, register, version, payload)"
)
_INTENTS = (
    "INSERT INTO notification_intents (event_id, user_id, kind, payload, created_at)"
    " SELECT i.event_id, i.user_id, i.kind, i.payload, i.created_at"
    " FROM jsonb_to_recordset(CAST(:intents AS jsonb)) AS i"
    " (event_id uuid, user_id uuid, kind text, payload jsonb, created_at timestamptz, members_of uuid)"
    " WHERE (i.members_of IS NULL OR EXISTS (SELECT FROM team_memberships m"
    " WHERE m.team_id = i.members_of AND m.user_id = i.user_id))"
)
