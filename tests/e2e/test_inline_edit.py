"""The fields of a task are changed where they stand, and nobody's typing is lost to anybody else's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.accounts import make_board
from tests.e2e.conftest import VIEWPORT, open_page

TITLE = "#field-title"
DESCRIPTION = "#field-description"


@pytest.fixture
def task(page: Page, log_in: Callable[..., None]) -> str:
    """A task, open on its own page; its address."""
    log_in(page)
    page.goto(make_board(page, "Draw the plan"))
    link = page.get_by_role("link", name="Draw the plan", exact=True)
    address = link.get_attribute("href") or ""
    page.goto(address)
    page.locator("#task-panel[data-live=on]").wait_for()
    return address


@pytest.fixture
def other(browser: Browser, live_server: str, page: Page, task: str) -> Iterator[Page]:
    """The same task in a second browser."""
    options = {"viewport": VIEWPORT, "storage_state": page.context.storage_state()}
    with open_page(browser, base_url=live_server, **options) as other:
        other.goto(task)
        other.locator("#task-panel[data-live=on]").wait_for()
        yield other


def rename(page: Page, title: str) -> None:
    """Change the title by clicking it."""
    page.locator(f"{TITLE} .task__title").click()
    page.locator("#value-title").fill(title)
    page.keyboard.press("Enter")
    expect(page.locator(f"{TITLE} .task__title")).to_have_text(title)


def test_a_click_on_the_title_edits_it_and_enter_saves(page: Page, task: str) -> None:
    rename(page, "Draw it well")
    expect(page.locator(f"{TITLE} .inline-field__edit")).to_be_focused()
    expect(page).to_have_title(re.compile("Draw it well"))
    page.reload()
    expect(page.locator(".task__title")).to_have_text("Draw it well")


def test_leaving_saves_and_escape_does_not(page: Page, task: str) -> None:
    page.locator(f"{TITLE} .task__title").click()
    page.locator("#value-title").fill("Thought better of")
    page.keyboard.press("Escape")
    expect(page.locator(".task__title")).to_have_text("Draw the plan")
    page.locator(f"{TITLE} .task__title").click()
    page.locator("#value-title").fill("Saved by leaving")
    page.locator("#comment-form textarea").click()
    expect(page.locator(".task__title")).to_have_text("Saved by leaving")
    expect(page.locator("#comment-form textarea")).to_be_focused()


def test_a_pause_saves_and_escape_takes_even_that_back(page: Page, other: Page, task: str) -> None:
    page.locator(f"{TITLE} .task__title").click()
    page.locator("#value-title").fill("After a pause")
    expect(other.locator(".task__title")).to_have_text("After a pause", timeout=8000)
    expect(page.locator("#value-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".task__title")).to_have_text("Draw the plan")
    expect(other.locator(".task__title")).to_have_text("Draw the plan")


def test_an_empty_title_is_no_title(page: Page, task: str) -> None:
    page.locator(f"{TITLE} .task__title").click()
    page.locator("#value-title").fill("")
    page.locator("#comment-form textarea").click()
    expect(page.locator(".task__title")).to_have_text("Draw the plan")


def test_the_rail_is_edited_by_choice_day_and_words(page: Page, task: str) -> None:
    page.locator("#field-priority .inline-field__edit").click()
    expect(page.locator("#field-priority .option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#field-priority dd")).to_contain_text("High")
    page.locator("#field-assignee").click()
    page.locator("#field-assignee").get_by_role("button", name="Ada Byron").click()
    expect(page.locator("#field-assignee .person")).to_contain_text("Ada Byron")
    page.locator("#field-due").click()
    page.get_by_role("button", name="Tomorrow").click()
    expect(page.locator("#field-due time")).to_have_text("tomorrow")
    page.locator("#field-tags").click()
    page.locator("#value-tags").fill("iron, tools")
    page.keyboard.press("Enter")
    expect(page.locator("#field-tags .chip")).to_have_text(["iron", "tools"])
    page.locator("#field-column").click()
    page.locator("#field-column").get_by_role("button", name="In review").click()
    expect(page.locator("#field-column dd")).to_contain_text("In review")
    page.locator("#field-column .inline-field__edit").click()
    expect(page.locator("#field-column .option").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#field-column .option")).to_have_count(0)


def test_a_checklist_is_made_and_ticked(page: Page, task: str) -> None:
    for words in ("Measure", "Cut"):
        page.locator("#checklist-text").fill(words)
        page.keyboard.press("Enter")
        page.get_by_role("checkbox", name=words).wait_for()
        expect(page.locator("#checklist-text")).to_be_focused()
    page.get_by_role("checkbox", name="Measure").click()
    expect(page.get_by_role("checkbox", name="Measure")).to_be_checked()
    expect(page.locator("#checklist")).to_contain_text("1/2")
    page.get_by_role("button", name="Remove: Cut").click()
    expect(page.locator("#checklist")).to_contain_text("1/1")


def test_a_draft_of_the_description_survives_a_reload(page: Page, task: str) -> None:
    page.locator(f"{DESCRIPTION} .task__blank").click()
    page.locator("#value-description").fill("An hour of **work**")
    page.reload()
    page.get_by_role("button", name="Unsaved draft").click()
    expect(page.locator("#value-description")).to_have_value("An hour of **work**")
    page.keyboard.press("Control+Enter")
    expect(page.locator(f"{DESCRIPTION} strong")).to_have_text("work")
    page.reload()
    expect(page.get_by_role("button", name="Unsaved draft")).to_have_count(0)


def test_what_a_teammate_does_is_seen_at_once(page: Page, other: Page, task: str) -> None:
    rename(page, "Seen by all")
    expect(other.locator(".task__title")).to_have_text("Seen by all")
    expect(other.locator(TITLE)).to_have_class(re.compile("is-changed"))
    expect(page.locator(TITLE)).not_to_have_class(re.compile("is-changed"))
    page.locator("#comment-form textarea").fill("Look here")
    page.locator("#comment-form button[type=submit]").click()
    expect(other.locator(".comment")).to_contain_text("Look here")
    expect(page.locator(".comment")).to_have_count(1)


def test_typing_is_not_lost_to_a_teammate_in_either_window(
    page: Page, other: Page, task: str
) -> None:
    other.locator(f"{DESCRIPTION} .task__blank").click()
    other.locator("#value-description").fill("Mine, half a sent")
    page.locator(f"{DESCRIPTION} .task__blank").click()
    page.locator("#value-description").fill("Theirs")
    page.keyboard.press("Control+Enter")
    expect(page.locator(f"{DESCRIPTION} .prose")).to_have_text("Theirs")
    news = other.locator(".inline-field__notice")
    expect(news).to_contain_text("Changed by Ada Byron")
    expect(other.locator("#value-description")).to_have_value("Mine, half a sent")
    news.get_by_role("button", name="view").click()
    expect(news.locator(".inline-field__remote")).to_contain_text("Theirs")
    expect(other.locator("#value-description")).to_have_value("Mine, half a sent")
    other.locator("#value-description").press("Control+Enter")
    expect(other.locator(f"{DESCRIPTION} .prose")).to_have_text("Mine, half a sent")
    expect(page.locator(f"{DESCRIPTION} .prose")).to_have_text("Mine, half a sent")


def test_saving_unseen_over_a_teammate_is_a_decision(page: Page, other: Page, task: str) -> None:
    other.locator(f"{DESCRIPTION} .task__blank").click()
    other.locator("#value-description").fill("Mine")
    other.route(f"**{task}/fields/description?since=*", lambda route: route.abort())
    page.locator(f"{DESCRIPTION} .task__blank").click()
    page.locator("#value-description").fill("Theirs")
    page.keyboard.press("Control+Enter")
    expect(page.locator(f"{DESCRIPTION} .prose")).to_have_text("Theirs")
    other.locator("#value-description").press("Control+Enter")
    expect(other.locator(".inline-field__conflict")).to_contain_text(
        "Ada Byron changed the description"
    )
    expect(other.locator(".inline-field__remote")).to_have_text("Theirs")
    expect(other.locator("#value-description")).to_have_value("Mine")
    other.get_by_role("link", name="Keep theirs").click()
    expect(other.locator(f"{DESCRIPTION} .prose")).to_have_text("Theirs")


def test_other_fields_follow_while_one_is_edited(page: Page, other: Page, task: str) -> None:
    other.locator(f"{TITLE} .task__title").click()
    other.locator("#value-title").press("End")
    page.locator("#field-priority").click()
    page.locator("#field-priority").get_by_role("button", name="Urgent").click()
    expect(other.locator("#field-priority dd")).to_contain_text("Urgent")
    expect(other.locator("#value-title")).to_be_focused()
    other.locator("#value-title").fill("Saved without a conflict")
    other.keyboard.press("Enter")
    expect(page.locator(".task__title")).to_have_text("Saved without a conflict")


def test_every_field_has_a_form_without_javascript(task: str, plain: Page) -> None:
    plain.goto(task)
    plain.locator(f"{TITLE} .inline-field__edit").click()
    plain.locator("[name=value]").fill("By a plain form")
    plain.get_by_role("button", name="Save").click()
    expect(plain.locator(".task__title")).to_have_text("By a plain form")
    plain.locator("#field-column .inline-field__edit").click()
    plain.get_by_role("button", name="In progress").click()
    expect(plain.locator("#field-column dd")).to_contain_text("In progress")
    plain.locator("#field-due .inline-field__edit").click()
    plain.get_by_role("button", name="Next week").click()
    expect(plain.locator("#field-due time")).to_be_visible()
    plain.locator("#checklist-text").fill("A step")
    plain.get_by_role("button", name="Add the step").click()
    plain.get_by_role("checkbox", name="A step").click()
    expect(plain.locator("#checklist")).to_contain_text("1/1")
    plain.get_by_role("button", name="Mark done").click()
    expect(plain.locator("#field-column dd")).to_contain_text("Done")
