"""My work in the browser: reached by a key, walked, marked as done and undone, edited in place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from taskforge import clock
from tests.e2e.accounts import person_of
from tests.e2e.boards import press_at_once
from tests.e2e.looking import LOOKED_AT, look
from tests.factories import make_task, make_team


@pytest.fixture
def context_options() -> dict[str, object]:
    return LOOKED_AT


def test_work_is_walked_done_undone_and_put_off(
    page: Page, live_server: str, log_in: Callable[..., None]
) -> None:
    log_in(page)
    ada = person_of(page)
    web, shop = make_team(ada, "Web team"), make_team(ada, "Workshop")
    today = clock.now().date()
    mine = {"assignee_id": ada.user_id}
    make_task(
        ada, web, "Mend the bellows before they burst", due_at=today - timedelta(days=2), **mine
    )
    make_task(
        ada, shop, "Sharpen the chisels", due_at=today + timedelta(days=3), priority="high", **mine
    )
    make_task(ada, web, "Ask for charcoal", **mine)
    page.goto(f"{live_server}/boards")
    page.locator("html.has-js").wait_for()
    press_at_once(page, "g", "w")
    page.wait_for_url(f"{live_server}/my-work")
    expect(page.locator(".table__group-name")).to_have_text(["Overdue", "Next 7 days", "Later"])
    look(page, "my-work")
    # Done by its button, and taken back.
    row = page.locator(".table .card", has_text="bellows")
    row.hover()
    row.get_by_role("button", name="Done").click()
    expect(page.locator("#column-done .card")).to_contain_text("bellows")
    page.locator(".toast", has_text="done").get_by_role("button", name="Undo").click()
    expect(page.locator("#column-overdue .card")).to_contain_text("bellows")
    # Keys walk across sections, and the due day of a row is its own form.
    page.locator(".table .card__title").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#column-week .card__title")).to_be_focused()
    page.keyboard.press("d")
    page.locator(".field-popover input[name=value]").fill("today")
    page.keyboard.press("Enter")
    expect(page.locator("#column-today .card")).to_contain_text("chisels")
    page.locator("#column-later .card__title").click()
    expect(page.locator("#task-dialog .task__title")).to_have_text("Ask for charcoal")
