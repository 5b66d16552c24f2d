"""What was done is undone where it is seen: on a toast, by Ctrl+Z, on the history page."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.boards import card, count, drag_to_column, titles, toast


def open_card(page: Page, title: str) -> str:
    """The address of a card's own page, which is opened."""
    address = page.get_by_role("link", name=title, exact=True).get_attribute("href") or ""
    page.goto(address)
    return address


def save_title(page: Page, task: str, title: str) -> None:
    page.goto(f"{task}/edit")
    page.locator("[name=title]").fill(title)
    page.locator("form[action$='/edit'] button[type=submit]").first.click()
    page.wait_for_url(f"**{task}")


def test_a_drag_is_undone_on_its_toast_and_the_history_knows(page: Page, board: str) -> None:
    drag_to_column(page, "Two", "Done")
    toast(page, "Moved to Done").get_by_role("button", name="Undo").click()
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])
    expect(count(page, "Done")).to_have_text("0 cards")
    again = toast(page, "Moved to Backlog again")
    again.wait_for()
    again.get_by_role("button", name="Redo").click()
    expect(titles(page, "Done")).to_have_text(["Two"])
    expect(card(page, "Two")).to_have_attribute("data-version", "4")
    page.reload()
    expect(titles(page, "Done")).to_have_text(["Two"])


def test_ctrl_z_goes_back_change_by_change_and_with_shift_forth_again(
    page: Page, board: str
) -> None:
    drag_to_column(page, "One", "Done")
    toast(page, "Moved to Done").wait_for()
    drag_to_column(page, "Two", "To do")
    toast(page, "Moved to To do").wait_for()
    page.keyboard.press("Control+z")
    expect(titles(page, "Backlog")).to_have_text(["Two", "Three"])
    expect(card(page, "Two")).to_have_attribute("data-version", "3")
    page.keyboard.press("Control+z")
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])
    expect(card(page, "One")).to_have_attribute("data-version", "3")
    page.keyboard.press("Control+Shift+Z")
    expect(titles(page, "Done")).to_have_text(["One"])
    expect(card(page, "One")).to_have_attribute("data-version", "4")
    page.reload()
    expect(titles(page, "Done")).to_have_text(["One"])
    expect(titles(page, "Backlog")).to_have_text(["Two", "Three"])


def test_ctrl_z_survives_a_reload_and_shows_what_it_did_at_once(page: Page, board: str) -> None:
    drag_to_column(page, "Two", "Done")
    toast(page, "Moved to Done").wait_for()
    page.reload()
    page.locator(".column").first.wait_for()
    page.keyboard.press("Control+z")
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])
    toast(page, "Undone").get_by_role("button", name="Redo").wait_for()
    expect(page.locator(".is-changed")).to_have_count(0)


def test_ctrl_z_in_a_field_is_the_fields_own(page: Page, board: str) -> None:
    drag_to_column(page, "Two", "Done")
    toast(page, "Moved to Done").wait_for()
    field = page.locator("form.quick-add [name=title]").first
    field.fill("A thought")
    field.press("Control+z")
    expect(titles(page, "Done")).to_have_text(["Two"])


def test_an_undo_that_somebody_stands_in_the_way_of_says_who_and_slides_back(
    page: Page, board: str
) -> None:
    page.route("**/live/**", lambda route: route.abort())  # a page that has not heard of it yet
    page.reload()
    drag_to_column(page, "Two", "Done")
    moved = toast(page, "Moved to Done")
    moved.hover()  # it waits as long as it is pointed at
    other = page.context.new_page()
    other.goto(board)
    drag_to_column(other, "Two", "In review")
    toast(other, "Moved to In review").wait_for()
    other.close()
    moved.get_by_role("button", name="Undo").click()
    toast(page, "Ada Byron changed the place later").wait_for()
    expect(titles(page, "Done")).to_have_text(["Two"])


def test_a_saved_edit_is_undone_on_the_toast_of_the_next_page(page: Page, board: str) -> None:
    task = open_card(page, "Two")
    save_title(page, task, "Second")
    toast(page, "is saved").get_by_role("button", name="Undo").click()
    expect(page.locator("h1")).to_have_text("Two")
    toast(page, "Undone on").get_by_role("button", name="Redo").click()
    expect(page.locator("h1")).to_have_text("Second")


def test_ctrl_z_on_a_task_page_takes_the_edit_back(page: Page, board: str) -> None:
    task = open_card(page, "Two")
    save_title(page, task, "Second")
    toast(page, "is saved").wait_for()
    page.keyboard.press("Control+z")
    expect(page.locator("h1")).to_have_text("Two")
    page.keyboard.press("Control+Shift+z")
    expect(page.locator("h1")).to_have_text("Second")


def test_an_edit_is_undone_from_the_history_page(page: Page, board: str) -> None:
    task = open_card(page, "Two")
    save_title(page, task, "Second")
    page.locator("#task-properties").get_by_role("link", name="History").click()
    expect(page.locator(".timeline__entry").first.locator("ins")).to_have_text("Second")
    page.get_by_role("button", name="Undo: Ada Byron changed the title").click()
    toast(page, "Undone on").wait_for()
    expect(page.locator(".page__lead")).to_have_text("Two")
    expect(page.locator(".timeline__entry").first).to_contain_text("undid a change")
    expect(page.locator(".timeline__obstacle")).to_contain_text("Undone by Ada Byron")
