"""Leads who lacks the two-factor log-in that a team requires to where it is turned on, and back."""

from __future__ import annotations

from typing import Any

from flask import Response, g, make_response, render_template, request, url_for

from taskforge.errors import NotFound, TwoFactorRequired, Unavailable
from taskforge.http import error_pages, htmx
from taskforge.http.cross_site import SAFE_METHODS
from taskforge.http.urls import API_PREFIX
from taskforge.identity.locked_teams import find_locked_team


def answer_not_found(error: NotFound) -> Response:
    """The answer to whoever finds nothing: a 404, or a 403 where only two-factor log-in is missing.

    Pages then lead to turning it on; htmx loads the open page again, which does.
    """
    team = _locked_team()
    if team is None:
        return error_pages.answer_error(error)
    g.is_two_factor_required = True
    refusal = TwoFactorRequired(team["team_id"], team["name"])
    if request.path.startswith(API_PREFIX) or htmx.wants_json():
        return error_pages.answer_error(refusal)
    if htmx.wants_partial():
        return Response(status=refusal.status, headers={"HX-Refresh": "true"})
    is_visit = request.method in SAFE_METHODS
    back = (
        request.full_path.rstrip("?")
        if is_visit
        else url_for("teams.show", team_id=team["team_id"])
    )
    page = render_template("teams/two_factor_needed.html", team=team, back=back)
    return make_response(page, refusal.status)


def _locked_team() -> Any:
    user_id = g.get("user_id")  # of who is logged in
    if user_id is None or g.get("is_denied"):  # what the site role opens is hidden from others
        return None
    try:
        return find_locked_team(user_id, _named_ids())
    except Unavailable:
        return None


def _named_ids() -> dict[str, Any]:
    """The ids that the address names, and the team and board that a program names beside it."""
    sent = request.get_json(silent=True) if request.is_json else None
    beside = {**request.args, **(sent or {})}
    return {
        "team_id": beside.get("teamId"),
        "board_id": beside.get("boardId"),
        **(request.view_args or {}),
    }
