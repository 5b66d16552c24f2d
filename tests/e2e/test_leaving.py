"""Somebody takes their data and leaves; a teammate's open board says so. Each page is looked at."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from taskforge.admin import erasure
from taskforge.leaving.export_jobs import write_due
from tests.e2e.accounts import join_team, make_board
from tests.e2e.boards import open_board
from tests.e2e.looking import LOOKED_AT, look


@pytest.fixture
def context_options() -> dict[str, object]:
    return LOOKED_AT


def test_somebody_takes_their_data_and_leaves(
    app: Flask,
    page: Page,
    second_page: Page,
    log_in: Callable[..., None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log_in(second_page, "Grace", "Hopper")
    board = make_board(second_page, "One")
    log_in(page)
    join_team(second_page, page)
    open_board(board, page, second_page)
    page.locator("form.quick-add [name=title]").first.fill("Ada's last card @ada")
    page.locator("form.quick-add [name=title]").first.press("Enter")
    expect(second_page.locator(".card", has_text="Ada's last card")).to_be_visible()

    page.goto("/profile")
    page.get_by_role("link", name="Your data").click()
    look(page, "own-data")
    page.get_by_role("button", name="Make an export").click()
    expect(page.get_by_text("Being made: 0 %")).to_be_visible()
    look(page, "export-running")
    with app.app_context():
        write_due()
    link = page.get_by_role("link", name="Download the export")
    expect(link).to_be_visible()  # by itself: the page asks how far it is
    look(page, "export-ready")
    with page.expect_download() as downloading:
        link.click()
    archive = tmp_path / "export.zip"
    downloading.value.save_as(archive)
    with zipfile.ZipFile(archive) as files:
        titles = [task["title"] for task in json.loads(files.read("tasks.json"))]
    assert titles == ["Ada's last card"]

    page.get_by_role("link", name="Delete my account").click()
    expect(page.get_by_role("heading", name="Delete your account")).to_be_visible()
    look(page, "delete-account")
    address = page.locator(".bar .menu__head p").text_content() or ""
    field = page.get_by_label("Your e-mail address")
    field.fill("somebody@example.test")
    page.get_by_role("button", name="Delete my account for good").click()
    expect(page.get_by_text("is not the address of your account")).to_be_visible()
    expect(field).to_have_value("somebody@example.test")
    field.fill(address)
    page.get_by_role("button", name="Delete my account for good").click()
    expect(page.get_by_role("heading", name="Your account is deleted")).to_be_visible()
    look(page, "deleted")

    card = second_page.locator(".card", has_text="Ada's last card")
    expect(card.get_by_role("img", name="Deleted person")).to_be_visible()  # by a live refresh
    card.get_by_role("link", name="Ada's last card").click()
    expect(second_page.locator("#task-dialog")).to_contain_text("Deleted person")
    monkeypatch.setattr(erasure, "SETTLED_AFTER", erasure.SETTLED_AFTER * 0)
    with app.app_context():
        erasure.erase_deleted_people()
    page.goto("/mailbox/")
    expect(page.get_by_text("Your TaskForge account is deleted")).to_be_visible()


def test_who_is_needed_is_told_where(
    page: Page, second_page: Page, log_in: Callable[..., None]
) -> None:
    log_in(page)
    make_board(page, "One")
    log_in(second_page, "Grace", "Hopper")
    join_team(page, second_page)
    page.goto("/profile/delete")
    expect(page.get_by_role("alert")).to_contain_text("You are the last admin")
    expect(page.get_by_role("link", name="Web team")).to_be_visible()
    expect(page.get_by_role("button", name="Delete my account for good")).to_have_count(0)
    look(page, "last-admin")
