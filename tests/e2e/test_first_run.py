"""From the sign-up page to one's own first card, and from the tour to an empty board."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.journeys import column, move_card, sign_up


def test_the_first_own_card_is_two_steps_after_signing_up(page: Page) -> None:
    sign_up(page)
    page.keyboard.type("Mend the roof")  # step one: no click comes before it
    page.keyboard.press("Enter")  # step two
    expect(column(page, "Backlog").get_by_role("link", name="Mend the roof")).to_be_visible()
    expect(page.locator(":focus")).to_have_attribute("name", "title")


def test_the_tour_can_be_done_on_its_cards(page: Page) -> None:
    sign_up(page)
    page.keyboard.type("Call the mill @ada !3 #idea fri")
    page.keyboard.press("Enter")
    card = page.locator(".card", has=page.get_by_role("link", name="Call the mill", exact=True))
    expect(card.locator(".chip")).to_have_text("idea")
    expect(card.locator("[title='Ada Byron']")).to_be_visible()
    expect(card.locator("time")).to_be_visible()
    move_card(page, "Drag me to In progress", "In progress")


def test_start_empty_is_one_click_and_can_be_undone(page: Page) -> None:
    sign_up(page)
    tour = page.locator(".card").count()
    assert tour >= 7
    page.get_by_role("button", name="Start empty").click()
    expect(page.get_by_role("heading", name="A clean anvil")).to_be_visible()
    expect(page.locator("#sample")).to_have_count(0)
    expect(page.locator(":focus")).to_have_attribute("name", "title")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator(".card")).to_have_count(tour)
    expect(page.locator("#sample")).to_be_visible()


def test_the_banner_stays_away_once_the_board_is_ones_own(page: Page) -> None:
    sign_up(page)
    page.get_by_role("button", name="Start empty").click()
    expect(page.locator("#sample")).to_have_count(0)
    page.keyboard.type("Mend the roof")
    page.keyboard.press("Enter")
    expect(column(page, "Backlog").get_by_role("link", name="Mend the roof")).to_be_visible()
    page.reload()
    expect(page.locator("#sample")).to_have_count(0)
    expect(page.locator(".card")).to_have_count(1)
