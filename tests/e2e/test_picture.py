"""A picture in a real browser: uploaded, seen by others in place of the initials, removed, and out of reach."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import text

from taskforge.stores import sql
from tests.e2e.boards import make_shared_board, open_board
from tests.pictures import picture_file

LOADED = "(image) => image.complete && image.naturalWidth > 0"
GIVE_ALL = text("UPDATE tasks SET assignee_id = created_by")


@pytest.fixture
def grace(page: Page, second_page: Page, log_in: Callable[..., None]) -> Page:
    """Grace's browser, and `page` is Ada's; both have an account."""
    log_in(page)
    log_in(second_page, "Grace", "Hopper")
    return second_page


def upload(page: Page, file: bytes) -> None:
    page.goto("/profile")
    sent = {"name": "me.png", "mimeType": "image/png", "buffer": file}
    page.locator("#picture").set_input_files(sent)  # type: ignore[arg-type]
    page.get_by_role("button", name="Upload").click()


def expect_loaded(image: Locator) -> None:
    image.scroll_into_view_if_needed()
    expect(image).to_have_js_property("complete", True)
    expect(image).not_to_have_js_property("naturalWidth", 0)


def test_a_picture_is_uploaded_seen_by_another_person_and_removed(
    app: Flask, page: Page, grace: Page
) -> None:
    board = make_shared_board(page, grace, "Sweep the floor")
    with app.app_context():
        sql.execute_now(GIVE_ALL)
    grace.goto(board)
    face = grace.locator(".card .avatar")
    expect(face).to_have_text("AB")
    expect(face.locator("img")).to_have_count(0)

    upload(page, picture_file(size=(900, 600)))
    expect(page.get_by_text("Your picture is saved.")).to_be_visible()
    expect_loaded(page.locator(".bar .avatar img"))
    expect_loaded(page.locator(".picture-part .avatar img"))

    grace.reload()
    expect_loaded(face.locator("img"))
    open_board(board, page)
    expect_loaded(grace.locator("#board-presence .avatar img"))
    grace.get_by_role("link", name="Sweep the floor", exact=True).click()
    task = grace.locator("#task-dialog")
    expect_loaded(task.locator("#field-assignee .avatar img"))
    task.locator("#field-assignee").get_by_role("link", name="Ada Byron").click()
    expect(grace.get_by_role("heading", name="Ada Byron")).to_be_visible()
    expect_loaded(grace.locator(".person-head .avatar img"))
    expect(grace.locator("#person-tasks")).to_contain_text("Sweep the floor")

    page.goto("/profile")
    page.get_by_role("button", name="Remove the picture").click()
    expect(page.get_by_text("Your picture is removed.")).to_be_visible()
    expect(page.locator(".avatar img")).to_have_count(0)
    grace.goto(board)
    expect(face).to_have_text("AB")
    expect(face.locator("img")).to_have_count(0)


def test_initials_stay_where_a_picture_cannot_be_loaded(page: Page, grace: Page) -> None:
    make_shared_board(page, grace)
    upload(page, picture_file())
    expect_loaded(page.locator(".bar .avatar img"))
    page.context.route("**/picture/**", lambda route: route.fulfill(status=404, body=""))
    page.goto("/teams")
    face = page.locator(".bar .avatar")
    expect(face.locator("img")).to_have_js_property("complete", True)
    expect(face).to_have_text("AB")
    sizes = face.evaluate("(one) => [one.offsetWidth, one.offsetHeight]")
    assert sizes == [28, 28]


def test_a_file_that_is_no_picture_is_explained(page: Page, log_in: Callable[..., None]) -> None:
    log_in(page)
    upload(page, b"no picture")
    expect(page.get_by_role("alert")).to_have_text("Picture must be a PNG, JPEG, WebP or GIF.")


def test_times_and_days_are_those_of_the_chosen_zone(
    page: Page, log_in: Callable[..., None]
) -> None:
    log_in(page)
    page.goto("/profile/preferences")
    page.get_by_label("Time zone").select_option("Pacific/Kiritimati")
    page.get_by_label("Weeks begin on").select_option("sunday")
    page.get_by_role("button", name="Save preferences").click()
    expect(page.get_by_text("Your preferences are saved.")).to_be_visible()
    day = "new Date().toLocaleDateString('sv', { timeZone: 'Pacific/Kiritimati' })"
    shown = """() => {
      const time = document.createElement("time");
      time.dateTime = "2026-12-23T23:30:00.000Z";
      time.dataset.moment = "";
      document.querySelector("main").append(time);
      document.dispatchEvent(new Event("visibilitychange"));
      return time.textContent;
    }"""
    assert page.evaluate(shown).startswith("24 Dec")
    assert page.evaluate(shown).endswith("13:30")
    assert page.evaluate(f"() => {day}") != ""
