"""What is deleted in the browser comes back: by its toast, by Ctrl+Z, and never something older instead."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.e2e.boards import (
    card,
    column_names,
    drag_to_column,
    open_card,
    titles,
    toast,
    type_where_focused,
)
from tests.e2e.journeys import column, create_team


def column_menu(page: Page, name: str) -> Locator:
    """The open settings of a column."""
    column(page, name).get_by_role("link", name="Column settings").click()
    menu = page.locator("#column-settings")
    menu.wait_for()
    return menu


def delete_column_with_cards(page: Page, name: str, way: str) -> None:
    menu = column_menu(page, name)
    menu.get_by_text("Delete column…").click()
    menu.get_by_role("button", name=way).click()


def write_comment(page: Page, words: str) -> Locator:
    """Comment on the open card; the comment."""
    form = page.locator("#comment-form")
    form.locator("textarea").fill(words)
    form.get_by_role("button", name="Comment").click()
    written = page.locator(".comment", has_text=words)
    written.wait_for()
    return written


def test_a_deleted_column_comes_back_with_its_cards_by_its_toast(page: Page, board: str) -> None:
    delete_column_with_cards(page, "Backlog", "Delete with its 3 cards")
    gone = toast(page, "“Backlog” is deleted, and 3 cards are in the trash.")
    expect(column_names(page)).to_have_text(["To do", "In progress", "In review", "Done"])
    gone.get_by_role("button", name="Undo").click()
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])
    toast(page, "“Backlog” is back, with 3 cards.").get_by_role("button", name="Redo").click()
    expect(column_names(page)).to_have_text(["To do", "In progress", "In review", "Done"])


def test_ctrl_z_takes_a_column_back_and_not_an_older_move(page: Page, board: str) -> None:
    drag_to_column(page, "Two", "Done")
    toast(page, "Moved to Done").wait_for()
    delete_column_with_cards(page, "Backlog", "Move and delete the column")
    toast(page, "“Backlog” is deleted, and 2 cards moved.").wait_for()
    expect(titles(page, "To do")).to_have_text(["One", "Three"])
    page.keyboard.press("Control+z")
    expect(titles(page, "Backlog")).to_have_text(["One", "Three"])
    expect(titles(page, "Done")).to_have_text(["Two"])
    toast(page, "“Backlog” is back").wait_for()
    page.keyboard.press("Control+z")
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])


def test_a_deleted_comment_and_step_come_back_by_their_toasts_and_by_ctrl_z(
    page: Page, board: str
) -> None:
    open_card(page, "Two")
    comment = write_comment(page, "Well said")
    page.locator("#checklist-text").fill("First step")
    page.locator("#checklist-text").press("Enter")
    page.get_by_role("button", name="Remove: First step").wait_for()
    page.reload()  # so that nothing is drawn anew while it is pressed
    page.get_by_role("button", name="Remove: First step").click()
    toast(page, "The step is removed.").get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Remove: First step").wait_for()
    comment.get_by_role("button", name="Delete the comment").click()
    toast(page, "The comment is deleted.").wait_for()
    expect(page.locator(".comment--deleted")).to_be_visible()
    page.locator(".comment--deleted").press("Control+z")
    page.locator(".comment", has_text="Well said").wait_for()
    expect(page.locator(".comment--deleted")).to_have_count(0)
    toast(page, "The comment is back.").get_by_role("button", name="Redo").click()
    page.locator(".comment--deleted").get_by_role("button", name="Restore").click()
    page.locator(".comment", has_text="Well said").wait_for()


def test_ctrl_z_takes_a_new_comment_and_a_new_card_back(page: Page, board: str) -> None:
    field = column(page, "Done").locator(".quick-add__input")
    field.fill("New one")
    field.press("Enter")
    expect(titles(page, "Done")).to_have_text(["New one"])
    field.blur()
    page.keyboard.press("Control+z")
    expect(titles(page, "Done")).to_have_count(0)
    open_card(page, "Two")
    write_comment(page, "Said too soon")
    page.locator("#comment-form textarea").blur()
    page.keyboard.press("Control+z")
    expect(page.locator(".comment--deleted")).to_be_visible()


def test_after_something_else_ctrl_z_says_what_it_would_undo(page: Page, board: str) -> None:
    drag_to_column(page, "Two", "Done")
    toast(page, "Moved to Done").wait_for()
    menu = column_menu(page, "To do")
    menu.get_by_label("Name", exact=True).fill("Soon")
    menu.get_by_role("button", name="Save").click()
    column(page, "Soon").wait_for()
    page.keyboard.press("Control+z")
    asked = toast(page, "The change before it: “Moved to Done”")
    asked.wait_for()
    expect(titles(page, "Done")).to_have_text(["Two"])
    asked.get_by_role("button", name="Undo that").click()
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])


def test_ctrl_z_takes_the_deletion_of_a_board_back(page: Page, board: str) -> None:
    drag_to_column(page, "Two", "Done")
    toast(page, "Moved to Done").wait_for()
    page.goto(f"{board}/settings")
    page.get_by_role("button", name="Delete the board").click()
    page.wait_for_url("**/boards")
    toast(page, "is deleted.").wait_for()
    page.keyboard.press("Control+z")
    page.wait_for_url(f"**{board}")
    toast(page, "is back.").wait_for()
    expect(titles(page, "Done")).to_have_text(["Two"])


def test_who_has_a_board_open_sees_it_go_and_come_back(page: Page, board: str) -> None:
    other = page.context.new_page()
    other.goto(f"{board}/settings")
    other.get_by_role("button", name="Delete the board").click()
    deleted = toast(other, "is deleted.")
    deleted.hover()  # it waits as long as it is pointed at
    expect(page.locator("#live-status")).to_have_text("This board can no longer be reached")
    deleted.get_by_role("button", name="Undo").click()
    other.locator(".column").first.wait_for()
    expect(page.locator("#live-status")).to_have_text("", timeout=20_000)
    card(page, "One").wait_for()


def test_a_column_is_dragged_by_its_head_and_taken_back(page: Page, board: str) -> None:
    drag_head(page, "Done", "To do")
    expect(column_names(page)).to_have_text(
        ["Backlog", "Done", "To do", "In progress", "In review"]
    )
    toast(page, "The column is at its new place.").wait_for()
    page.reload()
    expect(column_names(page)).to_have_text(
        ["Backlog", "Done", "To do", "In progress", "In review"]
    )
    page.keyboard.press("Control+z")
    expect(column_names(page)).to_have_text(
        ["Backlog", "To do", "In progress", "In review", "Done"]
    )


def test_a_dragged_column_goes_back_by_escape_and_by_a_refusal(page: Page, board: str) -> None:
    as_before = ["Backlog", "To do", "In progress", "In review", "Done"]
    grab_head(page, "Done", "Backlog")
    expect(column_names(page)).to_have_text(
        ["Done", "Backlog", "To do", "In progress", "In review"]
    )
    page.keyboard.press("Escape")
    expect(column_names(page)).to_have_text(as_before)
    page.mouse.up()
    refused = {"error": {"message": "A column can’t go there."}}
    page.route("**/columns/*/move", lambda route: route.fulfill(status=409, json=refused))
    drag_head(page, "Done", "Backlog")
    toast(page, "A column can’t go there.").wait_for()
    expect(column_names(page)).to_have_text(as_before)


def test_a_new_board_is_named_and_filled_without_a_further_click(page: Page, board: str) -> None:
    page.goto("/boards")
    page.get_by_text("New board").first.click()
    type_where_focused(page, "Autumn fair")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Autumn fair").wait_for()
    type_where_focused(page, "First card")
    page.keyboard.press("Enter")
    expect(titles(page, "Backlog")).to_have_text(["First card"])


def test_the_palette_begins_a_board_without_a_further_click(page: Page, board: str) -> None:
    create_team(page, "Fair team")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("new board Autumn fair")
    page.keyboard.press("Enter")
    page.wait_for_url("**/boards?new=**")
    expect(page.locator("[name=name]:focus")).to_have_value("Autumn fair")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Autumn fair").wait_for()
    type_where_focused(page, "First card")
    page.keyboard.press("Enter")
    expect(titles(page, "Backlog")).to_have_text(["First card"])


def grab_head(page: Page, name: str, target: str) -> None:
    """Press on the head of a column and pull it to the left half of another one."""
    heads = [column(page, one).locator(".column__name").bounding_box() for one in (name, target)]
    assert all(heads)
    start, goal = heads
    assert start
    assert goal
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    expect(column(page, name).locator(".column__head")).to_have_css("cursor", "grab")
    page.mouse.down()
    page.mouse.move(start["x"] - 10, start["y"] + 5, steps=3)
    page.mouse.move(goal["x"], goal["y"] + 5, steps=8)
    page.locator(".column-drag").wait_for()


def drag_head(page: Page, name: str, target: str) -> None:
    grab_head(page, name, target)
    expect(column(page, name)).to_have_class("column is-carried is-dragging")
    page.mouse.up()
