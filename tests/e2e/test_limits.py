"""WIP limits on an open board: soft ones warn, hard ones send the card back; nothing is announced before it is so."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.boards import (
    card,
    count,
    drag_to_column,
    limit_column,
    link,
    make_limits_hard,
    open_board,
    titles,
    toast,
)
from tests.e2e.journeys import column

ANNOUNCEMENT = "#board-announcement"


@pytest.fixture
def full(page: Page, board: str) -> str:
    """The address of the board, of which the column “To do” is full."""
    drag_to_column(page, "One", "To do")
    toast(page, "Moved to To do").wait_for()
    limit_column(page, board, "To do", 1)
    open_board(board, page)
    return board


def test_a_soft_limit_takes_the_card_and_warns(page: Page, full: str) -> None:
    drag_to_column(page, "Two", "To do")
    toast(page, "Moved to To do (over its limit: 2 of 1)").wait_for()
    expect(titles(page, "To do")).to_have_text(["One", "Two"])
    expect(column(page, "To do").locator(".column__limit--over")).to_have_text("over limit")
    expect(page.locator(ANNOUNCEMENT)).to_contain_text("over its limit: 2 of 1")
    page.reload()
    expect(titles(page, "To do")).to_have_text(["One", "Two"])
    expect(column(page, "To do").locator(".column__limit--over")).to_have_text("over limit")


def test_a_hard_limit_can_be_overridden_by_an_admin(page: Page, full: str) -> None:
    make_limits_hard(page, full)
    drag_to_column(page, "Two", "To do")
    refusal = toast(page, "“To do” is full: 1 of 1 tasks.")
    expect(refusal.get_by_role("button", name="Retry")).to_have_count(0)
    expect(titles(page, "Backlog")).to_have_text(["Two", "Three"])
    refusal.get_by_role("button", name="Move anyway").click()
    toast(page, "over its limit").wait_for()
    page.reload()
    expect(titles(page, "To do")).to_have_text(["One", "Two"])


def test_a_hard_limit_offers_nothing_useless_to_a_member(
    page: Page, full: str, grace: Page
) -> None:
    make_limits_hard(page, full)
    open_board(full, grace)
    drag_to_column(grace, "Two", "To do")
    refusal = toast(grace, "“To do” is full: 1 of 1 tasks.")
    refusal.wait_for()
    expect(refusal.get_by_role("button", name="Retry")).to_have_count(0)
    expect(refusal.get_by_role("button", name="Move anyway")).to_have_count(0)
    expect(titles(grace, "Backlog")).to_have_text(["Two", "Three"])
    expect(count(grace, "To do")).to_contain_text("1/1")


@pytest.mark.parametrize("way", ["drag", "key", "priority"])
def test_nothing_is_announced_before_the_server_has_accepted_it(
    page: Page, board: str, way: str
) -> None:
    held: list[Route] = []
    address = "**/fields/priority" if way == "priority" else "**/move"
    page.route(address, lambda route: held.append(route))
    with page.expect_request(address):
        if way == "drag":
            drag_to_column(page, "Two", "Done")
        else:
            link(page, "Two").focus()
            page.keyboard.press("4" if way == "priority" else ".")
    expect(page.locator(ANNOUNCEMENT)).to_be_empty()
    held.pop().fulfill(status=409, json={"error": {"code": "conflict", "message": "Not now."}})
    toast(page, "Not now.").wait_for()
    expect(page.locator(ANNOUNCEMENT)).to_be_empty()
    page.unroute(address)
    link(page, "Two").focus()
    page.keyboard.press("4" if way == "priority" else ".")
    said = "priority urgent" if way == "priority" else "Two: moved to To do, place 1."
    expect(page.locator(ANNOUNCEMENT)).to_contain_text(said)
    expect(card(page, "Two")).to_be_visible()
