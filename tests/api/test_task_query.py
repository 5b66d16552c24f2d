"""`GET /api/tasks` selects by a query, by terms under their own names, and in every order, page by page."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask

from taskforge import clock
from taskforge.search import feed
from taskforge.tasks.query.orders import ORDERS
from tests.api_tokens import give_token
from tests.factories import Person, Team, make_person, make_task, make_team
from tests.stores.scene import relay_everything

TODAY = date(2026, 11, 26)  # a Thursday


@pytest.fixture
def teams(app: Flask, ada: Person, eve: Person) -> list[Team]:
    """Ada's two teams with tasks of hers, Bob's and nobody's; and a task of Eve's, whom nobody sees."""
    bob = make_person(app, "Bob", "Jones")
    web, design = make_team(ada, "Web", member=bob), make_team(ada, "Design")
    mine = {"assignee_id": ada.user_id}
    with clock.frozen(datetime(2026, 11, 20, 12, tzinfo=UTC)):
        make_task(ada, web, "Fix the login", priority="urgent", due_at=TODAY, **mine)
        make_task(bob, web, "Write “terms”", status="in_progress", texts={"tags": ["legal"]})
    with clock.frozen(datetime(2026, 11, 26, 12, tzinfo=UTC)):
        late = {"due_at": TODAY - timedelta(days=2), "estimate": 3}
        make_task(ada, web, "Café menu", assignee_id=bob.user_id, priority="low", **late)
        make_task(ada, design, "Draw 2 icons", status="done", texts={"tags": ["quick win"]}, **mine)
    hidden = make_team(eve, "Hidden")
    make_task(eve, hidden, "Fix the hidden login", assignee_id=eve.user_id)
    return [web, design]


def titles(person: Person, **parameters: str) -> list[str]:
    with clock.frozen(datetime(2026, 11, 26, 15, tzinfo=UTC)):
        answer = person.api("GET", f"/tasks?{urlencode(parameters)}")
    assert answer.status_code == 200, answer.text
    return [item["title"].split()[0] for item in answer.json["items"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "Fix Write Café Draw"),
        ("assignee:me", "Fix Draw"),
        ("@bob", "Café"),
        ("assignee:jones,none -cafe", "Write"),
        ("creator:bob", "Write"),
        ("is:overdue or tag:legal", "Write Café"),
        ("due:<today", "Café"),
        ("due:today", "Fix"),
        ("priority:>=high", "Fix"),
        ("status:doing,done", "Write Draw"),
        ("column:in-progress", "Write"),
        ("board:nothing or team:design", "Draw"),
        ('"the login"', "Fix"),
        ('"login the"', ""),
        ("login the", "Fix"),
        ("created:today sort:-due", "Café Draw"),
        ("-is:done sort:-priority", "Fix Write Café"),
        ("estimate:none is:open", "Fix Write"),
        ("has:tags has:assignee", "Draw"),
    ],
)
def test_a_query_selects(ada: Person, teams: list[Team], query: str, found: str) -> None:
    assert titles(ada, q=query) == found.split()


def test_terms_are_parameters_too_and_narrow_further(ada: Person, teams: list[Team]) -> None:
    assert titles(ada, priority="urgent,low", due="<=2026-11-26") == ["Fix", "Café"]
    assert titles(ada, tag='"quick win",legal', teamId=teams[0].team_id) == ["Write"]
    assert titles(ada, q="login or menu", assignee="bob") == ["Café"]
    assert titles(ada, status="done", creator="me", number="1..5") == ["Draw"]
    assert titles(ada, q="sort:-due", sort="createdAt") == ["Fix", "Write", "Café", "Draw"]


def test_every_order_goes_on_from_page_to_page(ada: Person, teams: list[Team]) -> None:
    for order in ORDERS:
        for name in (order.json_name, f"-{order.json_name}"):
            pages, cursor = [], ""
            while cursor is not None:
                place = f"&cursor={cursor}" if cursor else ""
                answer = ada.api("GET", f"/tasks?sort={name}&limit=1{place}").json
                pages += answer["items"]
                cursor = answer["nextCursor"]
            whole = ada.api("GET", f"/tasks?sort={name}").json["items"]
            assert len(whole) == 4
            assert pages == whole, name
            values = [task[order.json_name] for task in whole if task[order.json_name] is not None]
            assert [task[order.json_name] for task in whole][: len(values)] == values
            if order.name != "priority":
                assert values == sorted(values, reverse=name[0] == "-")
    assert titles(ada, sort="priority")[0] == "Café"
    assert titles(ada, sort="-priority")[0] == "Fix"


@pytest.mark.parametrize(
    ("parameters", "named", "at"),
    [
        ({"q": "a statsu:done"}, "q", (2, 6)),
        ({"q": "due:someday"}, "q", (4, 7)),
        ({"q": "x" * 1001}, "q", (1000, 1)),
        ({"priority": "high x"}, "priority", (0, 6)),
        ({"priority": "low,hihg"}, "priority", (4, 4)),
        ({"due": ""}, "due", (0, 4)),
        ({"tag": "a) or (b"}, "tag", (1, 1)),
    ],
)
def test_what_is_no_query_is_refused_at_its_word(
    ada: Person, parameters: dict[str, str], named: str, at: tuple[int, int]
) -> None:
    answer = ada.api("GET", f"/tasks?{urlencode(parameters)}")
    error = answer.json["error"]
    assert (answer.status_code, error["code"]) == (422, "invalid_query")
    assert (error["position"], error["length"]) == at
    assert error["fields"] == {named: error["message"]}


def test_names_mean_what_the_reader_sees(ada: Person, eve: Person, teams: list[Team]) -> None:
    assert titles(eve, q="assignee:ada or team:design or board:web or column:done") == []
    assert titles(eve, q="login") == ["Fix"]
    program = give_token(ada, "read", team_ids=[teams[1].team_id])
    found = program.api("GET", "/tasks?q=assignee:ada,bob").json["items"]
    assert [task["title"] for task in found] == ["Draw 2 icons"]


def test_words_of_descriptions_are_found_when_search_knows_them(
    app: Flask, ada: Person, eve: Person, teams: list[Team]
) -> None:
    make_task(ada, teams[0], "Ship it", texts={"description": "Use the *quenching* oil first."})
    with app.app_context():
        relay_everything()
        feed.feed()
    assert titles(ada, q="quench") == ["Ship"]
    assert titles(ada, q='"quenching oil" -is:done') == ["Ship"]
    assert titles(ada, q='"oil quenching"') == []
    assert titles(ada, q="-quenching") == ["Fix", "Write", "Café", "Draw"]
    assert titles(eve, q="quenching") == []
