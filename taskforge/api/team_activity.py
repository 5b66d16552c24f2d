"""The activity of a team and its boards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from taskforge import clock
from taskforge.api.blueprints import ApiBlueprint
from taskforge.api.paging import DEFAULT_LIMIT, cursors_of, read_place
from taskforge.api.schemas import activity as schemas
from taskforge.history.activity import (
    Place,
    iterate_team_events,
    list_team_events,
    read_team_activity,
)
from taskforge.history.activity_files import csv_lines, note_download
from taskforge.history.activity_filter import ActivityFilter, read_activity_filter
from taskforge.identity.current import current_actor
from taskforge.identity.streaming import stream
from taskforge.text.people import person_of

blueprint = ApiBlueprint("team_activity", __name__, topic="Teams", prefix="/teams")


@blueprint.get("/<any_id:team_id>/activity")
@blueprint.arguments(schemas.ActivityPage, location="query")
@blueprint.response(200, schemas.Activity)
def list_activity(query: dict[str, Any], team_id: str) -> Any:
    """What happened in a team and on those of its boards that one sees, newest first."""
    reader = read_team_activity(current_actor(), team_id)
    place = read_place(query)
    found = list_team_events(
        reader,
        chosen=_filter_of(query),
        place=Place(*place) if place else None,
        limit=query.get("limit", DEFAULT_LIMIT),
    )
    return {
        "items": [_show(event) for event in found.events],
        **cursors_of(
            [event["event_id"] for event in found.events],
            has_earlier=found.has_earlier,
            has_later=found.has_later,
        ),
    }


@blueprint.get("/<any_id:team_id>/activity.csv")
@blueprint.arguments(schemas.ActivityFilter, location="query")
@blueprint.response(200, {"type": "string"}, content_type="text/csv")
def download_activity(query: dict[str, Any], team_id: str) -> Response:
    """The same as a file for spreadsheets, at most the latest 10,000 events, with times in UTC."""
    reader = read_team_activity(current_actor(), team_id)
    events = iterate_team_events(reader, _filter_of(query))
    note_download(reader, "csv")
    lines = csv_lines(events, zone=clock.reader_zone(), with_addresses=reader.sees_addresses)
    return Response(stream(lines), mimetype="text/csv")


def _filter_of(query: Mapping[str, Any]) -> ActivityFilter:
    return read_activity_filter(
        {
            **{name: query[name] for name in ("who", "what", "entity", "board") if name in query},
            "from": query.get("since", ""),
            "to": query.get("until", ""),
        }
    )


def _show(event: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **event,
        "actor": person_of(event["actor_id"], event["actor_name"], picture=event["actor_picture"]),
        "board_name": event["board"]["name"] if event["board"] else None,
    }
