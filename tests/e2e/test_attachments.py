"""Files in a real browser: dropped, picked and pasted, on their way, looked at, on the card, deleted and taken back."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.boards import card, close_card, open_board, open_card, press, toast
from tests.e2e.conftest import open_page
from tests.e2e.files import (
    LAMP,
    NOTES,
    PLAN,
    as_payload,
    drag_files,
    drop_files,
    expect_loaded,
    make_thumbnails,
    paste_files,
    row,
    tile,
)
from tests.e2e.journeys import wait_until

UPLOADS = re.compile(r"/attachments$")
PANEL = "#task-dialog .task-panel"


def test_files_are_dropped_picked_and_pasted_and_others_see_them(
    page: Page, board: str, grace: Page
) -> None:
    open_card(grace, "One")
    drag_files(card(page, "One"), NOTES)
    expect(page.locator(".drop-hint")).to_have_text("Attach to WT-1")
    expect(card(page, "One")).to_have_class(re.compile("is-file-target"))
    drop_files(card(page, "One"), NOTES)
    expect(toast(page, "notes.txt is attached.")).to_be_visible()
    expect(tile(grace, "notes.txt")).to_be_visible()
    expect(card(page, "One").get_by_title("Files")).to_have_text("1")

    open_card(page, "One")
    drop_files(page.locator(PANEL), LAMP, PLAN)
    for name in ("lamp.png", "plan.pdf"):
        expect(tile(page, name)).to_be_visible()
        expect(tile(grace, name)).to_be_visible()
    expect_loaded(tile(page, "lamp.png").locator("img"))
    paste_files(page.locator(PANEL), ("image.png", "image/png", LAMP[2]))
    expect(page.locator(".file__name", has_text=re.compile(r"^Screenshot \d{4}-"))).to_be_visible()
    with page.expect_file_chooser() as chooser:
        press(page, "u")
    chooser.value.set_files([as_payload(("more.csv", "text/csv", b"a,b\n1,2\n"))])
    expect(tile(page, "more.csv")).to_be_visible()

    toast(page, "more.csv is attached.").get_by_role("button", name="Undo").click()
    expect(tile(page, "more.csv")).to_have_count(0)
    expect(tile(grace, "more.csv")).to_have_count(0)
    close_card(page)
    expect(card(page, "One").get_by_title("Files")).to_have_text("4")


def test_files_show_their_progress_and_what_breaks_off_is_tried_again(
    page: Page, board: str
) -> None:
    open_card(page, "One")
    held: list[Route] = []
    page.route(UPLOADS, lambda route: held.append(route))
    files = [(f"{name}.txt", "text/plain", name.encode()) for name in ("a", "b", "c")]
    drop_files(page.locator(PANEL), *files)
    wait_until(page, lambda: len(held) == 2)
    expect(row(page, "c.txt")).to_contain_text("Waiting")
    expect(page.get_by_role("progressbar", name="Uploading a.txt")).to_be_visible()
    row(page, "a.txt").get_by_role("button", name="Cancel: a.txt").click()
    expect(row(page, "a.txt")).to_have_count(0)
    wait_until(page, lambda: len(held) == 3)
    held[2].continue_()
    expect(tile(page, "c.txt")).to_be_visible()

    # It arrives, and the connection breaks before the answer is there.
    held[1].fetch()
    held[1].abort()
    expect(row(page, "b.txt")).to_contain_text("The connection broke off.")
    page.unroute(UPLOADS)
    row(page, "b.txt").get_by_role("button", name="Retry: b.txt").click()
    expect(row(page, "b.txt")).to_have_count(0)
    expect(tile(page, "b.txt")).to_have_count(1)
    expect(tile(page, "a.txt")).to_have_count(0)

    drop_files(page.locator(PANEL), ("fake.pdf", "application/pdf", b"no"), ("d.txt", "", b"d"))
    expect(tile(page, "d.txt")).to_be_visible()
    expect(row(page, "fake.pdf")).to_contain_text("but is no PDF")
    close_card(page)
    expect(page.locator(".upload-tray")).to_contain_text("fake.pdf to WT-1")
    page.get_by_role("button", name="Dismiss: fake.pdf").click()
    expect(page.locator(".upload-tray")).to_be_hidden()

    # On a slow line the bar moves.
    session = page.context.new_cdp_session(page)
    line = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 400_000}
    session.send("Network.emulateNetworkConditions", line)
    drop_files(card(page, "Two"), ("large.bin", "", b"\0\1" * 400_000))
    bar = page.get_by_role("progressbar", name="Uploading large.bin")
    wait_until(page, lambda: 0 < float(bar.evaluate("(bar) => bar.value")) < 1)
    expect(toast(page, "large.bin is attached.")).to_be_visible()


def test_a_text_names_the_files_that_are_put_into_it(page: Page, board: str) -> None:
    open_card(page, "One")
    field = page.locator("#comment-form-content")
    field.fill("Look here: and there")
    field.evaluate("(field) => field.setSelectionRange(10, 10)")
    paste_files(field, ("image.png", "image/png", LAMP[2]))
    page.locator("#comment-form").get_by_role("button", name="Comment").click()
    image = page.locator(".comment .inline-image img")
    expect_loaded(image)
    expect(image).to_have_attribute("width", "600")
    expect(page.locator(".comment .prose")).to_have_text(re.compile(r"Look here:\s+and there"))
    expect(field).to_have_value("")

    page.locator("#field-description .inline-field__edit").first.click()
    text = page.locator("#value-description")
    text.fill("See ")
    text.press("End")
    drop_files(text, NOTES)
    expect(text).to_have_value(re.compile(r"See \[notes\.txt\]\(/attachments/[0-9a-f-]{36}\)"))
    press(page, "Control+Enter")
    link = page.locator("#field-description .inline-file")
    expect(link).to_have_text("notes.txt")
    link.click()
    expect(page.locator("#dialog .preview__text")).to_contain_text("Order <b>three</b>.")


def test_a_file_is_looked_at_shown_on_the_card_deleted_and_taken_back_by_keys(
    app: Flask, page: Page, board: str
) -> None:
    open_card(page, "One")
    drop_files(page.locator(PANEL), LAMP, NOTES, PLAN)
    for name in ("lamp.png", "notes.txt", "plan.pdf"):
        expect(tile(page, name)).to_be_visible()
    make_thumbnails(app)
    first = page.locator(".file__open").first
    first.focus()
    name = first.inner_text().strip()
    press(page, "Enter")
    preview = page.locator("#dialog .preview")
    expect(preview.get_by_role("heading")).to_have_text(name.splitlines()[-1])
    expect(preview).to_contain_text("1 of 3")
    for key, place in (("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2)):
        press(page, key)
        expect(preview).to_contain_text(f"{place} of 3")
    press(page, "Escape")
    expect(page.locator("#dialog")).to_be_hidden()
    expect(page.locator(PANEL)).to_be_visible()

    tile(page, "lamp.png").locator("summary").focus()
    press(page, "Enter")
    expect(page.get_by_role("link", name="Download")).to_be_focused()
    press(page, "Tab", "Enter")
    expect(toast(page, "lamp.png is on the card.")).to_be_visible()
    expect(tile(page, "lamp.png")).to_contain_text("Cover")
    tile(page, "notes.txt").locator("summary").focus()
    press(page, "Enter")
    expect(tile(page, "notes.txt").get_by_role("link", name="Download")).to_be_focused()
    press(page, "Tab", "Enter")
    expect(tile(page, "notes.txt")).to_have_count(0)
    expect(toast(page, "notes.txt is deleted.")).to_be_visible()
    press(page, "Control+z")
    expect(tile(page, "notes.txt")).to_be_visible()

    close_card(page)
    cover = card(page, "One").locator(".card__cover")
    expect_loaded(cover)
    box = cover.bounding_box()
    assert box
    assert round(box["width"] / box["height"], 1) == 2.0
    expect(card(page, "One").get_by_title("Files")).to_have_text("3")


def test_without_javascript_files_are_attached_looked_at_and_deleted(
    page: Page, log_in: Callable[..., None], board: str, plain: Page
) -> None:
    plain.goto(board)
    plain.get_by_role("link", name="One", exact=True).click()
    plain.get_by_label("Files to add").set_input_files([as_payload(NOTES), as_payload(LAMP)])
    plain.get_by_role("button", name="Upload").click()
    expect(plain.get_by_text("2 files are attached.")).to_be_visible()
    tile(plain, "notes.txt").locator(".file__open").click()
    expect(plain.locator(".preview__text")).to_contain_text("The wick is too short.")
    plain.go_back()
    tile(plain, "notes.txt").locator("summary").click()
    plain.get_by_role("button", name="Delete").click()
    expect(tile(plain, "notes.txt")).to_have_count(0)
    plain.get_by_role("link", name="Deleted files").click()
    plain.get_by_role("button", name="Restore notes.txt").click()
    expect(tile(plain, "notes.txt")).to_be_visible()


def test_on_a_phone_a_file_is_added_looked_at_deleted_and_taken_back(
    browser: Browser, live_server: str, page: Page, board: str
) -> None:
    phone: dict[str, object] = {
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
        "is_mobile": True,
        "storage_state": page.context.storage_state(),
    }
    with open_page(browser, base_url=live_server, **phone) as small:
        open_board(board, small)
        small.get_by_role("link", name="One", exact=True).tap()
        with small.expect_file_chooser() as chooser:
            small.get_by_role("button", name="Add files").tap()
        chooser.value.set_files([as_payload(LAMP)])
        tile(small, "lamp.png").locator(".file__open").tap()
        expect_loaded(small.locator("#dialog .preview__image"))
        small.get_by_role("button", name="Close", exact=True).tap()
        tile(small, "lamp.png").locator("summary").tap()
        small.get_by_role("button", name="Delete", exact=True).tap()
        expect(tile(small, "lamp.png")).to_have_count(0)
        toast(small, "lamp.png is deleted.").get_by_role("button", name="Undo").tap()
        expect(tile(small, "lamp.png")).to_be_visible()
