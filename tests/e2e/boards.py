"""What is seen on an open board, and what a hand does there."""

from __future__ import annotations

from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.e2e.accounts import join_team, make_board
from tests.e2e.journeys import column

CONNECTED = ".board__columns[data-live=on]"
DIALOG = "#task-dialog"


def open_board(address: str, *windows: Page) -> None:
    """Open a board in each window, and wait until it hears of changes."""
    for window in windows:
        window.goto(address)
        window.locator(CONNECTED).wait_for()


def make_shared_board(ada: Page, grace: Page, *titles: str) -> str:
    """Ada's board with cards, of which Grace is a member; its address. Neither has it open yet."""
    board = make_board(ada, *titles)
    join_team(ada, grace)
    return board


def expect_nothing_here(page: Page) -> None:
    """The page was led away from what is closed to its reader; it is left, so that no other change loads it anew."""
    expect(page.locator(CONNECTED)).to_have_count(0)
    expect(page.locator("main")).to_contain_text("Nothing here")
    page.wait_for_load_state()
    page.goto("about:blank")


def card(page: Page, title: str) -> Locator:
    return page.locator(".column .card").filter(
        has=page.get_by_role("link", name=title, exact=True)
    )


def link(page: Page, title: str) -> Locator:
    """The title of a card."""
    return page.locator(".board__columns").get_by_role("link", name=title, exact=True)


def titles(page: Page, column_name: str) -> Locator:
    return column(page, column_name).locator(".card__title")


def column_names(page: Page) -> Locator:
    """The names of the columns, from left to right."""
    return page.locator(".board__columns .column__name")


def count(page: Page, column_name: str) -> Locator:
    return column(page, column_name).locator(".column__count")


def toast(page: Page, text: str) -> Locator:
    return page.locator(".toast").filter(has_text=text)


def lane(page: Page, name: str) -> Locator:
    return page.locator(".lane").filter(has=page.get_by_role("heading", name=name))


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def press_at_once(page: Page, *keys: str) -> None:
    """Press the keys of a sequence, as "g b", without a pause that would end it, however slow the machine is."""
    page.evaluate(
        """(keys) => {
            for (const key of keys) {
                const init = { key, bubbles: true, cancelable: true };
                document.activeElement.dispatchEvent(new KeyboardEvent("keydown", init));
            }
        }""",
        list(keys),
    )


def type_where_focused(page: Page, text: str) -> None:
    """Type without a click before it, once the page has put the focus into a field: nobody types within a frame."""
    expect(page.locator("input:focus, textarea:focus")).to_have_count(1)
    page.keyboard.type(text)


def resting_box(element: Locator) -> FloatRect:
    """Where an element is once it has glided there."""
    element.evaluate(
        "(element) => Promise.allSettled(element.getAnimations().map((one) => one.finished))"
    )
    box = element.bounding_box()
    assert box
    return box


def grab(page: Page, title: str) -> None:
    box = resting_box(card(page, title))
    x, y = box["x"] + 40, box["y"] + box["height"] / 2  # the last column is half outside
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 8, y + 3)


def drag_to_column(page: Page, title: str, column_name: str) -> None:
    """Drop a card below all others of a column."""
    grab(page, title)
    box = column(page, column_name).bounding_box()
    assert box
    page.mouse.move(box["x"] + 60, box["y"] + box["height"] - 4, steps=5)
    page.mouse.up()


def drag_onto(page: Page, title: str, other: str) -> None:
    """Drop a card above another."""
    box = resting_box(card(page, other))
    grab(page, title)
    page.mouse.move(box["x"] + 60, box["y"] + 4, steps=5)
    page.mouse.up()


def drag_to_cell(page: Page, title: str, lane_name: str, place: int) -> None:
    grab(page, title)
    box = lane(page, lane_name).locator(".column").nth(place).bounding_box()
    assert box
    page.mouse.move(box["x"] + 60, box["y"] + box["height"] - 6, steps=6)
    page.mouse.up()


def fold(page: Page, name: str) -> None:
    column(page, name).hover()
    with page.expect_response("**/fold"):
        page.get_by_role("button", name=f"Fold {name}").click()


def limit_column(page: Page, board: str, name: str, limit: int) -> None:
    page.goto(f"{board}/settings")
    row = page.locator(".column-row").filter(has=page.locator(".row__title", has_text=name))
    row.locator("details > summary").click()
    row.locator("[name=wip_limit]").fill(str(limit))
    with page.expect_navigation():
        row.get_by_role("button", name="Save column").click()
    page.goto(board)


def make_limits_hard(page: Page, board: str) -> None:
    """From now on a full column of the board refuses cards."""
    page.goto(f"{board}/settings")
    page.get_by_label("takes no further card").check()
    with page.expect_navigation():
        page.locator("#rename-form").get_by_role("button", name="Save").click()
    open_board(board, page)


def task_title(page: Page) -> Locator:
    """The title of the task that is open over the board."""
    return page.locator(f"{DIALOG} .task__title")


def open_card(page: Page, title: str) -> None:
    """Open a card by the keyboard in a dialog over its board."""
    link(page, title).focus()
    page.keyboard.press("Enter")
    expect(task_title(page)).to_have_text(title)


def close_card(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.locator(DIALOG)).to_be_hidden()
