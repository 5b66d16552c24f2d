"""The administration's pages of teams. They change nothing: a team is its admins' affair."""

from __future__ import annotations

from flask import render_template

from taskforge.admin.list_filters import read_filter
from taskforge.admin.routes import blueprint
from taskforge.admin.teams import queries
from taskforge.identity.site_admins import require_site_admin
from taskforge.text.people import Person


@blueprint.get("/teams")
def teams() -> str:
    """All teams, by name."""
    require_site_admin()
    asked = read_filter()
    rows = queries.list_teams(query=asked.query, after_id=asked.after, limit=queries.PAGE + 1)
    return render_template(
        "admin/teams.html",
        teams=rows[: queries.PAGE],
        asked=asked,
        next_url=asked.next_url(rows, "team_id", queries.PAGE),
    )


@blueprint.get("/teams/<id:team_id>")
def team(team_id: str) -> str:
    """One team: who is in it, and how much is on its boards."""
    require_site_admin()
    boards = queries.list_boards(team_id)
    names = ("task_count", "trashed_count", "comment_count")
    return render_template(
        "admin/team.html",
        team=queries.get_team(team_id),
        members=[
            {**row, "person": Person(row["user_id"], row["display_name"])}
            for row in queries.list_members(team_id)
        ],
        boards=boards,
        totals={name: sum(board[name] for board in boards) for name in names},
    )
