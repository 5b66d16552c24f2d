"""A long text that two people changed: one's own first, what each changed, then the other one as a whole."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.accounts import make_board

BEFORE = "# Plan\n\nfirst line\n\nsecond line\n\nthird line"
MINE = BEFORE.replace("second line", "my second line")
THEIRS = BEFORE.replace("second line", "their second line").replace("third line", "their third")
MERGED = MINE.replace("third line", "their third")


@pytest.fixture
def task(page: Page, log_in: Callable[..., None]) -> str:
    """The address of a task with a description."""
    log_in(page)
    page.goto(make_board(page, "Draw the plan"))
    link = page.get_by_role("link", name="Draw the plan", exact=True)
    address = link.get_attribute("href") or ""
    write_elsewhere(page, address, BEFORE)
    return address


def write_elsewhere(page: Page, task: str, text: str) -> None:
    """Save a description in another tab."""
    tab = page.context.new_page()
    tab.goto(f"{task}/edit")
    tab.locator("textarea[name=description]").fill(text)
    with tab.expect_navigation():
        tab.get_by_role("button", name="Save").click()
    tab.close()


def refuse_mine(page: Page, task: str) -> Locator:
    """Change the description where it stands, while it is changed elsewhere; the form that is shown again."""
    page.goto(task)
    page.locator("#task-panel[data-live=on]").wait_for()
    page.route("**/fields/description?since=*", lambda route: route.abort())
    page.locator("#field-description .inline-field__edit").click()
    page.locator("#value-description").fill(MINE)
    write_elsewhere(page, task, THEIRS)
    page.keyboard.press("Control+Enter")
    page.locator(".inline-field__conflict").wait_for()
    return page.locator("#field-description form")


def assert_both_changes_are_marked(form: Locator) -> None:
    theirs, mine = (form.locator(".comparison__change").nth(place) for place in (0, 1))
    expect(theirs.locator("summary")).to_have_text("What they changed")
    expect(theirs.locator("ins").filter(has_text="their")).not_to_have_count(0)
    expect(mine.locator("summary")).to_have_text("What you changed")
    expect(mine.locator("ins")).to_have_text(["my"])


def test_ones_own_text_comes_first_and_theirs_is_there_as_a_whole(page: Page, task: str) -> None:
    form = refuse_mine(page, task)
    mine = form.locator("#value-description")
    expect(mine).to_have_value(MERGED)
    expect(mine).to_be_in_viewport()
    assert_both_changes_are_marked(form)
    theirs = form.locator(".inline-field__remote")
    expect(theirs).to_be_hidden()
    form.get_by_text("Their whole text").click()
    expect(theirs).to_be_visible()
    expect(theirs).to_have_text(THEIRS)
    assert theirs.evaluate("(element) => element.scrollHeight <= element.clientHeight + 1")
    tops = [
        form.locator(part).first.evaluate("(element) => element.getBoundingClientRect().top")
        for part in (
            "#value-description",
            ".inline-field__foot",
            ".comparison__changes",
            "details[open].inline-field__whole",
        )
    ]
    assert tops == sorted(tops)


def test_saving_mine_keeps_their_other_changes(page: Page, task: str) -> None:
    form = refuse_mine(page, task)
    form.get_by_role("button", name="Save mine").click()
    prose = page.locator("#field-description .prose")
    expect(prose).to_contain_text("my second line")
    expect(prose).to_contain_text("their third")


def test_the_edit_page_compares_a_long_text_three_ways(page: Page, task: str) -> None:
    page.goto(f"{task}/edit")
    page.locator("textarea[name=description]").fill(MINE)
    write_elsewhere(page, task, THEIRS)
    page.get_by_role("button", name="Save").click()
    conflict = page.locator("form.conflict")
    assert_both_changes_are_marked(conflict)
    mine = conflict.locator("textarea[name=description]")
    expect(mine).to_have_value(MERGED)
    conflict.get_by_role("button", name="Take theirs").click()
    expect(mine).to_have_value(THEIRS)
    mine.fill(MERGED)
    conflict.get_by_role("button", name="Save this").click()
    expect(page.locator("#field-description .prose")).to_contain_text("my second line")
