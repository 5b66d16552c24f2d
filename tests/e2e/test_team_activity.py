"""The activity of a team, and a team that requires two-factor log-in; pages are looked at in both themes and sizes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accounts import phone_of, team_of, turn_on_two_factor
from tests.e2e.looking import LOOKED_AT, look


@pytest.fixture
def context_options() -> dict[str, object]:
    return LOOKED_AT


def test_somebody_finds_out_who_did_what_and_takes_it_along(page: Page, board: str) -> None:
    page.goto(f"/teams/{team_of(page).team_id}")
    page.get_by_role("link", name="Activity").click()
    expect(page.get_by_role("heading", name="Activity")).to_be_visible()
    entries = page.locator("#activity .timeline__entry")
    expect(entries.first).to_contain_text("added WT-3 to Backlog")
    entries.first.get_by_text("Details").click()
    expect(entries.first).to_contain_text("Title")
    expect(entries.first).to_contain_text("Three")
    look(page, "team-activity")
    page.get_by_label("What").select_option("team.created")
    page.get_by_role("button", name="Show").click()
    expect(entries).to_have_count(1)
    expect(entries.first).to_contain_text("made the team")
    assert "what=team.created" in page.url
    with page.expect_download() as saved:
        page.get_by_role("link", name="CSV for spreadsheets").click()
    assert "made the team" in Path(saved.value.path()).read_text()
    page.get_by_label("To", exact=True).fill("2020-01-01")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("No change matches this filter.")).to_be_visible()
    look(page, "team-activity-empty")
    page.get_by_role("link", name="Show everything").click()
    expect(entries.nth(3)).to_be_visible()


def test_the_filter_of_a_board_works_without_javascript(board: str, plain: Page) -> None:
    plain.goto(f"{board}/activity")
    plain.get_by_label("What").select_option("board.created")
    plain.get_by_role("button", name="Show").click()
    expect(plain.locator("#activity .timeline__entry")).to_have_count(1)
    expect(plain).to_have_url(re.compile("what=board.created"))


def test_a_member_without_two_factor_is_led_to_it_and_back(
    page: Page, board: str, grace: Page
) -> None:
    turn_on_two_factor(page)
    page.goto(f"/teams/{team_of(page).team_id}/edit")
    page.get_by_role("link", name="Two-factor log-in of everybody").click()
    expect(page.get_by_text("The team does not require it.")).to_be_visible()
    look(page, "team-two-factor")
    page.get_by_label("From").select_option("0")
    page.get_by_role("button", name="Require it").click()
    expect(page.locator("#requirement .chip")).to_have_text("required")
    expect(page.locator("#without")).to_contain_text("Grace")
    look(page, "team-two-factor-required")
    # Her open board is led there without her doing anything.
    expect(grace.get_by_role("heading", name="requires two-factor log-in")).to_be_visible()
    grace.get_by_role("link", name="Turn it on").click()
    expect(grace.locator("svg.qr")).to_be_visible()
    phone = phone_of(grace, grace.locator("#totp-secret").inner_text())
    grace.get_by_label("Code that the app shows").fill(phone.code())
    grace.get_by_role("button", name="Turn on").click()
    expect(grace.locator("#recovery-codes code")).to_have_count(10)
    grace.get_by_role("link", name="I have kept them").click()
    expect(grace.locator(".quick-add").first).to_be_visible()
    assert grace.url.startswith(board)


def test_who_turns_it_off_is_told_what_that_means(page: Page, board: str) -> None:
    turn_on_two_factor(page)
    team_id = team_of(page).team_id
    page.goto(f"/teams/{team_id}/two-factor")
    page.get_by_label("From").select_option("0")
    page.get_by_role("button", name="Require it").click()
    expect(page.locator("#requirement .chip")).to_have_text("required")
    page.goto("/profile/two-factor")
    expect(page.locator("#requiring-teams")).to_contain_text("Web team")
    look(page, "two-factor-off-warning")
    page.get_by_role("button", name="Turn off").click()
    expect(page.get_by_role("link", name="Set up")).to_be_visible()
    page.goto(f"/teams/{team_id}")
    page.get_by_role("link", name="leave the team").click()
    expect(page.get_by_role("button", name="Leave the team")).to_be_visible()
    look(page, "team-leave-without-two-factor")
    page.goto(board)
    expect(page.get_by_role("heading", name="Web team requires two-factor log-in")).to_be_visible()
    look(page, "two-factor-needed")
    page.get_by_role("link", name="Other boards").click()
    expect(page.get_by_role("heading", name="Boards", exact=True)).to_be_visible()


def test_an_admin_looks_at_the_team_as_a_guest_and_ends_that(page: Page, board: str) -> None:
    page.goto(f"/teams/{team_of(page).team_id}")
    page.get_by_role("link", name="View as").click()
    look(page, "view-as")
    page.get_by_label("As", exact=True).select_option("guest")
    page.get_by_role("button", name="View").click()
    bar = page.locator("#viewing")
    expect(bar).to_contain_text("as a guest sees it")
    look(page, "view-as-team")
    page.goto(board)
    expect(page.get_by_role("heading", name="Web team")).to_be_visible()
    expect(page.locator(".quick-add")).to_have_count(0)
    look(page, "view-as-board")
    bar.get_by_role("button", name="End the view").click()
    expect(bar).to_have_count(0)
    page.goto(board)
    expect(page.locator(".quick-add").first).to_be_visible()
