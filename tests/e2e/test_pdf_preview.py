"""A PDF in a real browser: its pages appear when they are drawn, keys turn them, and no script is needed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests import pdfs
from tests.e2e.accounts import make_board
from tests.e2e.boards import open_board, open_card, press
from tests.e2e.files import drop_files, expect_loaded, make_thumbnails, tile
from tests.e2e.journeys import wait_until

MANUAL = ("manual.pdf", "application/pdf", pdfs.long_paper(24))
AT_TOP = """(page) => Math.abs(
  page.getBoundingClientRect().top - page.closest(".preview__stage").getBoundingClientRect().top) < 24"""


@pytest.fixture
def board(page: Page, log_in: Callable[..., None]) -> str:
    log_in(page)
    address = make_board(page, "One")
    open_board(address, page)
    return address


def test_a_pdf_is_looked_at_by_keys_and_without_a_script(
    app: Flask, page: Page, board: str, plain: Page
) -> None:
    open_card(page, "One")
    drop_files(page.locator("#task-dialog .task-panel"), MANUAL)
    tile(page, "manual.pdf").locator(".file__open").click()
    preview = page.locator("#dialog .preview")
    expect(preview).to_contain_text("are being drawn")
    make_thumbnails(app)
    pages = preview.get_by_role("img")
    expect(pages).to_have_count(20)
    expect(pages.nth(2)).to_have_attribute("alt", "Page 3 of 24 of manual.pdf")
    expect(preview).to_contain_text("24 pages")
    expect_loaded(pages.first)
    for key, number in (("j", 2), ("j", 3), ("k", 2)):
        press(page, key)
        wait_until(page, lambda number=number: page.locator(f"#page-{number}").evaluate(AT_TOP))
    expect_loaded(pages.nth(1))
    press(page, "Escape")
    expect(page.locator("#dialog")).to_be_hidden()

    plain.goto(board)
    plain.get_by_role("link", name="One", exact=True).click()
    expect_loaded(tile(plain, "manual.pdf").locator("img"))
    tile(plain, "manual.pdf").locator(".file__open").click()
    expect_loaded(plain.get_by_alt_text("Page 20 of 24 of manual.pdf"))
    expect(plain.locator(".preview")).to_contain_text("All 24 are in the download.")
