"""How people go from a team and come back, and how a team does: in two windows."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.accounts import assign_card, team_of
from tests.e2e.axe import problems
from tests.e2e.boards import card, expect_nothing_here, open_board, toast


def open_team(page: Page) -> None:
    """Open the page of the team of `page`, until its people are shown."""
    page.goto(f"/teams/{team_of(page).team_id}")
    expect(page.locator("#members")).to_be_visible()


def test_a_person_is_removed_with_their_cards_and_taken_back(
    page: Page, board: str, grace: Page
) -> None:
    assign_card(page, grace, "Forge a nail")
    open_team(page)
    page.get_by_role("link", name="Remove Grace Hopper").click()
    expect(page.get_by_role("heading", name="Remove Grace Hopper")).to_be_visible()
    assert problems(page) == []
    page.get_by_label("The open cards (1)").select_option(label="go to Ada Byron")
    page.get_by_role("button", name="Remove", exact=True).click()
    removed = toast(page, "Grace Hopper is removed. 1 card handed over.")
    removed.hover()  # it waits as long as it is pointed at
    expect(page.locator("#members li")).to_have_count(1)
    expect_nothing_here(grace)
    removed.get_by_role("button", name="Undo").click()
    expect(page.locator("#members li")).to_have_count(2)
    expect(toast(page, "Grace Hopper is back. 1 card handed back.")).to_be_visible()
    open_board(board, grace)
    expect(card(grace, "Forge a nail")).to_contain_text("GH")


def test_a_team_is_deleted_and_restored(page: Page, board: str, grace: Page) -> None:
    open_team(page)
    page.get_by_role("link", name="Delete this team").click()
    expect(page.get_by_role("heading", name="Delete Web team")).to_be_visible()
    assert problems(page) == []
    name = page.get_by_label("Type the name of the team")
    name.fill("Web")
    page.get_by_role("button", name="Delete the team").click()
    expect(page.locator("main")).to_contain_text("is not the name of this team")
    name.fill("Web team")
    page.get_by_role("button", name="Delete the team").click()
    expect(page.get_by_role("heading", name="Deleted teams")).to_be_visible()
    assert problems(page) == []
    expect_nothing_here(grace)
    page.get_by_role("button", name="Restore Web team").click()
    expect(page.get_by_role("heading", name="Web team")).to_be_visible()
    open_board(board, page, grace)


def test_a_board_is_archived_while_somebody_looks_at_it(
    page: Page, board: str, grace: Page
) -> None:
    expect(grace.locator(".quick-add").first).to_be_visible()
    page.goto(f"{board}/settings")
    page.get_by_role("button", name="Archive the board").click()
    expect(page.locator("#archived")).to_contain_text("This board is archived")
    expect(page.locator(".quick-add")).to_have_count(0)
    expect(grace.locator("#archived")).to_contain_text("it can be read, but not changed")
    expect(grace.locator(".quick-add")).to_have_count(0)
    assert problems(page) == []
    page.goto("/teams/archived")
    expect(page.locator("#archived-boards")).to_contain_text("Web team")
    assert problems(page) == []
    page.get_by_role("button", name="Unarchive").click()
    expect(page.locator(".quick-add").first).to_be_visible()
    expect(grace.locator(".quick-add").first).to_be_visible()
