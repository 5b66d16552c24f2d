"""The pages of reports, without JavaScript: charts, sentences, tables, forms and files."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from taskforge import clock
from taskforge.reports.catalogue import REPORTS
from tests.factories import Person, Team, make_task, make_team
from tests.pages import visit

NAMES = list(REPORTS)


@pytest.fixture
def team(ada: Person, gus: Person) -> Team:
    """Ada's team with Gus as a guest, and cards in each column."""
    team = make_team(ada, guest=gus)
    with clock.frozen(clock.now() - timedelta(days=3)):
        for number in range(12):
            make_task(ada, team, f"<b>Card {number}</b>", column_id=team.columns["done"])
    for status in ("todo", "in_progress", "in_review"):
        make_task(
            ada, team, f"Card in {status}", column_id=team.columns[status], assignee_id=ada.user_id
        )
    return team


def test_every_report_has_a_page_with_chart_sentence_and_numbers(team: Team, gus: Person) -> None:
    visitor = visit(gus)
    for place in (f"/boards/{team.board_id}", f"/teams/{team.team_id}"):
        page = visitor.open(f"{place}/reports")
        assert page.status == 200
        assert page.html.count('class="plot plot--small"') == len(NAMES)
        for name in NAMES:
            assert f'href="{place}/reports/{name}"' in page.html
            shown = visitor.open(f"{place}/reports/{name}")
            assert shown.status == 200, name
            assert shown.html.count('<svg class="plot ') == 2, name
            assert "The numbers" in shown.text
            assert "<b>Card" not in shown.html
            files = {
                kind: visitor.open(f"{place}/reports/{name}/download?format={kind}")
                for kind in ("csv", "svg")
            }
            assert files["csv"].answer.mimetype == "text/csv"
            assert files["svg"].answer.mimetype == "image/svg+xml"
            assert files["svg"].html.startswith("<svg xmlns=")


def test_a_wrong_question_is_said_beside_the_form(team: Team, ada: Person) -> None:
    address = f"/boards/{team.board_id}/reports/throughput"
    page = visit(ada).open(f"{address}?from=soon&q=priority:x&per=day")
    assert page.status == 422
    assert "must be a date like" in page.text
    form = page.form(address)
    assert (form.fields["from"], form.fields["q"], form.fields["per"]) == (
        "soon",
        "priority:x",
        "day",
    )
    assert visit(ada).open(f"/boards/{team.board_id}/reports?asOf=2999-01-01").status == 422


def test_an_empty_board_has_words_instead_of_charts(app: Flask, ada: Person) -> None:
    team = make_team(ada)
    for name in NAMES:
        page = visit(ada).open(f"/boards/{team.board_id}/reports/{name}")
        assert page.status == 200
        assert '<svg class="plot ' not in page.html
    assert visit(ada).open(f"/boards/{team.board_id}/reports/nothing").status == 404
    assert (
        visit(ada).open(f"/boards/{team.board_id}/reports/ageing/download?format=svg").status == 404
    )


@pytest.mark.usefixtures("same_day")
def test_a_week_of_a_team_says_what_was_done_and_what_is_stuck(
    app: Flask, ada: Person, bob: Person
) -> None:
    team = make_team(ada, member=bob)
    with clock.frozen(clock.now() - timedelta(days=40)):
        make_task(ada, team, "Old and stuck", column_id=team.columns["in_review"])
        make_task(ada, team, "Of long ago", column_id=team.columns["done"])
    new = make_task(
        ada, team, "New and done", column_id=team.columns["done"], assignee_id=bob.user_id
    )
    make_task(ada, team, "New and <i>begun</i>", column_id=team.columns["in_progress"])
    page = visit(bob).open(f"/teams/{team.team_id}/week")
    assert (
        "1 card finished, 1 started, 2 came in, 1 is stuck. 2 are open, 1 more than a week earlier."
        in page.text
    )
    assert "Too little was finished" in page.text
    assert f'href="/tasks/{new}"' in page.html
    assert "Of long ago" not in page.text
    assert "<i>" not in page.html
    earlier = visit(bob).open(f"/teams/{team.team_id}/week?day=2020-01-01")
    assert "0 cards finished" in earlier.text
    assert "Week after" in earlier.text
    assert visit(bob).open(f"/teams/{team.team_id}/week?day=never").status == 200
    other = make_team(ada, "Of one card")
    make_task(ada, other)
    page = visit(ada).open(f"/teams/{other.team_id}/week")
    assert "1 is open, 1 more than a week earlier." in page.text
