"""What a browser that comes for the first time must load to see a board of 200 cards, and what it has to hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.e2e.journeys import add_card, column, create_team, log_out, sign_up
from tests.factories import Person, Team, make_person, make_task, make_team

CARDS = 200
MOST_BYTES = 85_000
MOST_REQUESTS = 7
MOST_SCRIPT_BYTES = 35_000
MOST_NODES = 3_600


@dataclass
class Load:
    """A page load as the network saw it: encoded bytes, headers included, by address."""

    size: dict[str, int] = field(default_factory=dict)

    def total(self, kind: str = "") -> int:
        return sum(size for url, size in self.size.items() if url.endswith(kind))


@pytest.fixture
def ada(app: Flask) -> Person:
    return make_person(app)


@pytest.fixture
def team(ada: Person) -> Team:
    team = make_team(ada)
    statuses = list(team.columns)
    for number in range(CARDS):
        make_task(
            ada,
            team,
            f"Task number {number} with a title of the usual length",
            status=statuses[number % 5],
            priority=("low", "medium", "high", "urgent")[number % 4],
            assignee_id=ada.user_id if number % 3 else None,
            texts={"tags": ["api", "web", "design"][: number % 4]},
        )
    return team


def load(browser: Browser, server: str, person: Person, path: str) -> tuple[Load, dict[str, Any]]:
    """Open a page in a fresh profile of somebody who is logged in; what it loaded, and counts of its document."""
    context = browser.new_context(base_url=server, viewport={"width": 1280, "height": 720})
    name = person.app.config["SESSION_COOKIE_NAME"]
    context.add_cookies([{"name": name, "value": person.secret, "url": server}])
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    seen, urls = Load(), {}
    network.on(
        "Network.requestWillBeSent",
        lambda told: urls.update({told["requestId"]: told["request"]["url"]}),
    )
    network.on(
        "Network.loadingFinished",
        lambda told: seen.size.update({urls[told["requestId"]]: int(told["encodedDataLength"])}),
    )
    page.goto(path)
    page.locator(".card").first.wait_for()
    page.wait_for_timeout(700)  # fonts and icons come last; the live stream never ends
    counts = page.evaluate(
        "({nodes: document.querySelectorAll('*').length, cards: document.querySelectorAll('.card').length})"
    )
    context.close()
    return seen, counts


def test_a_board_comes_in_few_requests_and_bytes(
    browser: Browser, live_server: str, ada: Person, team: Team
) -> None:
    seen, counts = load(browser, live_server, ada, f"/boards/{team.board_id}")
    listed = "\n".join(f"{size:7} {url}" for url, size in seen.size.items())
    assert counts["cards"] == CARDS
    assert counts["nodes"] <= MOST_NODES, counts
    assert len(seen.size) <= MOST_REQUESTS, listed
    assert seen.total() <= MOST_BYTES, listed
    assert seen.total(".js") <= MOST_SCRIPT_BYTES, listed


def test_going_back_after_logging_out_shows_nothing_of_a_board(page: Page) -> None:

    sign_up(page)
    board = create_team(page, "Secret plans")
    add_card(page, "Secret card")
    page.goto(board)
    page.get_by_text("Secret card").first.wait_for()
    log_out(page)
    page.go_back()
    page.wait_for_load_state()
    assert "Secret" not in page.locator("body").inner_text()


def test_going_back_to_a_board_shows_it_as_it_is_now(page: Page) -> None:

    sign_up(page)
    board = create_team(page)
    page.goto(board)
    add_card(page, "Added without a new page")
    page.get_by_role("link", name="Added without a new page").click()
    page.wait_for_url("**/tasks/**")
    page.go_back()
    column(page, "Backlog").get_by_role("link", name="Added without a new page").wait_for()
    add_card(page, "And one more")
