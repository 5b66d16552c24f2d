"""The activity of a team as a file."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from flask import Flask

from taskforge.messaging import queues
from taskforge.messaging.redis_client import redis_client
from tests.api_tokens import give_token
from tests.factories import Person, Team, make_task, make_team
from tests.history.team_activity import rename, told
from tests.pages import visit
from tests.teams.roles import put_below


def test_the_file_has_what_the_filter_leaves_and_no_formula(
    app: Flask, ada: Person, team: Team, address: str
) -> None:
    make_task(ada, team, '=HYPERLINK("http://example.test")')
    rename(app, ada, team.board_id, "+1, @us")
    answer = visit(ada).open(f"{address}/download?format=csv&board={team.board_id}").answer
    assert answer.mimetype == "text/csv"
    assert 'filename="activity.csv"' in answer.headers["Content-Disposition"]
    text = answer.get_data(as_text=True)
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0][:7] == ["Time (UTC)", "Person", "What", "Event", "Thing", "Board", "Changes"]
    assert all(row[5] == "'+1, @us" for row in rows[1:])
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert len(rows) == 1 + len(told(visit(ada).open(f"{address}?board={team.board_id}")))


def test_the_file_is_in_the_zone_of_the_reader_and_noted(
    app: Flask, ada: Person, team: Team, address: str
) -> None:
    browser = visit(ada)
    browser.client.set_cookie("zone", "Asia/Kolkata")
    found = json.loads(browser.open(f"{address}/download?format=json").answer.get_data())
    assert all(one["at"].endswith("+05:30") for one in found["items"])
    assert found["items"][-1]["event"] in ("team.created", "board.created")
    line = browser.open(f"{address}/download").answer.get_data(as_text=True)
    assert line.startswith("\ufeffTime (Asia/Kolkata)")
    assert visit(ada).open(f"{address}/download?format=xls").status == 422
    assert visit(ada).open(f"{address}/download?from=soon").status == 422
    with app.app_context():
        waiting = queues.queue(queues.AUDIT, redis_client()).jobs
    noted = [job.args[0] for job in waiting if job.func_name == queues.WRITE_SECURITY_EVENT]
    assert [(one["event"], one["new_state"]) for one in noted] == [
        ("user.activity_downloaded", {"team_id": team.team_id, "format": kind})
        for kind in ("json", "csv")
    ]


def test_a_long_file_is_read_in_pages_and_bounded(
    monkeypatch: pytest.MonkeyPatch, ada: Person, team: Team, address: str
) -> None:
    monkeypatch.setattr("taskforge.history.activity.DOWNLOAD_PAGE", 4)
    monkeypatch.setattr("taskforge.history.activity.MAX_DOWNLOADED", 12)
    for number in range(20):
        make_task(ada, team, f"Card {number}")
    text = visit(ada).open(f"{address}/download").answer.get_data(as_text=True)
    assert re.findall(r"added (WEB-\d+)", text) == [f"WEB-{number}" for number in range(20, 8, -1)]


def test_a_file_for_a_limited_token_names_no_other_team(
    app: Flask, ada: Person, team: Team
) -> None:
    """The limit holds while the pieces are read, after the request."""
    parent = make_team(ada, "Hidden parent")
    with app.app_context():
        put_below(ada, team, parent, inherits=False)
    path = f"/teams/{team.team_id}/activity.csv"
    assert "Hidden parent" in ada.api("GET", path).text
    program = give_token(ada, "read", team_ids=[team.team_id])
    told = program.api("GET", path).text
    assert "another team" in told
    assert "Hidden parent" not in told
