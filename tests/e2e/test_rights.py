"""Rights in a browser: what an admin changes holds at once in the windows of others; why somebody may do something."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from taskforge import clock
from tests.e2e.accounts import join_team, make_board, team_of, user_id_of
from tests.e2e.boards import CONNECTED, expect_nothing_here, open_board, toast


def save_rights(page: Page, right: str, *, ticked: bool) -> None:
    """Tick or untick a cell of the matrix, and save it."""
    page.goto(f"/teams/{team_of(page).team_id}/permissions")
    page.get_by_role("checkbox", name=right).set_checked(ticked)
    page.get_by_role("button", name="Save").click()
    toast(page, "The rights are changed").wait_for()


def test_a_change_of_the_matrix_holds_at_once_in_another_window_and_is_taken_back(
    page: Page, board: str, grace: Page
) -> None:
    new_card = grace.locator(".quick-add").first
    expect(new_card).to_be_visible()
    save_rights(page, "Member: Create tasks", ticked=False)
    saved = toast(page, "The rights are changed")
    saved.hover()  # it waits as long as it is pointed at
    expect(grace.locator(".quick-add")).to_have_count(0)
    grace.locator(CONNECTED).wait_for()
    changed = page.get_by_role("checkbox", name=re.compile("Member: Create tasks.*changed"))
    expect(changed).not_to_be_checked()
    saved.get_by_role("button", name="Undo").click()
    expect(new_card).to_be_visible()


def test_who_is_writing_is_asked_before_the_page_shows_other_rights(
    page: Page, board: str, grace: Page
) -> None:
    words = grace.locator(".quick-add input[name=title], .quick-add textarea").first
    words.fill("Half a thought")
    save_rights(page, "Member: Create boards", ticked=False)
    toast(grace, "Your rights in a team have changed").wait_for()
    expect(words).to_have_value("Half a thought")


def test_a_guest_is_limited_to_one_board(
    page: Page, board: str, second_page: Page, log_in: Callable[..., None]
) -> None:
    log_in(second_page, "Gus", "Guest")
    join_team(page, second_page, "guest")
    open_board(board, second_page)
    page.goto(f"/teams/{team_of(page).team_id}")
    page.locator("#members .row", has_text="Gus Guest").get_by_role("link", name="Boards").click()
    page.get_by_label("only the boards that are ticked here").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#members .row", has_text="Gus Guest")).to_contain_text(
        "sees some boards only"
    )
    expect_nothing_here(second_page)
    second_page.goto("/boards")
    expect(second_page.locator(".tile")).to_have_count(0)
    second_page.goto("about:blank")  # or it would load itself anew when the rights change
    page.locator("#members .row", has_text="Gus Guest").get_by_role("link", name="Boards").click()
    page.get_by_label("Web team").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#members .row", has_text="Gus Guest")).to_contain_text(
        "sees some boards only"
    )
    open_board(board, second_page)


def test_an_access_is_explained_as_of_last_week(
    page: Page, second_page: Page, log_in: Callable[..., None]
) -> None:
    """Grace was made a member a month ago; just now the matrix is changed."""
    log_in(page)
    log_in(second_page, "Grace", "Hopper")
    with clock.frozen(clock.now() - timedelta(days=30)):
        make_board(page)
        join_team(page, second_page)
    save_rights(page, "Member: Create tasks", ticked=False)
    page.goto(f"/teams/{team_of(page).team_id}/members/{user_id_of(second_page)}/access")
    create = page.locator(".row", has_text="Create tasks")
    expect(create).to_contain_text("no")
    expect(create).to_contain_text("set by Ada Byron")
    week_ago = page.evaluate("new Date(Date.now() - 7 * 864e5).toISOString().slice(0, 16)")
    page.get_by_label("As of (UTC)").fill(week_ago)
    page.get_by_role("button", name="Show").click()
    expect(create).to_contain_text("yes")
    expect(create).to_contain_text("as in every new team")
    expect(page.locator("h1")).to_contain_text("Access of Grace Hopper")
    page.get_by_role("link", name="Now", exact=True).click()
    expect(create).to_contain_text("no")
