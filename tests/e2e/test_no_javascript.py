"""Everything can be done with JavaScript turned off."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.journeys import PASSWORD, add_card, column, create_team, log_out, move_card, sign_up


@pytest.fixture
def context_options() -> dict[str, object]:
    return {"java_script_enabled": False, "viewport": {"width": 1280, "height": 720}}


def test_a_card_is_worked_across_the_board(page: Page) -> None:
    sign_up(page)
    board = create_team(page)
    add_card(page, "Pour the steel")
    for name in ("To do", "In progress", "In review", "Done"):
        move_card(page, "Pour the steel", name)
    page.goto(board)
    expect(column(page, "Done").get_by_role("link", name="Pour the steel")).to_be_visible()
    expect(column(page, "Backlog").locator(".card")).to_have_count(0)


def test_a_task_is_edited_commented_thrown_away_and_restored(page: Page) -> None:
    sign_up(page)
    board = create_team(page)
    add_card(page, "Hammer")
    page.get_by_role("link", name="Hammer", exact=True).click()
    page.locator("a[href$='/edit']").first.click()
    page.locator("[name=title]").fill("Big hammer")
    page.locator("textarea[name=description]").fill("With a **handle**")
    page.locator("form[action$='/edit'] button[type=submit]").first.click()
    expect(page.locator("strong", has_text="handle")).to_be_visible()

    page.locator("#comment-form [name=content]").fill("Heavy *indeed*")
    page.locator("#comment-form button[type=submit]").click()
    expect(page.locator("em", has_text="indeed")).to_be_visible()

    page.locator("form[action*='/tasks/'][action$='/delete'] button[type=submit]").click()
    page.goto(f"{board}/trash")
    page.locator("form[action$='/restore'] button[type=submit]").click()
    page.goto(board)
    expect(page.get_by_role("link", name="Big hammer")).to_be_visible()


def test_log_out_and_in_again(page: Page) -> None:
    email = sign_up(page)
    log_out(page)
    page.goto("/login")
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/boards**")


def test_a_wrong_password_says_nothing_about_the_account(page: Page) -> None:
    page.goto("/login")
    page.locator("[name=email]").fill("nobody@example.test")
    page.locator("[name=password]").fill("not the right one")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("main form")).to_contain_text("do not belong together")
    expect(page.locator("[name=email]")).to_have_value("nobody@example.test")
