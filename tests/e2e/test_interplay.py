"""Parts of the board used together: the open task, filters, lanes, folds, keys, undo, and what others do meanwhile."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.journeys import add_card, add_member, column, create_team, email_of, sign_up
from tests.e2e.test_drag import card, count, drag_to_column, limit_column, titles, toast
from tests.e2e.test_views import drag_to_cell, fold, lane

DIALOG = "#task-dialog"
CONNECTED = ".board__columns[data-live=on]"


@pytest.fixture
def board(page: Page) -> str:
    """The address of a board with three cards in the first column, which is open and live."""
    sign_up(page)
    address = create_team(page)
    for title in ("One", "Two", "Three"):
        add_card(page, title)
    open_board(page, address)
    return address


@pytest.fixture
def grace(page: Page, board: str, second_page: Page) -> Page:
    """The browser of a second member, on the same board."""
    sign_up(second_page, "Grace", "Hopper")
    add_member(page, email_of(second_page))
    open_board(page, board)
    open_board(second_page, board)
    return second_page


def open_board(page: Page, address: str) -> None:
    page.goto(address)
    page.locator(CONNECTED).wait_for()


def link(page: Page, title: str) -> Locator:
    return page.locator(".board__columns").get_by_role("link", name=title, exact=True)


def task_title(page: Page) -> Locator:
    return page.locator(f"{DIALOG} .task__title")


def open_card(page: Page, title: str) -> None:
    link(page, title).focus()
    page.keyboard.press("Enter")
    expect(task_title(page)).to_have_text(title)


def close_card(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.locator(DIALOG)).to_be_hidden()


def look_by(page: Page, name: str) -> None:
    page.locator("#board-lanes summary").click()
    page.get_by_role("link", name=name).click()
    page.locator(".lane").first.wait_for()


def filter_words(page: Page, words: str) -> None:
    page.locator("#board-filter").click()
    page.get_by_role("dialog", name="Filter").get_by_label("Words in the title").fill(words)
    expect(page.locator("#board-chips .filter-chip bdi")).to_have_text([words])
    page.keyboard.press("Escape")


# The open task and the ways of looking, in one history


def test_back_and_forward_go_through_filters_and_open_tasks(page: Page, board: str) -> None:
    filter_words(page, "t")
    expect(titles(page, "Backlog")).to_have_text(["Two", "Three"])
    open_card(page, "Two")
    page.go_back()
    expect(page.locator(DIALOG)).to_be_hidden()
    expect(page).to_have_url(f"{board}?q=t")
    expect(link(page, "Two")).to_be_focused()
    page.go_forward()
    expect(task_title(page)).to_have_text("Two")
    page.go_back()
    expect(page.locator(DIALOG)).to_be_hidden()
    page.go_back()
    expect(page).to_have_url(board)
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])
    page.go_forward()
    expect(titles(page, "Backlog")).to_have_text(["Two", "Three"])


def test_a_reload_on_a_filtered_board_keeps_the_steps_before_it(page: Page, board: str) -> None:
    filter_words(page, "t")
    page.reload()
    page.locator(CONNECTED).wait_for()
    page.go_back()
    expect(page).to_have_url(board)
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])
    page.go_forward()
    expect(titles(page, "Backlog")).to_have_text(["Two", "Three"])


def test_a_reload_on_an_open_task_leads_back_to_its_lanes(page: Page, board: str) -> None:
    look_by(page, "By priority")
    open_card(page, "Two")
    page.reload()
    expect(page.locator("main .task__title")).to_have_text("Two")
    page.go_back()
    expect(page).to_have_url(f"{board}?lanes=priority")
    expect(lane(page, "Medium").locator(".card")).to_have_count(3)
    page.go_forward()
    expect(page.locator(".task__title")).to_have_text("Two")
    page.go_back()
    page.locator(".lane").first.wait_for()
    page.go_back()
    expect(page).to_have_url(board)
    expect(page.locator(".lane")).to_have_count(0)
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])


def test_a_task_opened_while_a_filter_arrives_leaves_the_steps_right(
    page: Page, board: str
) -> None:
    look_by(page, "By priority")  # what looks otherwise is here now
    slow = re.compile(r"/boards/[^/]+\?lanes=tag")
    page.route(slow, lambda route: (page.wait_for_timeout(600), route.continue_()))
    page.locator("#board-lanes summary").click()
    page.get_by_role("link", name="By tag").click()
    link(page, "Two").click()
    expect(task_title(page)).to_have_text("Two")
    page.wait_for_timeout(800)
    page.go_back()
    expect(page).to_have_url(f"{board}?lanes=tag")
    expect(page.locator(".lane__name")).to_have_text(["No tag"])
    page.go_back()
    expect(page).to_have_url(f"{board}?lanes=priority")
    expect(lane(page, "Medium").locator(".card")).to_have_count(3)


# The open task and the others


def test_others_change_a_filtered_board_behind_an_open_task(
    page: Page, board: str, grace: Page
) -> None:
    open_board(page, f"{board}?q=t")
    open_card(page, "Two")
    drag_to_column(grace, "Three", "To do")
    expect(titles(page, "To do")).to_have_text(["Three"])
    expect(titles(page, "Backlog")).to_have_text(["Two"])
    expect(column(page, "Backlog").locator(".column__hidden")).to_contain_text("1 hidden")


def test_others_change_lanes_behind_an_open_task(page: Page, board: str, grace: Page) -> None:
    open_board(page, f"{board}?lanes=priority")
    open_card(page, "Two")
    drag_to_column(grace, "Three", "To do")
    cell = lane(page, "Medium").locator(".column").nth(1)
    expect(cell.locator(".card__title")).to_have_text(["Three"])
    expect(page.locator(".board__columns > .column")).to_have_count(0)
    close_card(page)
    expect(link(page, "Two")).to_be_focused()


def test_an_open_task_that_others_delete_and_restore_says_so(
    page: Page, board: str, grace: Page
) -> None:
    open_card(page, "Two")
    open_card(grace, "Two")
    grace.locator(f"{DIALOG} form[action$='/delete'] button").click()
    expect(card(page, "Two")).to_have_count(0)
    expect(page.locator(f"{DIALOG} .task__deleted")).to_be_visible()
    toast(grace, "is in the trash").get_by_role("button", name="Undo").click()
    expect(page.locator(f"{DIALOG} .task__deleted")).to_have_count(0)
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])
    close_card(page)
    expect(link(page, "Two")).to_be_focused()


# Toasts and keys over the open task


def test_a_toast_over_an_open_task_can_be_clicked(page: Page, board: str) -> None:
    open_card(page, "Two")
    page.locator(DIALOG).get_by_role("button", name="Mark done").click()
    expect(titles(page, "Done")).to_have_text(["Two"])
    toast(page, "is done").get_by_role("button", name="Undo").click()
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])
    expect(page.locator(f"{DIALOG} #field-column")).to_contain_text("Backlog")
    expect(page.locator(DIALOG)).to_be_visible()
    close_card(page)
    toast(page, "Undone").get_by_role("button", name="Redo").click()
    expect(titles(page, "Done")).to_have_text(["Two"])


def test_a_toast_that_is_there_already_is_above_a_task_that_opens(page: Page, board: str) -> None:
    drag_to_column(page, "One", "To do")
    toast(page, "Moved to To do").wait_for()
    open_card(page, "Two")
    toast(page, "Moved to To do").get_by_role("button", name="Undo").click()
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])


def test_control_z_in_an_open_task_takes_back_its_last_change(page: Page, board: str) -> None:
    open_card(page, "Two")
    page.locator(DIALOG).get_by_role("button", name="Mark done").click()
    expect(titles(page, "Done")).to_have_text(["Two"])
    page.keyboard.press("Control+z")
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])
    expect(page.locator(DIALOG).get_by_role("button", name="Mark done")).to_be_visible()


def test_the_palette_over_an_open_task_does_what_it_says(page: Page, board: str) -> None:
    open_card(page, "Two")
    page.keyboard.press("Control+k")
    palette = page.locator("#palette")
    expect(palette).to_be_visible()
    palette.locator("input").fill("new card")
    page.keyboard.press("Enter")
    expect(palette).to_be_hidden()
    expect(page.locator(DIALOG)).to_be_hidden()
    expect(column(page, "Backlog").locator("[name=title]")).to_be_focused()


def test_help_opens_over_an_open_task_and_escape_closes_one_at_a_time(
    page: Page, board: str
) -> None:
    open_card(page, "Two")
    page.keyboard.press("?")
    expect(page.locator("#keys-help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys-help")).to_be_hidden()
    expect(page.locator(DIALOG)).to_be_visible()
    close_card(page)
    expect(link(page, "Two")).to_be_focused()


def test_keys_of_the_board_do_nothing_behind_an_open_task(page: Page, board: str) -> None:
    open_card(page, "Two")
    for key in (".", ",", "x", "4", "ArrowDown", " "):
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])
    expect(card(page, "Two").locator(".icon--priority-urgent")).to_have_count(0)
    expect(task_title(page)).to_have_text("Two")


# Keys that change a card


def test_a_key_changes_a_card_at_once_and_only_others_see_a_pulse(
    page: Page, board: str, grace: Page
) -> None:
    link(page, "Two").focus()
    page.keyboard.press("4")
    expect(card(page, "Two").locator(".icon--priority-urgent")).to_be_attached()
    expect(link(page, "Two")).to_be_focused()
    expect(card(grace, "Two")).to_have_attribute("data-by", "AB")
    expect(card(grace, "Two").locator(".icon--priority-urgent")).to_be_attached()
    expect(page.locator(".card.is-changed")).to_have_count(0)
    toast(page, "priority urgent").get_by_role("button", name="Undo").click()
    expect(card(page, "Two").locator(".icon--priority-urgent")).to_have_count(0)


@pytest.mark.parametrize("key", ["t", "d", "l", "a"])
def test_a_field_changed_beside_its_card_is_on_the_card(page: Page, board: str, key: str) -> None:
    link(page, "Two").focus()
    page.keyboard.press(key)
    pop = page.locator(".pop")
    expect(pop).to_be_visible()
    if key == "t":
        pop.locator("[name=value]").fill("Two and a half")
        page.keyboard.press("Enter")
    elif key == "d":
        pop.get_by_role("button", name="Tomorrow").click()
    elif key == "l":
        pop.locator("[name=value]").fill("iron")
        page.keyboard.press("Enter")
    else:
        pop.get_by_role("button", name="Ada Byron").click()
    seen = {"t": "Two and a half", "d": "Tomorrow", "l": "iron", "a": "AB"}[key]
    expect(page.locator(".card", has_text="Two")).to_contain_text(re.compile(seen, re.I))
    expect(pop).to_be_hidden()
    expect(page.locator(".card", has_text="Two").locator(".card__title")).to_be_focused()
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".card", has_text="Two")).not_to_contain_text(re.compile(seen, re.I))


def test_the_column_chosen_beside_a_card_takes_the_card(page: Page, board: str) -> None:
    limit_column(page, board, "Done", 1)
    page.locator(CONNECTED).wait_for()
    link(page, "Two").focus()
    page.keyboard.press("s")
    page.locator(".pop").get_by_role("button", name="Done").click()
    expect(titles(page, "Done")).to_have_text(["Two"])
    expect(count(page, "Done")).to_contain_text("1/1")
    expect(count(page, "Backlog")).to_contain_text("2 ")
    expect(link(page, "Two")).to_be_focused()


def test_a_priority_by_key_takes_the_card_to_its_lane(page: Page, board: str) -> None:
    open_board(page, f"{board}?lanes=priority")
    link(page, "Two").focus()
    page.keyboard.press("4")
    expect(lane(page, "Urgent").locator(".card__title")).to_have_text(["Two"])
    expect(lane(page, "Urgent").locator(".lane__count")).to_have_text("1")
    expect(lane(page, "Medium").locator(".lane__count")).to_have_text("2")
    expect(link(page, "Two")).to_be_focused()
    page.keyboard.press("Control+z")
    expect(lane(page, "Medium").locator(".card__title")).to_have_text(["One", "Two", "Three"])


def test_the_column_chosen_in_lanes_takes_the_card(page: Page, board: str) -> None:
    open_board(page, f"{board}?lanes=priority")
    link(page, "Two").focus()
    page.keyboard.press("s")
    page.locator(".pop").get_by_role("button", name="In progress").click()
    cell = lane(page, "Medium").locator(".column").nth(2)
    expect(cell.locator(".card__title")).to_have_text(["Two"])
    link(page, "Three").focus()
    page.keyboard.press(".")
    expect(lane(page, "Medium").locator(".column").nth(1).locator(".card__title")).to_have_text(
        ["Three"]
    )


# Drops, undone and done again


def test_a_card_with_tags_dropped_in_a_lane_gets_them_back(page: Page, board: str) -> None:
    form = column(page, "Backlog").locator("form.quick-add")
    for title in ("Pot #iron #red", "Pan #blue"):
        form.locator("[name=title]").fill(title)
        form.locator("button[type=submit]").click()
        card(page, title.split()[0]).wait_for()
    open_board(page, f"{board}?lanes=tag")
    drag_to_cell(page, "Pot", "blue", 0)
    expect(lane(page, "blue").locator(".card__title")).to_have_text(["Pan", "Pot"])
    toast(page, "blue").wait_for()
    page.keyboard.press("Control+z")
    expect(lane(page, "iron").locator(".card__title")).to_have_text(["Pot"])
    expect(card(page, "Pot")).to_contain_text("red")
    expect(card(page, "Pot")).not_to_contain_text("blue")
    toast(page, "again").wait_for()
    page.keyboard.press("Control+Shift+z")
    expect(lane(page, "blue").locator(".card__title")).to_have_text(["Pan", "Pot"])
    open_board(page, f"{board}?lanes=tag")
    expect(lane(page, "blue").locator(".card__title")).to_have_text(["Pan", "Pot"])


def test_limits_and_numbers_are_right_after_each_drop_and_undo(page: Page, board: str) -> None:
    limit_column(page, board, "To do", 2)
    page.locator(CONNECTED).wait_for()
    full = column(page, "To do").locator(".column__limit")
    drag_to_column(page, "One", "To do")
    expect(count(page, "To do")).to_contain_text("1/2")
    expect(full).to_have_count(0)
    drag_to_column(page, "Two", "To do")
    page.keyboard.press("Control+z")  # the drop may still be on its way
    expect(titles(page, "Backlog")).to_have_text(["Two", "Three"])
    expect(full).to_have_count(0)
    toast(page, "again").wait_for()
    page.keyboard.press("Control+Shift+z")
    expect(titles(page, "To do")).to_have_text(["One", "Two"])
    expect(full).to_have_text("full")
    expect(count(page, "Backlog")).to_have_text("1 cards")
    drag_to_column(page, "Three", "To do")
    toast(page, "is full: 2 of 2 tasks").wait_for()
    expect(count(page, "To do")).to_contain_text("2/2")
    expect(titles(page, "Backlog")).to_have_text(["Three"])


def test_a_drag_goes_on_while_others_move_cards(page: Page, board: str, grace: Page) -> None:
    box = card(page, "One").bounding_box()
    target = column(page, "In progress").bounding_box()
    assert box
    assert target
    page.mouse.move(box["x"] + 40, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(target["x"] + 60, target["y"] + 200, steps=5)
    drag_to_column(grace, "Three", "To do")
    toast(grace, "Moved to To do").wait_for()
    page.wait_for_timeout(500)
    page.mouse.up()
    expect(titles(page, "In progress")).to_have_text(["One"])
    expect(titles(page, "To do")).to_have_text(["Three"])
    expect(titles(page, "Backlog")).to_have_text(["Two"])
    expect(titles(grace, "In progress")).to_have_text(["One"])


def test_a_card_goes_into_a_folded_column_while_another_changes_it(
    page: Page, board: str, grace: Page
) -> None:
    fold(page, "To do")
    drag_to_column(grace, "Three", "To do")
    expect(count(page, "To do")).to_have_text("1 cards")
    expect(column(page, "To do")).to_have_class(re.compile("is-folded"))
    link(page, "One").focus()
    page.keyboard.press(".")
    expect(count(page, "To do")).to_have_text("2 cards")
    expect(count(grace, "To do")).to_have_text("2 cards")
    page.keyboard.press("Control+z")
    expect(titles(page, "Backlog")).to_have_text(["One", "Two"])
    expect(column(page, "To do")).to_have_class(re.compile("is-folded"))


# Quick-add among all that


def test_a_new_card_that_the_filter_hides_is_spoken_of(page: Page, board: str) -> None:
    open_board(page, f"{board}?q=t")
    form = column(page, "Backlog").locator("form.quick-add")
    form.locator("[name=title]").fill("Anvil")
    form.locator("[name=title]").press("Enter")
    toast(page, "“Anvil” was added. The filter hides it.").wait_for()
    expect(titles(page, "Backlog")).to_have_text(["Two", "Three"])
    expect(column(page, "Backlog").locator(".column__hidden")).to_contain_text("2 hidden")
    form.locator("[name=title]").fill("Tongs")
    form.locator("[name=title]").press("Enter")
    expect(titles(page, "Backlog")).to_have_text(["Two", "Three", "Tongs"])
    below = column(page, "Backlog").locator(".column__cards > :last-child")
    expect(below).to_have_class("column__hidden")


def test_a_draft_in_quick_add_survives_others_and_a_dead_line(
    page: Page, board: str, grace: Page
) -> None:
    field = column(grace, "Backlog").locator("form.quick-add [name=title]")
    field.fill("Half a tho")
    drag_to_column(page, "One", "To do")
    expect(count(grace, "Backlog")).to_have_text("2 cards")
    expect(field).to_have_value("Half a tho")
    expect(field).to_be_focused()
    grace.context.set_offline(True)
    field.press("Enter")
    expect(grace.locator(".toast__text")).to_have_text(
        "No connection. What you typed is still here."
    )
    expect(field).to_have_value("Half a tho")
    grace.context.set_offline(False)
    field.press("Enter")
    card(grace, "Half a tho").wait_for()
    expect(field).to_have_value("")
    expect(field).to_be_focused()
