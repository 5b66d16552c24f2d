"""What requests cost in a team of 500 people, in a tree of 200 teams, by a token and as a limited guest.

The same counts as in `test_request_budget.py`, and no more than there where the request is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import cycle

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from taskforge.boards.board_people import limit_guest
from taskforge.boards.service import create_board
from taskforge.ids import new_id
from taskforge.tasks.board.cache import board_cache
from taskforge.teams.queries import MEMBERS_PER_TEAM
from tests.api_tokens import give_token
from tests.factories import Person, Team, csrf_token, make_task, make_team
from tests.http.test_request_budget import BUDGETS, GZIP, SCRIPT, STORES, TURNS, Budget
from tests.large_teams import LEVELS, add_people, make_tree
from tests.pages import HTMX
from tests.trips import count_round_trips

Ask = Callable[[], TestResponse]
CARDS = 20
CHANGE_OF_ROLE = Budget(11, 2, 0, 300, status=303)


class Browser:
    """Somebody's browser, which was here before."""

    def __init__(self, person: Person) -> None:
        self.client = person.browser(in_redis=True)
        self.token = csrf_token(self.client)

    def get(self, address: str, **headers: str) -> TestResponse:
        return self.client.get(address, headers={**GZIP, **headers})

    def get_uncached(self, address: str) -> TestResponse:
        board_cache.clear()
        return self.get(address)

    def post(self, address: str, headers: Mapping[str, str], **fields: str) -> TestResponse:
        form = {"csrf_token": self.token, "op": new_id(), **fields}
        return self.client.post(address, data=form, headers={**GZIP, **headers})


def at_most(name: str, max_bytes: int) -> Budget:
    """As many round trips as the request takes in a small team, and so many bytes."""
    return replace(BUDGETS[name], max_bytes=max_bytes)


def check(asks: Mapping[str, tuple[Budget, Ask]]) -> None:
    """Ask several times; the last answer must have cost what its budget says, and no more bytes."""
    found = {}
    for name, (budget, ask) in asks.items():
        for _ in range(TURNS):
            answer = ask()
        trips = count_round_trips(answer)
        size = len(answer.data)
        found[name] = Budget(
            *(trips.get(store, 0) for store in STORES),
            max(size, budget.max_bytes),
            answer.status_code,
        )
    assert found == {name: budget for name, (budget, _) in asks.items()}


def change_of_role(browser: Browser, team: Team, person: Person) -> Ask:
    """Another role for a member each time."""
    roles = cycle(["guest", "member"])
    address = f"/teams/{team.team_id}/members/{person.user_id}/change-role"
    return lambda: browser.post(address, {}, role=next(roles))


@pytest.fixture
def large(ada: Person, bob: Person, gus: Person) -> Team:
    """Ada's team of 500 people, with Bob as a member and Gus as a guest who sees one board."""
    team = make_team(ada, "Large", member=bob, guest=gus)
    add_people(ada, team, MEMBERS_PER_TEAM - 3)
    for number in range(CARDS):
        make_task(ada, team, f"Task {number}", assignee_id=bob.user_id)
    with ada.app.app_context():
        limit_guest(ada.actor, team.team_id, gus.user_id, board_ids=[team.board_id])
    return team


def test_a_team_of_500_people(
    app: Flask, ada: Person, bob: Person, gus: Person, large: Team
) -> None:
    browser, guest = Browser(ada), Browser(gus)
    page, board = f"/teams/{large.team_id}", f"/boards/{large.board_id}"
    task = f"/tasks/{make_task(ada, large)}"
    neighbour = make_task(ada, large, status="done")

    def move() -> TestResponse:
        browser.post(f"{task}/move", SCRIPT, column_id=large.columns["todo"])
        place = {"column_id": large.columns["done"], "before_id": neighbour}
        return browser.post(f"{task}/move", SCRIPT, **place)

    def comment() -> TestResponse:
        return browser.post(f"{task}/comments/create", HTMX, content="It *holds*.")

    assert browser.client.get(page).text.count('class="row" id="member-') == 50
    check(
        {
            # A page of its people; finding some of them by their names.
            "team": (at_most("team", 13_000), lambda: browser.get(page)),
            "further people": (
                at_most("team", 13_000),
                lambda: browser.get(f"{page}?after={bob.user_id}"),
            ),
            "people of a name": (at_most("team", 8_500), lambda: browser.get(f"{page}?q=number12")),
            "members by the API": (
                Budget(2, 1, 0, 17_500),
                lambda: ada.api("GET", f"{page}/members", **GZIP),
            ),
            "board": (at_most("board", 9_500), lambda: browser.get(board)),
            "board, not kept": (
                at_most("board_not_kept", 9_500),
                lambda: browser.get_uncached(board),
            ),
            "board, as a limited guest": (at_most("board", 8_000), lambda: guest.get(board)),
            "names for live changes": (
                Budget(3, 1, 0, 15_500),
                lambda: browser.get(f"{board}/people"),
            ),
            "suggested names": (Budget(3, 1, 0, 26_500), lambda: browser.get(f"{task}/people")),
            "task": (at_most("task", 7_600), lambda: browser.get(task)),
            "move": (BUDGETS["move"], move),
            "comment": (BUDGETS["comment"], comment),
            "change of a role": (CHANGE_OF_ROLE, change_of_role(browser, large, bob)),
        }
    )


def test_a_tree_of_200_teams(app: Flask, ada: Person, bob: Person) -> None:
    top = make_team(ada, "Top", member=bob)
    teams = make_tree(ada, top)
    assert len(teams) + 1 == sum(LEVELS) == 200
    lowest = teams[-1]
    with app.app_context():
        board_id = create_board(ada.actor, lowest, name="Low").entity_id
    browser, member = Browser(ada), Browser(bob)
    assert member.get(f"/boards/{board_id}").status_code == 200  # through four parents
    check(
        {
            "teams": (at_most("teams", 11_000), lambda: browser.get("/teams")),
            "teams by the API": (Budget(2, 1, 0, 4_200), lambda: ada.api("GET", "/teams", **GZIP)),
            "topmost team": (at_most("team", 6_500), lambda: browser.get(f"/teams/{top.team_id}")),
            "lowest team": (at_most("team", 6_000), lambda: browser.get(f"/teams/{lowest}")),
            "choice of a parent": (
                Budget(4, 2, 0, 7_400),
                lambda: browser.get(f"/teams/{lowest}/edit"),
            ),
            "board of the lowest": (
                at_most("board", 8_800),
                lambda: member.get(f"/boards/{board_id}"),
            ),
            "the same, not kept": (
                at_most("board_not_kept", 8_800),
                lambda: member.get_uncached(f"/boards/{board_id}"),
            ),
            # Bob's, in all 200 teams.
            "change of a role": (CHANGE_OF_ROLE, change_of_role(browser, top, bob)),
        }
    )


def test_a_token_and_a_limited_guest(app: Flask, ada: Person, large: Team, gus: Person) -> None:
    task = f"/tasks/{make_task(ada, large)}"
    program = give_token(ada, "read", "write", team_ids=[large.team_id])
    guest = Browser(gus)

    def move() -> TestResponse:
        program.api("POST", f"{task}/move", {"columnId": large.columns["todo"]})
        return program.api("POST", f"{task}/move", {"columnId": large.columns["done"]}, **GZIP)

    def comment() -> TestResponse:
        return guest.post(f"{task}/comments/create", HTMX, content="It *holds*.")

    check(
        {
            "task": (Budget(1, 1, 0, 1_000), lambda: program.api("GET", task, **GZIP)),
            "list": (
                at_most("api_list", 1_600),
                lambda: program.api("GET", f"/tasks?boardId={large.board_id}&limit=50", **GZIP),
            ),
            "list of all teams": (
                at_most("api_list_of_all_teams", 1_600),
                lambda: program.api("GET", "/tasks?limit=50", **GZIP),
            ),
            "move": (Budget(4, 2, 0, 1_000), move),
            "boards of a limited guest": (at_most("boards", 4_000), lambda: guest.get("/boards")),
            "task of a limited guest": (at_most("task", 6_200), lambda: guest.get(task)),
            "comment of a limited guest": (at_most("comment", 820), comment),
        }
    )
