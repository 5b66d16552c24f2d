"""Security events for templates."""

from __future__ import annotations

import json
from typing import Any

from taskforge.admin.security.words import SENTENCES
from taskforge.events import find_event
from taskforge.stores import sql
from taskforge.text.devices import describe_device
from taskforge.text.people import person_of

SOMEBODY = "somebody"


def show_event(row: sql.Row) -> dict[str, Any]:
    """A row of `taskforge.admin.security.queries`; ``details`` are the states before and after, as text."""
    event = find_event(row["event"])
    known = str(row["event"] if event is None else SENTENCES.get(event, event))
    states = (("Before", row["previous_state"]), ("After", row["new_state"]))
    return {
        "id": row["event_id"],
        "name": row["event"],
        "actor": person_of(row["actor_id"], row["actor_name"]),
        "sentence": _sentence(known.format(person=_whose(row)), is_known=bool(row["actor_name"])),
        "at": row["at"],
        "ip": row["ip_address"],
        "device": describe_device(row["user_agent"]) if row["user_agent"] else "",
        "details": [(title, _as_text(state)) for title, state in states if state],
    }


def _sentence(words: str, *, is_known: bool) -> str:
    """The sentence after the actor's name, or all of it where no account acted."""
    return words if is_known or not words[0].islower() else f"{SOMEBODY.capitalize()} {words}"


def _whose(row: sql.Row) -> str:
    if row["actor_id"] == row["entity_id"]:
        return "themselves"
    return row["person_name"] or SOMEBODY


def _as_text(state: Any) -> str:
    return json.dumps(state, ensure_ascii=False, indent=1, sort_keys=True)
