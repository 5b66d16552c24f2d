"""While a board comes in over a slow line, nothing that is there moves; afterwards its columns share their room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from taskforge.boards.columns import create_column
from taskforge.boards.view_preferences import fold_column
from taskforge.tasks.bulk.column_deletion import delete_column
from tests.e2e.boards import CONNECTED
from tests.e2e.conftest import close_context
from tests.e2e.first_load import WATCH, session_cookie
from tests.e2e.slow_line import SlowLine, slow_line
from tests.factories import Person, Team, make_person, make_task, make_team

if TYPE_CHECKING:
    from playwright._impl._api_structures import ViewportSize

# Before each column, head of lanes and cell, and before what follows all of them.
CUTS = r'<(section|div) class="(column|lanes__head)[ "]|<form id="fold-form"|<div class="board-history__controls'
ARRIVED = ".board__columns :is(.column, .lanes__head)"
SHOWN = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
WIDTHS = "columns => columns.map(column => Math.round(column.getBoundingClientRect().width))"
WIDE: ViewportSize = {"width": 1280, "height": 720}
WIDEST: ViewportSize = {"width": 2560, "height": 720}
NARROW: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture
def team(app: Flask) -> tuple[Person, Team]:
    ada = make_person(app)
    team = make_team(ada)
    for number, status in enumerate([*team.columns] * 3):
        title = f"A card that is {status}" + ", and whose title takes two lines" * (number % 2)
        make_task(ada, team, title, status=status, texts={"tags": ["api", "web"][: number % 3]})
    return ada, team


def fold(ada: Person, team: Team, *statuses: str) -> None:
    with ada.app.app_context():
        for status in statuses:
            fold_column(ada.actor, team.board_id, team.columns[status], folded=True)


def open_slowly(browser: Browser, line: SlowLine, ada: Person, viewport: ViewportSize) -> Page:
    """Open the page of a line, each piece once the one before has been shown."""
    context = browser.new_context(base_url=line.address, viewport=viewport)
    name = ada.app.config["SESSION_COOKIE_NAME"]
    context.add_cookies([session_cookie(name, ada.secret, line.address)])
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(line.path, wait_until="commit")
    for number in range(len(line.pieces) - 1):
        expect(page.locator(ARRIVED)).to_have_count(number)
        page.evaluate(SHOWN)
        line.send_next()
    page.wait_for_load_state()
    page.evaluate(SHOWN)
    return page


def assert_nothing_shifts(
    browser: Browser, server: str, ada: Person, path: str, viewport: ViewportSize
) -> None:
    with slow_line(server, path, CUTS) as line:
        page = open_slowly(browser, line, ada, viewport)
        assert len(line.pieces) > 5
        assert page.evaluate("firstLoad.shift") == 0, page.evaluate("firstLoad.shifted")
        close_context(page.context)


@pytest.mark.parametrize("folded", [(), ("done",), ("backlog", "done")])
@pytest.mark.parametrize("viewport", [WIDE, WIDEST, NARROW])
def test_no_column_shifts_when_the_next_arrives(
    browser: Browser,
    live_server: str,
    team: tuple[Person, Team],
    viewport: ViewportSize,
    folded: tuple[str, ...],
) -> None:
    ada, web = team
    fold(ada, web, *folded)
    assert_nothing_shifts(browser, live_server, ada, f"/boards/{web.board_id}", viewport)


@pytest.mark.parametrize("viewport", [WIDE, NARROW])
def test_no_lane_shifts_when_the_next_cell_arrives(
    browser: Browser, live_server: str, team: tuple[Person, Team], viewport: ViewportSize
) -> None:
    ada, web = team
    address = f"/boards/{web.board_id}?lanes=priority"
    assert_nothing_shifts(browser, live_server, ada, address, viewport)


def test_no_column_of_a_past_board_shifts(
    browser: Browser, live_server: str, team: tuple[Person, Team]
) -> None:
    ada, web = team
    assert_nothing_shifts(browser, live_server, ada, f"/boards/{web.board_id}/history", WIDE)


def test_columns_share_the_room_that_others_take_or_leave(
    page: Page, live_server: str, team: tuple[Person, Team]
) -> None:
    """Folded, opened, added and deleted ones on the open board leave the rest as wide as a new page would."""
    ada, web = team
    page.context.add_cookies(
        [session_cookie(ada.app.config["SESSION_COOKIE_NAME"], ada.secret, live_server)]
    )
    page.goto(f"/boards/{web.board_id}")
    page.locator(CONNECTED).wait_for()
    columns = page.locator(".board__columns > .column")

    def assert_as_after_a_reload(count: int, width: int) -> None:
        expect(columns).to_have_count(count)
        widths = columns.evaluate_all(WIDTHS)
        assert width in widths
        page.reload()
        page.locator(CONNECTED).wait_for()
        assert columns.evaluate_all(WIDTHS) == widths

    assert_as_after_a_reload(5, 272)
    for tool in ("Fold Done", "Fold To do"):
        page.locator(".column").filter(has=page.get_by_role("button", name=tool)).hover()
        with page.expect_response("**/fold"):
            page.get_by_role("button", name=tool).click()
    assert_as_after_a_reload(5, 330)
    with page.expect_response("**/fold"):
        page.get_by_role("button", name="Open Done").click()
    assert_as_after_a_reload(5, 292)
    with ada.app.app_context():
        made = create_column(ada.actor, web.board_id, name="Later", status="todo", hue=2)
    assert_as_after_a_reload(6, 272)
    with ada.app.app_context():
        delete_column(ada.actor, web.board_id, made.extra["column_id"])
    assert_as_after_a_reload(5, 292)
