"""The activity of a team and its boards: as a page, and as a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from taskforge import clock
from taskforge.errors import InvalidInput
from taskforge.history.activity import (
    MAX_DOWNLOADED,
    Activity,
    Place,
    TeamReader,
    iterate_team_events,
    list_team_events,
    read_team_activity,
)
from taskforge.history.activity_files import csv_lines, json_pieces, note_download
from taskforge.http.forms import an_id, one_of
from taskforge.identity.current import current_actor
from taskforge.identity.streaming import stream
from taskforge.teams.queries import list_members
from taskforge.web.history.activity_page import page_links, read_asked, show_details, show_filter
from taskforge.web.history.presenters import show_event
from taskforge.web.teams.routes import blueprint

NOTHING = Activity((), False, False)
MIMETYPES = {"csv": "text/csv", "json": "application/json"}


@blueprint.get("/teams/<id:team_id>/activity")
def activity(team_id: str) -> ResponseReturnValue:
    """What happened in a team and on its boards, latest first; the address says what of it."""
    actor = current_actor()
    reader, asked = read_team_activity(actor, team_id), read_asked()
    found = NOTHING
    if not asked.problem:
        found = list_team_events(reader, chosen=asked.chosen, place=_place())
    page = render_template(
        "teams/activity.html",
        team={"team_id": team_id, "name": reader.membership.team_name},
        filter=show_filter(asked, list_members(actor, team_id), reader.boards.values()),
        entries=[_show(event) for event in found.events],
        downloads={
            kind: asked.address("teams.download_activity", team_id=team_id, format=kind)
            for kind in MIMETYPES
        },
        max_downloaded=MAX_DOWNLOADED,
        **page_links(asked, found, endpoint="teams.activity", key="event_id", team_id=team_id),
    )
    return page, 422 if asked.problem else 200


@blueprint.get("/teams/<id:team_id>/activity/download")
def download_activity(team_id: str) -> ResponseReturnValue:
    """The same as a file, CSV or JSON; the audit log notes who took it."""
    reader = read_team_activity(current_actor(), team_id)
    kind = one_of(request.args.get("format", "csv"), field="format", options=tuple(MIMETYPES))
    asked = read_asked()
    if asked.problem:
        raise InvalidInput(asked.problem)
    note_download(reader, kind)
    pieces = _pieces(kind, reader, iterate_team_events(reader, asked.chosen))
    response = Response(stream(pieces), mimetype=MIMETYPES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="activity.{kind}"'
    return response


def _pieces(kind: str, reader: TeamReader, events: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    zone = clock.reader_zone()
    if kind == "csv":
        return csv_lines(events, zone=zone, with_addresses=reader.sees_addresses)
    return json_pieces(events, zone=zone)


def _place() -> Place | None:
    """Where the page begins, by the event in ``before`` or ``after``."""
    for name in ("before", "after"):
        if value := request.args.get(name):
            return Place(an_id(value, field=name), is_later=name == "after")
    return None


def _show(event: Mapping[str, Any]) -> dict[str, Any]:
    board = event["board"]
    return {
        **show_event(event, {}),
        **show_details(event),
        "board": board
        and {
            "name": board["name"],
            "url": url_for("boards.show", board_id=board["board_id"]) if board["is_live"] else None,
        },
    }
