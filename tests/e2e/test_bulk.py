"""Selecting many cards and doing one thing with all of them: by keys, by mouse, by finger."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.e2e.accounts import make_board
from tests.e2e.axe import problems
from tests.e2e.boards import make_limits_hard, press
from tests.e2e.journeys import add_card, column, create_team, sign_up
from tests.e2e.test_quick_add import PASTE


@pytest.fixture
def board(page: Page, log_in: Callable[..., None]) -> str:
    """A board with One to Four in the backlog."""
    log_in(page)
    board = make_board(page, "One", "Two", "Three", "Four")
    page.goto(board)
    page.locator("[data-live=on]").wait_for()
    return board


def fill_board(page: Page, number: int) -> None:
    """Put that many cards into the backlog of the open board."""
    column(page, "Backlog").locator("[name=title]").focus()
    column(page, "Backlog").locator("form.is-live").wait_for()
    page.evaluate(PASTE, "\n".join(f"Card {one}" for one in range(1, number + 1)))
    page.get_by_role("button", name=f"Make {number} cards").click()
    page.locator(".card").nth(number - 1).wait_for(state="attached")
    page.reload()
    page.locator("[data-live=on]").wait_for()


def card(page: Page, title: str) -> Locator:
    return page.locator(".column .card").filter(
        has=page.get_by_role("link", name=re.compile(f"^{title}( ?, selected)?$"))
    )


def spoken(page: Page, title: str) -> str:
    """The name of a card's link as the browser gives it to a screen reader."""
    session = page.context.new_cdp_session(page)
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    task_id = card(page, title).get_attribute("id")
    asked = {"nodeId": root, "selector": f"#{task_id} .card__title"}
    node = session.send("DOM.querySelector", asked)["nodeId"]
    tree = session.send("Accessibility.getPartialAXTree", {"nodeId": node, "fetchRelatives": False})
    return str(tree["nodes"][0]["name"]["value"])


def bar(page: Page) -> Locator:
    return page.get_by_role("toolbar", name="Selected cards")


def titles(page: Page, name: str) -> list[str]:
    return column(page, name).locator(".card__title").all_text_contents()


def expect_selected(page: Page, *names: str) -> None:
    expect(page.locator(".card.is-selected")).to_have_count(len(names))
    for name in names:
        expect(card(page, name)).to_have_class(re.compile("is-selected"))


def expect_in(page: Page, name: str, *wanted: str) -> None:
    expect(column(page, name).locator(".card__title")).to_have_text(list(wanted))


def test_x_selects_and_keys_act_on_all(page: Page, board: str) -> None:
    press(page, "ArrowDown", "x")
    expect(bar(page)).to_contain_text("1 selected")
    press(page, "ArrowDown", "ArrowDown", "x")
    expect_selected(page, "One", "Three")
    expect(page.locator("#board-announcement")).to_have_text("2 cards selected.")
    expect(card(page, "Three").locator(".card__title")).to_be_focused()
    assert re.fullmatch("Three ?, selected", spoken(page, "Three"))
    assert spoken(page, "Two") == "Two"
    press(page, "4")
    expect(page.locator(".toast")).to_contain_text("2 cards are set to urgent priority.")
    expect(page.locator(".icon--priority-urgent.card__fact")).to_have_count(2)
    expect_selected(page, "One", "Three")  # drawn anew, and still selected
    expect(page.locator(".card.is-changed")).to_have_count(0)
    press(page, "i")
    expect(page.locator(".card .avatar")).to_have_count(2)
    press(page, "x")
    expect_selected(page, "One")
    press(page, "Escape")
    expect(bar(page)).to_have_count(0)
    expect_selected(page)
    press(page, "ArrowUp", "1")  # of the one card again
    expect(card(page, "Two").locator(".icon--priority-low")).to_be_visible()


def test_shift_click_selects_up_to_there_and_m_moves_them(page: Page, board: str) -> None:
    press(page, "ArrowDown", "x")
    expect_selected(page, "One")  # the code of the selection loads with the first one
    card(page, "Three").click(modifiers=["Shift"])
    expect_selected(page, "One", "Two", "Three")
    expect(bar(page)).to_contain_text("3 selected")
    press(page, "m")
    expect(page.get_by_role("button", name="Backlog", exact=True)).to_be_focused()
    press(page, "Escape")
    expect(page.locator("#bulk-column[open]")).to_have_count(0)
    expect_selected(page, "One", "Two", "Three")
    press(page, "m", "ArrowDown", "Enter")
    expect_in(page, "To do", "One", "Two", "Three")
    expect(page.locator(".toast")).to_contain_text("3 cards are moved to “To do”.")
    expect(column(page, "To do").locator(".column__count")).to_contain_text("3")
    expect(page.locator(".card.is-changed")).to_have_count(0)
    press(page, "Control+z")
    expect_in(page, "Backlog", "One", "Two", "Three", "Four")
    expect(page.locator(".toast")).to_contain_text("3 cards are as before.")
    page.locator(".toast").get_by_role("button", name="Redo").click()
    expect_in(page, "To do", "One", "Two", "Three")


def test_ctrl_click_selects_beside_the_title_and_opens_a_tab_on_it(page: Page, board: str) -> None:
    box = card(page, "Two").bounding_box()
    assert box
    card(page, "Two").click(modifiers=["Control"], position={"x": 100, "y": box["height"] - 8})
    expect_selected(page, "Two")
    with page.context.expect_page() as opened:
        card(page, "Three").click(modifiers=["Control"], position={"x": 30, "y": 18})
    opened.value.close()
    expect_selected(page, "Two")


def test_thirty_cards_move_with_their_progress_shown(page: Page, board: str) -> None:
    fill_board(page, 30)
    steps: list[str] = []

    def slowly(route: Route) -> None:
        steps.append(page.locator(".bulk__status").inner_text())
        assert page.locator(".bulk__progress").is_visible()
        route.continue_()

    column(page, "Backlog").get_by_role("link", name="Column settings").click()
    page.get_by_role("link", name="Select all cards").click()
    expect(bar(page)).to_contain_text("34 selected")
    page.route("**/tasks/edit-many", slowly)
    bar(page).locator("summary", has_text="Move").click()
    bar(page).get_by_role("button", name="In progress").click()
    expect(page.locator(".toast")).to_contain_text("34 cards are moved to “In progress”.")
    assert steps == ["Moving 0 of 34", "Moving 25 of 34"]
    expect(column(page, "In progress").locator(".card")).to_have_count(34)
    assert titles(page, "In progress")[:5] == ["One", "Two", "Three", "Four", "Card 1"]
    assert titles(page, "In progress")[-1] == "Card 30"
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(column(page, "Backlog").locator(".card")).to_have_count(34)
    assert titles(page, "Backlog")[:5] == ["One", "Two", "Three", "Four", "Card 1"]
    expect(page.locator(".toast")).to_contain_text("34 cards are as before.")


def test_a_long_act_can_be_stopped(page: Page, board: str) -> None:
    fill_board(page, 30)

    def stop(route: Route) -> None:
        page.get_by_role("button", name="Stop").dispatch_event("click")
        route.continue_()

    card(page, "One").click(modifiers=["Shift"])
    card(page, "Card 30").click(modifiers=["Shift"])
    expect(bar(page)).to_contain_text("34 selected")
    page.route("**/tasks/edit-many", stop)
    bar(page).get_by_role("button", name="Done").click()
    expect(page.locator(".toast")).to_contain_text(
        "25 cards are done. Stopped: 9 left as they were."
    )
    expect(column(page, "Done").locator(".card")).to_have_count(25)


def test_a_lost_answer_is_asked_for_again_and_acts_once(page: Page, board: str) -> None:
    lost = []

    def lose(route: Route) -> None:
        if not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    press(page, "ArrowDown", "x", "ArrowDown", "x")
    expect(bar(page)).to_contain_text("2 selected")
    page.route("**/tasks/edit-many", lose)
    press(page, "l")
    expect(page.get_by_label("Tags, separated by commas")).to_be_focused()
    page.keyboard.type("shed, tools")
    press(page, "Enter")
    expect(page.locator(".toast")).to_contain_text("2 cards are tagged shed, tools.")
    assert lost == [200]
    expect(card(page, "One")).to_have_attribute("data-version", "2")
    expect(card(page, "One").locator(".chip")).to_have_text(["shed", "tools"])


def test_what_does_not_fit_is_said_and_nothing_moves(page: Page, board: str) -> None:
    column(page, "To do").get_by_role("link", name="Column settings").click()
    page.locator("#view-popover [name=wip_limit]").fill("1")
    page.locator("#view-popover").get_by_role("button", name="Save").click()
    expect(column(page, "To do").locator(".column__count")).to_contain_text("0/1")
    make_limits_hard(page, board)
    card(page, "One").click(modifiers=["Shift"])
    card(page, "Two").click(modifiers=["Shift"])
    expect(bar(page)).to_contain_text("2 selected")
    press(page, "s")
    bar(page).get_by_role("button", name="To do").click()
    expect(page.locator(".toast--danger")).to_contain_text("2 more do not fit. Nothing was moved.")
    assert titles(page, "Backlog") == ["One", "Two", "Three", "Four"]
    expect_selected(page, "One", "Two")


def test_deleted_cards_leave_the_selection_and_come_back(page: Page, board: str) -> None:
    card(page, "Two").click(modifiers=["Shift"])
    card(page, "Three").click(modifiers=["Shift"])
    bar(page).get_by_role("button", name="Delete").click()
    expect_in(page, "Backlog", "One", "Four")
    expect(bar(page)).to_have_count(0)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect_in(page, "Backlog", "One", "Two", "Three", "Four")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_bar_can_be_used_by_everybody(
    browser: Browser, live_server: str, size: str, theme: str
) -> None:
    phone = size == "phone"
    context = browser.new_context(
        base_url=live_server,
        color_scheme=theme,
        viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 720},
        has_touch=phone,
        bypass_csp=True,  # axe is injected; the policy itself is asserted elsewhere
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(5000)
    sign_up(page)
    address = create_team(page)
    for title in ("One", "Two", "Three", "Four"):
        add_card(page, title)
    column(page, "Backlog").get_by_role("link", name="Column settings").click()
    page.get_by_role("link", name="Select cards…").click()
    expect(bar(page)).to_contain_text("0 selected")
    for title in ("One", "Three"):
        card(page, title).tap() if phone else card(page, title).click()
    expect_selected(page, "One", "Three")
    found = problems(page)
    buttons = bar(page).locator("summary:visible, button:visible").all()
    boxes = [box for button in buttons if (box := button.bounding_box())]
    assert len(boxes) == 9
    if phone:
        assert min(min(box["width"], box["height"]) for box in boxes) >= 44
        assert bar(page).evaluate("(bar) => bar.getBoundingClientRect().width") == 390
    bar(page).locator("summary", has_text="Assign").click()
    found += problems(page)
    bar(page).get_by_role("button", name="Ada Byron").click()
    expect(page.locator(".toast")).to_contain_text("2 cards are assigned to Ada Byron.")
    found += problems(page)
    page.goto(f"{address}/select?all=1")
    found += problems(page)
    context.close()
    assert found == []
