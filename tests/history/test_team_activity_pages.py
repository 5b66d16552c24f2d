"""The activity of a team, narrowed by a filter and in pages."""

from __future__ import annotations

import re
from itertools import chain
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from taskforge.boards import service as boards
from taskforge.tasks import service as tasks
from tests.factories import Person, Team, make_task
from tests.history.team_activity import told
from tests.pages import visit


def test_each_part_of_the_filter_leaves_out_the_rest(
    app: Flask, ada: Person, bob: Person, team: Team, address: str
) -> None:
    first = make_task(ada, team, "One")
    make_task(bob, team, "Two")
    with app.app_context():
        other = boards.create_board(ada.actor, team.team_id, name="Other").entity_id
        tasks.create_task(ada.actor, board_id=other, title="Three")
        tasks.delete_task(ada.actor, first)
    browser = visit(ada)

    def found(query: str) -> list[str]:
        return told(browser.open(f"{address}?{query}"))

    assert [line.split()[0] for line in found(f"who={bob.user_id}")] == ["Bob"]
    assert len(found("what=task.created")) == 3
    assert len(found("entity=task")) == 4
    assert len(found(f"entity={first}")) == 2
    assert len(found(f"board={other}&entity=task")) == 1
    assert len(found("from=2020-01-01&to=2020-02-01")) == 0
    assert len(found("from=2020-01-01&what=task.deleted")) == 1
    page = browser.open(f"{address}?what=task.deleted&board={team.board_id}&from=2020-01-01")
    form = page.form("/activity")
    assert form.fields["what"] == "task.deleted"
    assert form.fields["board"] == team.board_id
    assert form.fields["from"] == "2020-01-01"
    assert "No change matches this filter" in browser.open(f"{address}?to=2020-02-01").text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("from=yesterday", "From must be a day like 2026-12-24"),
        ("to=2024-02-30", "To is not a day of the calendar"),
        ("from=2024-03-01&to=2024-02-01", "To must not be before the beginning"),
        ("what=task.exploded", "What is not one of the choices"),
        ("entity=everything", "Entity must be team, board, task, comment or attachment"),
    ],
)
def test_what_is_no_filter_is_said_and_kept(
    ada: Person, address: str, query: str, sentence: str
) -> None:
    page = visit(ada).open(f"{address}?{query}")
    assert page.status == 422
    assert sentence in page.text
    if query.startswith("from=2024"):
        assert page.form("/activity").fields["from"] == "2024-03-01"
    answer = ada.api("GET", f"{address}?{query}")
    assert answer.status_code == 422


def test_what_names_nobody_filters_nothing_and_a_bad_place_is_refused(
    ada: Person, address: str
) -> None:
    everything = told(visit(ada).open(address))
    assert told(visit(ada).open(f"{address}?who=nobody&board=none")) == everything
    assert visit(ada).open(f"{address}?before=7").status == 422
    assert visit(ada).open(f"{address}?after=x").status == 422


def test_it_comes_in_pages_both_ways_without_gap_or_repetition(
    ada: Person, team: Team, address: str
) -> None:
    for number in range(120):
        make_task(ada, team, f"Card {number}")
    browser, seen = visit(ada), []

    def walk(start: str, link: str) -> list[list[str]]:
        pages, following = [], start
        while following:
            page = browser.open(following)
            pages.append(re.findall(r"added (WEB-\d+) to Backlog", page.html))
            found = re.search(rf'<a class="button" href="([^"]+)">{link}</a>', page.html)
            following = found[1].replace("&amp;", "&") if found else ""
            seen.append(page)
        return pages

    forth = walk(f"{address}?what=task.created", "Earlier")
    assert [*chain(*forth)] == [f"WEB-{number}" for number in range(120, 0, -1)]
    back = walk(seen[-1].answer.request.full_path, "Later")
    assert [*dict.fromkeys(chain(*back[::-1]))] == [*chain(*forth)]
    assert parse_qs(urlsplit(seen[1].answer.request.full_path).query)["what"] == ["task.created"]


def test_the_same_pages_by_the_api(ada: Person, team: Team) -> None:
    for number in range(5):
        make_task(ada, team, f"Card {number}")
    path = f"/teams/{team.team_id}/activity?limit=2&what=task.created"
    first = ada.api("GET", path).json
    second = ada.api("GET", f"{path}&cursor={first['nextCursor']}").json
    assert first["previousCursor"] is None
    assert [one["summary"][:11] for one in (*first["items"], *second["items"])] == [
        f"added WEB-{number}" for number in (5, 4, 3, 2)
    ]
    again = ada.api("GET", f"{path}&cursor={second['previousCursor']}").json
    assert again["items"] == first["items"]
    entry = first["items"][0]
    assert entry["actor"]["userId"] == ada.user_id
    assert entry["boardName"]
    assert {"field": "Title", "before": None, "after": "Card 4"} in entry["changes"]
    assert ada.api("GET", f"{path}&cursor=bm9uc2Vuc2U").status_code == 422
