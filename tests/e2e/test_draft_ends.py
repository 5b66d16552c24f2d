"""A draft ends with the answer to its own form, and with nothing else; it is nobody else's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.boards import DIALOG, card, link, open_card, toast
from tests.e2e.journeys import column
from tests.e2e.test_drafts import is_post, page

__all__ = ["page"]


FAILURES: dict[str, Callable[..., object]] = {
    "refused": lambda route: route.abort(),
    "proxy": lambda route: route.fulfill(status=502, body="<h1>Bad Gateway</h1>"),
    "portal": lambda route: route.fulfill(status=200, content_type="text/html", body="Log in"),
}


@pytest.mark.parametrize("failure", sorted(FAILURES))
@pytest.mark.parametrize("form", ["edit", "create-many", "htmx"])
def test_only_the_answer_to_this_submission_ends_a_draft(
    page: Page, board: str, form: str, failure: str
) -> None:
    href = link(page, "Two").get_attribute("href") or ""
    address, name, within = {
        "edit": (f"{href}/edit", "description", "#task-details"),
        "create-many": (f"{board}/tasks/create-many", "lines", "#create-many-form"),
        "htmx": (href, "content", "#comment-form"),
    }[form]
    page.goto(address)
    field = page.locator(f"{within} [name={name}]")
    field.fill("Written once")
    page.route(
        "**", lambda route: FAILURES[failure](route) if is_post(route) else route.continue_()
    )
    with page.expect_request(lambda request: request.method == "POST") as sent:
        field.press("Control+Enter")
    if failure != "refused":
        sent.value.response()
    if form != "htmx":  # the browser's own page, or the proxy's, comes instead
        expect(field).to_have_count(0)
    page.unroute_all(behavior="wait")
    page.goto("/teams")
    page.goto(address)
    expect(field).to_have_value("Written once")
    field.press("Control+Enter")
    if form == "htmx":
        page.locator(".comment", has_text="Written once").wait_for()
    else:
        page.wait_for_url(lambda url: not url.endswith(address.rpartition("/")[2]))
    page.goto(address)
    expect(page.get_by_text("Restored from this device")).to_have_count(0)
    if form != "edit":
        expect(field).to_have_value("")


def test_a_lost_answer_does_not_make_the_cards_twice(page: Page, board: str) -> None:
    page.goto(f"{board}/tasks/create-many")
    field = page.locator("[name=lines]")
    field.fill("Four\nFive")

    def arrive_unheard(route: object) -> None:
        route.fetch(max_redirects=0)  # type: ignore[attr-defined]
        route.fulfill(status=502, body="<h1>Bad Gateway</h1>")  # type: ignore[attr-defined]

    page.route("**", lambda route: arrive_unheard(route) if is_post(route) else route.continue_())
    field.press("Control+Enter")
    page.get_by_role("heading", name="Bad Gateway").wait_for()
    page.unroute_all(behavior="wait")
    page.context.clear_cookies(name="sent")  # as if the whole answer had been lost
    page.goto(f"{board}/tasks/create-many")
    expect(field).to_have_value("Four\nFive")
    field.press("Control+Enter")
    card(page, "Five").wait_for()
    expect(column(page, "Backlog").locator(".card")).to_have_count(5)


def test_a_draft_is_nobody_elses(page: Page, board: str, log_in: Callable[..., None]) -> None:
    open_card(page, "Two")
    page.locator(f"{DIALOG} #comment-form textarea").fill("For my eyes")
    page.goto("/teams")
    form = page.locator("#team-form [name=name]")
    form.fill("My own team")
    cookies = page.context.cookies()
    log_in(page, "Grace", "Hopper")
    page.goto("/teams")
    page.wait_for_load_state("load")
    expect(form).to_have_value("")
    expect(page.locator("#draft-link")).to_have_count(0)
    page.context.add_cookies(cookies)
    page.goto("/teams")
    expect(form).to_have_value("My own team")
    expect(page.locator("#draft-link")).to_be_visible()


def test_logging_out_says_what_it_deletes(page: Page, board: str) -> None:
    field = column(page, "Backlog").locator("form.quick-add [name=title]")
    field.fill("Half a line")
    page.locator("summary[title='Your account']").click()
    page.get_by_role("button", name="Log out").click()
    warning = toast(page, "Logging out deletes 1 text that you did not send")
    warning.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login**")
    assert (
        page.evaluate(
            "() => Object.keys(localStorage).filter((key) => key.startsWith('taskforge:'))"
        )
        == []
    )


def test_what_is_typed_while_a_card_is_being_sent_stays(page: Page, board: str) -> None:
    field = column(page, "Backlog").locator("form.quick-add [name=title]")
    field.focus()
    page.locator(".quick-add__hint").first.wait_for(state="attached")
    held: list[object] = []
    page.route("**/tasks/create", lambda route: held.append(route))
    field.fill("Four")
    with page.expect_request("**/tasks/create"):
        field.press("Enter")
    field.press_sequentially(" and then five")
    held[0].continue_()  # type: ignore[attr-defined]
    card(page, "Four").wait_for()
    expect(field).to_have_value("and then five")
