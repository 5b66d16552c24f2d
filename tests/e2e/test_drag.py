"""Cards are taken and dropped: they stay where they were put, or come back with the reason."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect

from tests.e2e.boards import (
    card,
    count,
    drag_onto,
    drag_to_column,
    grab,
    limit_column,
    make_limits_hard,
    titles,
    toast,
)
from tests.e2e.journeys import column, wait_until


def test_a_card_is_dragged_to_the_top_of_its_column(page: Page, board: str) -> None:
    drag_onto(page, "Three", "One")
    expect(titles(page, "Backlog")).to_have_text(["Three", "One", "Two"])
    toast(page, "Moved to Backlog").wait_for()
    page.reload()
    expect(titles(page, "Backlog")).to_have_text(["Three", "One", "Two"])
    expect(page).to_have_url(board)


def test_a_card_is_dragged_to_an_empty_column_and_between_others(page: Page, board: str) -> None:
    drag_to_column(page, "Two", "In progress")
    expect(titles(page, "In progress")).to_have_text(["Two"])
    expect(count(page, "In progress")).to_have_text("1 cards")
    expect(count(page, "Backlog")).to_have_text("2 cards")
    expect(page.locator("#board-announcement")).to_have_text("Two: moved to In progress, place 1.")
    drag_to_column(page, "Three", "In progress")
    drag_onto(page, "One", "Three")
    expect(column(page, "Backlog")).to_contain_text("No cards")
    expect(card(page, "One")).to_have_attribute("data-version", "2")
    page.reload()
    expect(titles(page, "In progress")).to_have_text(["Two", "One", "Three"])


def test_a_card_is_dragged_twice_without_waiting(page: Page, board: str) -> None:
    drag_to_column(page, "One", "Done")
    drag_to_column(page, "One", "To do")
    expect(card(page, "One")).to_have_attribute("data-version", "3")
    page.reload()
    expect(titles(page, "To do")).to_have_text(["One"])


def test_a_card_is_moved_although_the_page_is_left_at_once(page: Page, board: str) -> None:
    held: list[Route] = []
    page.route("**/move", lambda route: held.append(route))
    drag_to_column(page, "One", "Done")
    wait_until(page, lambda: held)
    page.goto("/boards")
    held[0].continue_()
    page.goto(board)
    expect(titles(page, "Done")).to_have_text(["One"])


def test_moves_that_wait_for_their_turn_are_made_by_the_next_page(page: Page, board: str) -> None:
    held: list[Route] = []
    page.route("**/move", lambda route: route.continue_() if held else held.append(route))
    drag_to_column(page, "One", "Done")
    drag_to_column(page, "Two", "In progress")
    drag_to_column(page, "Two", "Done")
    wait_until(page, lambda: held)
    page.goto("/boards")
    held[0].continue_()
    toast(page, "Moved to Done").wait_for()
    page.goto(board)
    expect(titles(page, "Done")).to_have_text(["One", "Two"])


def test_escape_puts_a_dragged_card_back(page: Page, board: str) -> None:
    grab(page, "One")
    box = column(page, "Done").bounding_box()
    assert box
    page.mouse.move(box["x"] + 60, box["y"] + 60, steps=5)
    expect(titles(page, "Done")).to_have_text(["One"])
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])
    expect(count(page, "Backlog")).to_have_text("3 cards")
    expect(page.locator(".is-dragging, .is-target, .is-ghost")).to_have_count(0)


def test_a_full_column_sends_the_card_back_and_says_why(page: Page, board: str) -> None:
    drag_to_column(page, "One", "In progress")
    toast(page, "Moved to In progress").wait_for()
    limit_column(page, board, "In progress", 1)
    make_limits_hard(page, board)
    drag_to_column(page, "Two", "In progress")
    refusal = toast(page, "“In progress” is full: 1 of 1 tasks.")
    refusal.wait_for()
    expect(titles(page, "Backlog")).to_have_text(["Two", "Three"])
    expect(count(page, "In progress")).to_have_text("1/1 cards, the limit is 1")
    expect(count(page, "Backlog")).to_have_text("2 cards")
    expect(column(page, "In progress").locator(".column__limit")).to_have_text("full")
    drag_to_column(page, "One", "Done")
    toast(page, "Moved to Done").wait_for()
    drag_to_column(page, "Two", "In progress")
    toast(page, "Moved to In progress").wait_for()


def test_a_move_that_cannot_be_sent_comes_back_and_is_tried_again(page: Page, board: str) -> None:
    page.route("**/move", lambda route: route.abort())
    drag_to_column(page, "Two", "Done")
    lost = toast(page, "No connection.")
    lost.wait_for()
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])
    expect(count(page, "Done")).to_have_text("0 cards")
    page.unroute("**/move")
    lost.get_by_role("button", name="Retry").click()
    toast(page, "Moved to Done").wait_for()
    page.reload()
    expect(titles(page, "Done")).to_have_text(["Two"])


def test_a_card_changed_by_another_comes_back_and_moves_on_retry(page: Page, board: str) -> None:
    page.route("**/live/**", lambda route: route.abort())  # a page that has not heard of it yet
    page.reload()
    other = page.context.new_page()
    other.goto(board)
    drag_to_column(other, "One", "Done")
    toast(other, "Moved to Done").wait_for()
    other.close()
    drag_to_column(page, "One", "To do")
    conflict = toast(page, "You moved it to “Done” in another window")
    conflict.wait_for()
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])
    conflict.get_by_role("button", name="Retry").click()
    toast(page, "Moved to To do").wait_for()
    page.reload()
    expect(titles(page, "To do")).to_have_text(["One"])


def test_a_move_is_undone_from_its_toast(page: Page, board: str) -> None:
    drag_to_column(page, "Two", "Done")
    toast(page, "Moved to Done").get_by_role("button", name="Undo").click()
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])
    expect(card(page, "Two")).to_have_attribute("data-version", "3")
    expect(count(page, "Done")).to_have_text("0 cards")
    page.reload()
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])


def test_the_selected_card_is_sent_to_the_columns_beside_it(page: Page, board: str) -> None:
    page.get_by_role("link", name="Two", exact=True).focus()
    page.keyboard.press(".")
    expect(titles(page, "To do")).to_have_text(["Two"])
    expect(page.get_by_role("link", name="Three", exact=True)).to_be_focused()
    expect(card(page, "Two")).to_have_attribute("data-version", "2")
    page.get_by_role("link", name="Two", exact=True).focus()
    page.keyboard.press(",")
    expect(titles(page, "Backlog")).to_have_text(["Two", "One", "Three"])
    expect(card(page, "Two")).to_have_attribute("data-version", "3")
    page.reload()
    expect(titles(page, "Backlog")).to_have_text(["Two", "One", "Three"])


def test_move_keys_are_letters_where_one_types(page: Page, board: str) -> None:
    field = column(page, "Backlog").locator("form.quick-add [name=title]")
    field.focus()
    page.keyboard.type("a.b,c")
    expect(field).to_have_value("a.b,c")
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])


def test_a_click_still_opens_the_card(page: Page, board: str) -> None:
    page.get_by_role("link", name="Two", exact=True).click()
    page.wait_for_url("**/tasks/**")


def test_a_click_right_after_a_drop_is_not_taken_for_the_end_of_the_drag(
    page: Page, board: str
) -> None:
    # All in one task of the page, so that no timer of it can run between the drop and the next press.
    page.evaluate(
        """() => {
          window.clicked = 0;
          const summary = document.querySelector("#board-lanes > summary");
          document.addEventListener("pointerup", () => {
            summary.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, isPrimary: true }));
            summary.click();
          }, { once: true });
        }"""
    )
    drag_to_column(page, "One", "Done")
    expect(page.locator("#board-lanes")).to_have_attribute("open", "")
    expect(titles(page, "Done")).to_have_text(["One"])
