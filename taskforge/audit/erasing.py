"""Erases a deleted person from the audit log: what is left of their events names them by their pseudonym, their id.

Who did what to which thing and when stays, and so does each link of the hash chain: an erased event is proved by a hash
of its own (`chain.erasure_hash`). PostgreSQL lets nothing else be changed, and only while an account is being deleted.

Erased are: addresses and agents of all that the person did; of the events of their account everything but a list of
harmless values; their e-mail address wherever else it stands, but not in what people wrote on boards.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import text

from taskforge.audit import chain
from taskforge.audit.security_events import pseudonym
from taskforge.stores import sql
from taskforge.stores.actor import BY_PROGRAM, NOBODY
from taskforge.stores.prepared_statements import prepared

log = structlog.get_logger()
WINDOW = 1000  # events that are looked at by one statement
ERASED = "deleted person"
WRITTEN = ("board", "task", "comment", "attachment")  # their states are what people wrote in teams
# What the events of an account may go on saying of it.
HARMLESS = {
    "is_site_admin", "version", "by", "kind", "second_factor", "sessions", "sessions_ended", "kept_current",
    "session_id", "revoked", "deleted", "two_factor_at", "recovery_codes", "password_changed_at",
    "email_verified_at", "is_suspended", "suspended", "suspended_at", "export_id", "records", "memberships",
    "teams_deleted",
    "invitations", "events_erased", BY_PROGRAM,
}  # fmt: skip

_FOUND = text(f"""
    SELECT c.seq, c.prev_hash, c.hash, e.hash AS erased_hash, {chain.EVENT_COLUMNS}
    FROM   audit_logs l
           LEFT JOIN audit_chain c USING (log_id)
           LEFT JOIN audit_erasures e USING (log_id)
    WHERE  l.log_id > :after AND l.log_id <= :until
           AND (l.actor_id = :user_id OR l.entity_id = :user_id
                OR l.new_state ->> 'address' = ANY(CAST(:pseudonyms AS text[]))
                OR l.entity_type <> ALL(CAST(:written AS text[]))
                   AND EXISTS (SELECT
                               FROM   unnest(CAST(:addresses AS text[])) AS a (address)
                               WHERE  position(a.address IN lower(l.new_state::text)) > 0
                                      OR position(a.address IN lower(l.previous_state::text)) > 0))
    ORDER  BY l.log_id
""")
_NEWEST = text("SELECT coalesce(max(log_id), 0) FROM audit_logs")
_ERASE = prepared("""
    SELECT taskforge_erase_event(
               CAST(:log_id AS bigint), CAST(:previous AS jsonb), CAST(:new AS jsonb),
               CAST(:drops_client AS boolean), CAST(:hash AS bytea))
""")


@dataclass(frozen=True)
class Erased:
    """A deleted person, and the addresses that their account had; ``deletion_id`` is the event that says so."""

    user_id: str
    addresses: tuple[str, ...]
    deletion_id: str

    @property
    def pseudonyms(self) -> set[str]:
        """What refused log-ins say in place of the addresses."""
        return {pseudonym(address) for address in self.addresses}


@dataclass(frozen=True)
class Progress:
    """How far an erasure has come: the last event that it looked at, what it erased, and whether that was the last."""

    last_log_id: int
    erased: int
    is_done: bool


def erase_window(key: bytes, person: Erased, after: int) -> Progress:
    """Erase a person from the next events of the log, at most `WINDOW`. May be repeated.

    It stops before an event that is not sealed yet: seal first.
    """
    newest = int(sql.scalar(_NEWEST))
    until = min(after + WINDOW, newest)
    found = sql.rows(
        _FOUND,
        {
            "after": after,
            "until": until,
            "user_id": person.user_id,
            "pseudonyms": sorted(person.pseudonyms),
            "addresses": [json.dumps(one, ensure_ascii=False)[1:-1] for one in person.addresses],
            "written": list(WRITTEN),
        },
    )
    unsealed = next((event["log_id"] for event in found if event["seq"] is None), None)
    if unsealed is not None:
        until = unsealed - 1
    erased = _erase(key, person, [event for event in found if event["log_id"] <= until])
    return Progress(until, erased, is_done=until >= newest)


def _erase(key: bytes, person: Erased, events: Sequence[Mapping[str, Any]]) -> int:
    """Erase the person from sealed events. One that was changed behind TaskForge's back stays, for the doctor."""
    erased = 0
    with sql.transaction() as connection:
        for event in events:
            left = without_person(person, event)
            if left == {name: event[name] for name in left}:
                continue
            if not chain.is_true_event(key, event):
                log.error(
                    "event_not_erased", log_id=event["log_id"], why="it is not what was sealed"
                )
                continue
            connection.execute(
                _ERASE,
                {
                    "log_id": event["log_id"],
                    "previous": _as_json(left["previous_state"]),
                    "new": _as_json(left["new_state"]),
                    "drops_client": _is_theirs(person, event),
                    "hash": chain.erasure_hash(key, bytes(event["hash"]), {**event, **left}),
                },
            )
            erased += 1
    return erased


def without_person(person: Erased, event: Mapping[str, Any]) -> dict[str, Any]:
    """What of an event's states and client may stay."""
    states = {name: event[name] for name in ("previous_state", "new_state")}
    is_about_account = event["entity_type"] == "user" and event["entity_id"] == person.user_id
    if is_about_account and event["event_id"] != person.deletion_id:
        states = {name: _harmless(state) for name, state in states.items()}
    elif event["entity_type"] not in WRITTEN:
        hidden = {*person.addresses, *person.pseudonyms}
        states = {name: _without(state, hidden) for name, state in states.items()}
    if event["actor_id"] == person.user_id:
        states["new_state"] = _without_token_name(states["new_state"])
    client = ("ip_address", "user_agent")
    return states | {name: None if _is_theirs(person, event) else event[name] for name in client}


def _is_theirs(person: Erased, event: Mapping[str, Any]) -> bool:
    """Whether the client of an event was the person's: they acted, or tried to log in."""
    if event["actor_id"] == person.user_id:
        return True
    state = event["new_state"] or {}
    is_of_account = (
        event["entity_id"] == person.user_id or state.get("address") in person.pseudonyms
    )
    return is_of_account and event["actor_id"] in (None, NOBODY)


def _without_token_name(state: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """A state without the name that the person gave to the API token by which they acted."""
    if state is None or BY_PROGRAM not in state:
        return state
    return {**state, BY_PROGRAM: {"token_id": state[BY_PROGRAM]["token_id"]}}


def _harmless(state: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if state is None:
        return None
    return {name: value for name, value in state.items() if name in HARMLESS}


def _without(value: Any, hidden: set[str]) -> Any:
    """A value with each text that is one of `hidden` replaced, at any depth."""
    if isinstance(value, str):
        return ERASED if value.lower() in hidden else value
    if isinstance(value, Mapping):
        return {name: _without(inner, hidden) for name, inner in value.items()}
    if isinstance(value, list):
        return [_without(inner, hidden) for inner in value]
    return value


def _as_json(state: Mapping[str, Any] | None) -> str | None:
    return None if state is None else json.dumps(state, ensure_ascii=False)
