"""Audit events and notifications as a unit of work writes them, at instants of the past, with ids that chance gives."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from taskforge.events import Event
from taskforge.notification_kinds import NotificationKind
from taskforge.stores.operations import as_json
from tests.bench.store_rows import insert_rows

DELIVERED_AFTER = timedelta(milliseconds=300)
READ_WITHIN = timedelta(days=2)
INTENTS_KEPT = timedelta(days=29)
SHARE_READ = 0.8


def id_at(at: datetime, chance: Random) -> str:
    """An id (UUID version 7) of an instant, so that the order of ids is that of creation."""
    milliseconds = int(at.timestamp() * 1000)
    number = milliseconds << 80 | 7 << 76 | chance.getrandbits(12) << 64
    return str(uuid.UUID(int=number | 2 << 62 | chance.getrandbits(62)))


def audit_event(
    event: Event,
    entity_type: str,
    entity_id: str,
    *,
    event_id: str,
    version: int,
    actor_id: str,
    at: datetime,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    team_id: str | None = None,
    board_id: str | None = None,
    board_seq: int | None = None,
) -> dict[str, Any]:
    """A row of the audit log."""
    return {
        "event_id": event_id,
        "event": event,
        "entity_type": entity_type,
        "entity_id": entity_id,
        "entity_version": version,
        "action": event.action,
        "actor_id": actor_id,
        "action_timestamp": at,
        "previous_state": as_json(before),
        "new_state": as_json(after),
        "team_id": team_id,
        "board_id": board_id,
        "board_seq": board_seq,
    }


class Told:
    """Who was told of what: delivered notifications, and their intents as long as those are kept."""

    def __init__(self, chance: Random, until: datetime | None = None) -> None:
        self._chance = chance
        self._until = until
        self._notifications: list[dict[str, Any]] = []
        self._intents: list[dict[str, Any]] = []

    def tell(
        self,
        event: Mapping[str, Any],
        at: datetime,
        user_ids: Sequence[str | None],
        kind: NotificationKind,
        payload: Mapping[str, Any],
        **names: str,
    ) -> None:
        """Tell people of an event, but not who caused it; `names` are added when it is delivered."""
        stored = {"team_name" if key == "team" else key: name for key, name in names.items()}
        for user_id in dict.fromkeys(user_ids):
            if user_id is None or user_id == event["actor_id"]:
                continue
            known = {
                "event_id": event["event_id"],
                "user_id": user_id,
                "kind": kind,
                "created_at": at,
            }
            is_read = self._chance.random() < SHARE_READ
            self._notifications.append(
                {
                    **known,
                    "notification_id": id_at(at + DELIVERED_AFTER, self._chance),
                    "payload": {**stored, **payload},
                    "read_at": at + READ_WITHIN * self._chance.random() if is_read else None,
                }
            )
            if self._until is not None and at > self._until - INTENTS_KEPT:
                delivered_at = at + DELIVERED_AFTER
                self._intents.append({**known, "payload": payload, "delivered_at": delivered_at})

    def write(self) -> None:
        """Insert what was told since the last time."""
        insert_rows("notification_intents", self._intents)
        insert_rows("notifications", self._notifications)
        self._intents, self._notifications = [], []
