"""The same with JavaScript: livelier, with nothing blocked by the content policy and no error in the console."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.e2e.journeys import (
    add_card,
    column,
    create_team,
    email_of,
    invite_person,
    log_out,
    move_card,
    sign_up,
)
from tests.e2e.pages import furnish


def test_cards_are_added_and_moved_without_leaving_the_board(page: Page) -> None:
    sign_up(page)
    create_team(page)
    for title in ("One", "Two", "Three"):
        add_card(page, title)
    move_card(page, "Two", "Done")
    expect(column(page, "Done").locator(".card")).to_have_count(1)
    expect(column(page, "Backlog").locator(".card")).to_have_count(2)


def test_whoever_accepts_an_invitation_works_on_the_teams_board(
    page: Page, second_page: Page, log_in: Callable[..., None]
) -> None:
    log_in(page)
    log_in(second_page, "Grace", "Hopper")
    board = create_team(page)
    second_page.goto("/boards")
    page.locator(".crumbs a[href*='/teams/']").first.click()
    invite_person(page, email_of(second_page))
    second_page.goto("/boards")
    second_page.get_by_role("button", name="Join Web team").click()
    expect(second_page.locator("#members")).to_contain_text("Grace Hopper")
    second_page.goto(board)
    add_card(second_page, "From Grace")
    page.goto(board)
    expect(column(page, "Backlog").locator(".card__title")).to_have_text(["From Grace"])


def test_no_page_breaks_its_own_content_policy(page: Page) -> None:
    for address in furnish(page).values():  # the page fixture fails on any message of the console
        if "/tasks/00000000" not in address:
            page.goto(address)
            page.wait_for_load_state("networkidle")


def test_a_second_window_that_edits_the_same_task_is_shown_the_conflict(page: Page) -> None:
    sign_up(page)
    create_team(page)
    add_card(page, "Contested")
    task = page.get_by_role("link", name="Contested", exact=True).get_attribute("href") or ""
    other = page.context.new_page()
    for window in (page, other):
        window.goto(f"{task}/edit")
    other.locator("[name=title]").fill("Theirs")
    other.locator("form[action$='/edit'] button[type=submit]").first.click()
    other.get_by_role("heading", name="Theirs").wait_for()
    page.locator("[name=title]").fill("Mine, typed with care")
    with page.expect_response(lambda answer: answer.status == 409):
        page.locator("form[action$='/edit'] button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("Theirs")
    expect(page.locator("[name=title]")).to_have_value("Mine, typed with care")
    other.close()


def test_nothing_is_shown_by_the_back_button_after_logging_out(
    page: Page, browser: Browser
) -> None:
    sign_up(page)
    create_team(page, "Secret plans")
    page.goto("/teams")
    log_out(page)
    page.go_back()
    page.wait_for_load_state()
    expect(page.locator("body")).not_to_contain_text("Secret plans")
