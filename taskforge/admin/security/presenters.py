"""Security events for templates."""

from __future__ import annotations

import json
from typing import Any

from taskforge.admin.security.words import OWN_SENTENCES, SENTENCES
from taskforge.events import find_event
from taskforge.stores import sql
from taskforge.text.devices import describe_device
from taskforge.text.people import person_of

SOMEBODY = "somebody"


def show_event(row: sql.Row) -> dict[str, Any]:
    """A row of `taskforge.admin.security.queries`; ``details`` are the states before and after, as text."""
    states = (("Before", row["previous_state"]), ("After", row["new_state"]))
    return {
        "id": row["event_id"],
        "name": row["event"],
        "actor": person_of(row["actor_id"], row["actor_name"]),
        "sentence": _sentence(row),
        "at": row["at"],
        "ip": row["ip_address"],
        "device": describe_device(row["user_agent"]) if row["user_agent"] else "",
        "details": [(title, _as_text(state)) for title, state in states if state],
    }


def _sentence(row: sql.Row) -> str:
    """The sentence after the actor's name, or all of it where no account acted."""
    event, is_own = find_event(row["event"]), row["actor_id"] == row["entity_id"]
    if event is None:  # of another release
        return str(row["event"])
    words = SENTENCES.get(event, event.value)
    if is_own:
        words = OWN_SENTENCES.get(event, words)
    person = "themselves" if is_own else row["person_name"] or SOMEBODY
    said = words.format(person=person)
    return said if row["actor_name"] or not said[0].islower() else f"{SOMEBODY.capitalize()} {said}"


def _as_text(state: Any) -> str:
    return json.dumps(state, ensure_ascii=False, indent=1, sort_keys=True)
