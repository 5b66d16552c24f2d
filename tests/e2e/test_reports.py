"""Reports in a browser: a chart by keys, its words, its files, both themes, and without JavaScript."""

from __future__ import annotations

import re
from typing import Literal

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import text

from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.service import edit_task
from tests.e2e import axe


def finish_some(app: Flask) -> None:
    """Two of the three cards are done, and one is in progress."""
    with app.app_context():
        rows = sql.rows(text("SELECT task_id, created_by FROM tasks ORDER BY number"))
        actor = Actor(user_id=rows[0]["created_by"])
        for row, status in zip(rows, ("done", "done", "in_progress"), strict=True):
            edit_task(actor, row["task_id"], changes={"status": "in_progress"})
            if status == "done":
                edit_task(actor, row["task_id"], changes={"status": status})


def test_a_chart_is_read_by_keys_and_taken_away(
    app: Flask, page: Page, board: str, plain: Page
) -> None:
    finish_some(app)
    page.goto(board)
    page.get_by_role("link", name="Reports", exact=True).first.click()
    page.get_by_role("link", name="Cycle time", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cycle time")
    expect(page.locator(".report-chart__sentence")).to_contain_text("2 cards finished")
    points = page.locator(".plot--wide .plot__point")
    expect(points.first).to_have_attribute("tabindex", "0")  # its script is here
    points.first.focus()
    tip = page.locator(".chart-tip")
    expect(tip).to_contain_text("finished on")
    first = tip.inner_text()
    page.keyboard.press("ArrowRight")
    expect(points.nth(1)).to_be_focused()
    expect(tip).not_to_have_text(first)
    for kind in ("SVG", "CSV", "PNG"):
        with page.expect_download() as saved:
            page.locator(".report-chart__files").get_by_text(kind, exact=True).click()
        assert saved.value.suggested_filename.lower().endswith(kind.lower())
        begin = saved.value.path().read_bytes()[:8]
        assert begin.lstrip(b"\xef\xbb\xbf")[:4] in (b"<svg", b"Card", b"\x89PNG")
    themes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for theme in themes:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.reload()
        assert axe.problems(page) == []
    # On paper the numbers are there, and nothing that can't be pressed.
    table = page.locator(".report-table table")
    expect(table).to_be_hidden()
    page.emulate_media(media="print")
    expect(table).to_be_visible()
    for controls in (".report-chart__files", ".report-tabs", ".report-time", ".bar"):
        expect(page.locator(controls).first).to_be_hidden()
    page.emulate_media(media="screen")
    points.first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/tasks/"))

    plain.goto(f"{board}/reports/forecast")
    expect(plain.locator(".report-chart__sentence")).to_contain_text("A forecast needs at least 10")
    expect(plain.get_by_text("PNG", exact=True)).to_have_count(0)
    plain.locator(".report-ask summary").click()
    plain.locator("[name=from]").fill("2026-01-01")
    plain.get_by_role("button", name="Show", exact=True).click()
    expect(plain).to_have_url(re.compile("from=2026-01-01"))
