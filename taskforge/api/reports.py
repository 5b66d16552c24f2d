"""Reports of boards and teams, as JSON and CSV."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from taskforge.api.blueprints import ApiBlueprint
from taskforge.api.schemas import reports as schemas
from taskforge.api.schemas.base import as_json
from taskforge.errors import NotFound
from taskforge.identity.current import current_actor
from taskforge.reports.catalogue import REPORTS, Answer, Report, report_of_board, report_of_team
from taskforge.reports.tables import csv_lines

CSV = "text/csv"

blueprint = ApiBlueprint("reports", __name__, topic="Reports", prefix="")


@blueprint.get("/boards/<any_id:board_id>/reports/<report>")
@blueprint.arguments(schemas.ReportQuestion, location="query")
@blueprint.response(200, schemas.Report)
def get_board_report(query: dict[str, Any], board_id: str, report: str) -> Any:
    """A report of the tasks of a board; as CSV with `format=csv` or `Accept: text/csv`."""
    answer = report_of_board(current_actor(), _find(report), board_id, _given(query))
    assert answer.place is not None
    return _answer(query, answer, board_id=board_id, team_id=answer.place["team_id"])


@blueprint.get("/teams/<any_id:team_id>/reports/<report>")
@blueprint.arguments(schemas.ReportQuestion, location="query")
@blueprint.response(200, schemas.Report)
def get_team_report(query: dict[str, Any], team_id: str, report: str) -> Any:
    """The same of the tasks of all boards of a team that one sees, without archived ones; by status."""
    answer = report_of_team(current_actor(), _find(report), team_id, _given(query))
    return _answer(query, answer, board_id=None, team_id=team_id)


def _find(name: str) -> Report:
    if name not in REPORTS:
        raise NotFound("There is no such report.")
    return REPORTS[name]


def _given(query: dict[str, Any]) -> dict[str, str]:
    names = {"first": "from", "last": "to", "as_of": "asOf"}
    return {names.get(name, name): value for name, value in query.items() if name != "format"}


def _answer(
    query: dict[str, Any], answer: Answer, *, board_id: str | None, team_id: str
) -> Response | dict[str, Any]:
    asked = answer.asked
    best = request.accept_mimetypes.best_match(["application/json", CSV], "application/json")
    if query.get("format", "csv" if best == CSV else "json") == "csv":
        name = f"{answer.report.name}-{asked.span.last.isoformat()}.csv"
        return Response(
            "".join(csv_lines(answer)),
            mimetype=CSV,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
    return {
        "name": answer.report.name,
        "board_id": board_id,
        "team_id": team_id,
        "first": asked.span.first,
        "last": asked.span.last,
        "zone": asked.zone.key,
        "as_of": asked.at,
        "figures": as_json(answer.figures),
    }
