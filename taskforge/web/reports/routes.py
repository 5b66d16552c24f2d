"""The pages of reports: of a board, and of all boards of a team that somebody sees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from taskforge.boards.access import access_board
from taskforge.errors import InvalidInput, NotFound
from taskforge.http.file_answers import disposition
from taskforge.http.forms import one_of
from taskforge.identity.current import current_actor
from taskforge.reports.catalogue import (
    REPORTS,
    Answer,
    Report,
    overview_of_board,
    overview_of_team,
    report_of_board,
    report_of_team,
)
from taskforge.reports.sentences import say
from taskforge.reports.tables import csv_lines
from taskforge.teams.access import access_team
from taskforge.web.boards.presenters import show_board
from taskforge.web.reports.presenters import (
    NAMES,
    WIDE,
    Place,
    draw,
    show_form,
    show_report,
    show_tabs,
    show_tile,
)

MAX_GIVEN = 1_000  # characters of a value

blueprint = Blueprint("reports", __name__)


@blueprint.get("/boards/<id:board_id>/reports")
def board_index(board_id: str) -> ResponseReturnValue:
    """All reports of a board, small."""
    return _overview(Place("board", board_id), _board(board_id))


@blueprint.get("/boards/<id:board_id>/reports/<report>")
def board_show(board_id: str, report: str) -> ResponseReturnValue:
    """A report of a board."""
    return _page(Place("board", board_id), _find(report), _board(board_id))


@blueprint.get("/boards/<id:board_id>/reports/<report>/download")
def board_download(board_id: str, report: str) -> Response:
    """The same as a table (``format=csv``) or as a picture (``svg``)."""
    return _file(report_of_board(current_actor(), _find(report), board_id, _given()))


@blueprint.get("/teams/<id:team_id>/reports")
def team_index(team_id: str) -> ResponseReturnValue:
    """All reports of the boards of a team, small."""
    return _overview(Place("team", team_id), _team(team_id))


@blueprint.get("/teams/<id:team_id>/reports/<report>")
def team_show(team_id: str, report: str) -> ResponseReturnValue:
    """A report of the boards of a team."""
    return _page(Place("team", team_id), _find(report), _team(team_id))


@blueprint.get("/teams/<id:team_id>/reports/<report>/download")
def team_download(team_id: str, report: str) -> Response:
    """The same as a table (``format=csv``) or as a picture (``svg``)."""
    return _file(report_of_team(current_actor(), _find(report), team_id, _given()))


def _overview(place: Place, shown: Mapping[str, Any]) -> ResponseReturnValue:
    given, problem = _given(), ""
    answers: list[Answer] = []
    make = overview_of_board if place.kind == "board" else overview_of_team
    try:
        answers = make(current_actor(), place.place_id, given)
    except InvalidInput as error:
        problem = error.message
    asks_range = given["from"] or given["to"]
    page = render_template(
        "reports/index.html",
        **shown,
        tiles=[show_tile(answer, place, given) for answer in answers],
        tabs=show_tabs("", place, given),
        form=show_form(None, place, given, answers[0] if answers and asks_range else None),
        problem=problem,
    )
    return page, 422 if problem else 200


def _page(place: Place, report: Report, shown: Mapping[str, Any]) -> ResponseReturnValue:
    given, problem, answer = _given(), "", None
    make = report_of_board if place.kind == "board" else report_of_team
    try:
        answer = make(current_actor(), report, place.place_id, given)
    except InvalidInput as error:
        problem = error.message
    page = render_template(
        "reports/show.html",
        **shown,
        report=report,
        chart=show_report(answer, place, given) if answer else None,
        tabs=show_tabs(report.name, place, given),
        form=show_form(report, place, given, answer),
        problem=problem,
    )
    return page, 422 if problem else 200


def _file(answer: Answer) -> Response:
    kind = one_of(request.args.get("format", "csv"), field="format", options=("csv", "svg"))
    if kind == "csv":
        body, mimetype = "".join(csv_lines(answer)), "text/csv"
    else:
        plot = draw(answer, WIDE)
        if plot is None:
            raise NotFound("There is nothing to draw.")
        title = f"{answer.report.title}. {say(answer)}"
        body = render_template("reports/_picture.html", plot=plot, title=title)
        mimetype = "image/svg+xml"
    response = Response(body, mimetype=mimetype)
    name = f"{answer.report.name} {answer.asked.span.last.isoformat()}.{kind}"
    response.headers["Content-Disposition"] = disposition(name, inline=False)
    return response


def _find(name: str) -> Report:
    if name not in REPORTS:
        raise NotFound()
    return REPORTS[name]


def _given() -> dict[str, str]:
    return {name: request.args.get(name, "").strip()[:MAX_GIVEN] for name in NAMES}


def _board(board_id: str) -> dict[str, Any]:
    row, _ = access_board(current_actor().user_id, board_id)
    return {"board": show_board(row), "team": None}


def _team(team_id: str) -> dict[str, Any]:
    membership = access_team(current_actor().user_id, team_id)
    return {"board": None, "team": {"team_id": team_id, "name": membership.team_name}}
