"""An activity as a file: CSV for spreadsheets, or JSON; line by line, so that nothing holds all of it.

Times are in the reader's zone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from taskforge.audit import security_events
from taskforge.events import Event
from taskforge.history.activity import TeamReader
from taskforge.history.changes import FieldChange
from taskforge.text.csv_lines import BYTE_ORDER_MARK, csv_line

NOBODY = "TaskForge"
_COLUMNS = ("Person", "What", "Event", "Thing", "Board", "Changes")
_ADDRESS_COLUMNS = ("Address", "Agent")


def note_download(reader: TeamReader, kind: str) -> None:
    """Note in the audit log who took the activity of a team out, and as what."""
    actor = reader.actor
    security_events.report(
        Event.USER_ACTIVITY_DOWNLOADED,
        user_id=actor.user_id,
        details=dict(actor.signed({"team_id": reader.membership.team_id, "format": kind}) or {}),
        ip=actor.ip,
        user_agent=actor.user_agent,
    )


def csv_lines(
    events: Iterable[Mapping[str, Any]], *, zone: ZoneInfo, with_addresses: bool
) -> Iterator[str]:
    """The lines of a CSV file, the first of which names the columns."""
    extra = _ADDRESS_COLUMNS if with_addresses else ()
    yield BYTE_ORDER_MARK + csv_line([f"Time ({zone.key})", *_COLUMNS, *extra])
    for event in events:
        cells = [
            f"{event['at'].astimezone(zone):%Y-%m-%d %H:%M:%S}",
            event["actor_name"] or NOBODY,
            event["summary"],
            event["event"],
            f"{event['entity_type']} {event['entity_id']}",
            event["board"]["name"] if event["board"] else "",
            "; ".join(_words(change) for change in event["changes"]),
        ]
        if with_addresses:
            cells += [event["ip_address"] or "", event["user_agent"] or ""]
        yield csv_line(cells)


def json_pieces(events: Iterable[Mapping[str, Any]], *, zone: ZoneInfo) -> Iterator[str]:
    """The pieces of a JSON document, one for each event: an object with the list ``items``."""
    yield '{"items": ['
    separator = "\n"
    for event in events:
        yield separator + json.dumps(_as_json(event, zone), ensure_ascii=False)
        separator = ",\n"
    yield "\n]}\n"


def _words(change: FieldChange) -> str:
    return f"{change.field}: {change.before or 'nothing'} → {change.after or 'nothing'}"


def _as_json(event: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    shown = {
        "eventId": event["event_id"],
        "at": event["at"].astimezone(zone).isoformat(timespec="milliseconds"),
        "actorId": event["actor_id"],
        "actorName": event["actor_name"],
        "summary": event["summary"],
        "event": event["event"],
        "entityType": event["entity_type"],
        "entityId": event["entity_id"],
        "boardId": event["board_id"],
        "boardName": event["board"]["name"] if event["board"] else None,
        "changes": [
            {"field": one.field, "before": one.before, "after": one.after}
            for one in event["changes"]
        ],
    }
    if "ip_address" in event:
        shown |= {"ipAddress": event["ip_address"], "userAgent": event["user_agent"]}
    return shown
