"""A real browser against the real web server. A page that logs an error fails its test."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from flask import Flask

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="Playwright is not installed; `make e2e` installs it"
)

from tests.e2e.accounts import (  # noqa: E402 - needs Playwright
    join_team,
    log_in_newcomer,
    make_board,
)
from tests.e2e.boards import open_board  # noqa: E402 - needs Playwright

# The one without windows first: it needs half the time.
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/usr/bin/chromium",
)
BROWSER_OPTIONS = (
    "--no-sandbox",  # refuses to start as root with it; the pages are our own
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
VIEWPORT = {"width": 1280, "height": 720}
TIMEOUT_MS = 10_000  # a busy machine is slow, and no test waits for something that does not come

# What Chromium and htmx report of a network that a test has taken away.
CUT_OFF = re.compile(
    r"Failed to load resource: net::ERR_(INTERNET_DISCONNECTED|FAILED|NETWORK_CHANGED)"
    r"|htmx:(afterRequest|sendError), "
)
NOTHING = re.compile(r"(?!)")


def find_browser() -> str | None:
    """The path of a Chromium: TASKFORGE_CHROMIUM, or the first of the usual names."""
    names = (os.environ.get("TASKFORGE_CHROMIUM", ""), *BROWSERS)
    return next((path for name in names if name and (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[sync_api.Browser]:
    """The browser process of this test process."""
    path = find_browser()
    if path is None:
        reason = (
            "no Chromium found: install it (apt-get install chromium), or set TASKFORGE_CHROMIUM"
        )
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    sync_api.expect.set_options(timeout=TIMEOUT_MS)
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(BROWSER_OPTIONS))
        yield browser
        browser.close()


@pytest.fixture
def browser(chromium: sync_api.Browser, app: Flask) -> Iterator[sync_api.Browser]:
    """The browser; profiles that a failed test left open are closed before the stores are emptied."""
    yield chromium
    for context in chromium.contexts:
        close_context(context)


def close_context(context: sync_api.BrowserContext) -> None:
    """Close a profile with its pages, and let none of its errors reach the next test.

    Playwright raises an error of a route's handler in the next call of its API, whichever page that call is about. A
    handler that still waits when its page is closed gets such an error, and the test after it would fail.
    """
    for page in context.pages:
        page.unroute_all(behavior="ignoreErrors")
    context.unroute_all(behavior="ignoreErrors")
    context.close()


def is_error(said: sync_api.ConsoleMessage) -> bool:
    """Whether a message of the console is ours to mend; Chromium also reports refusals that are meant."""
    refusal = said.text.startswith("Failed to load resource") and (
        any(f"status of {status}" in said.text for status in (401, 403, 404, 409, 410, 422))
        or "net::ERR_FAILED" in said.text  # a test cut the line
    )
    return said.type == "error" and not refusal


@pytest.fixture
def context_options() -> dict[str, object]:
    """What `page` is opened with; a test module overrides it, say to turn JavaScript off."""
    return {"viewport": VIEWPORT}


@contextmanager
def open_page(
    browser: sync_api.Browser, forgiven: re.Pattern[str] = NOTHING, **options: Any
) -> Iterator[sync_api.Page]:
    """A page in a fresh profile; all errors that it has reported in the end must be `forgiven`."""
    context = browser.new_context(**options)
    page = context.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if is_error(said) else None)
    yield page
    close_context(context)
    assert [error for error in errors if not forgiven.match(error)] == []


@pytest.fixture
def page(
    browser: sync_api.Browser, live_server: str, context_options: dict[str, object]
) -> Iterator[sync_api.Page]:
    """A page in a fresh profile; relative addresses lead to the live server."""
    with open_page(browser, base_url=live_server, **context_options) as page:
        yield page


@pytest.fixture
def second_page(browser: sync_api.Browser, live_server: str) -> Iterator[sync_api.Page]:
    """A page in another fresh profile, whose network a test may cut."""
    with open_page(browser, CUT_OFF, base_url=live_server, viewport=VIEWPORT) as page:
        yield page


@pytest.fixture
def plain(
    browser: sync_api.Browser, live_server: str, page: sync_api.Page
) -> Iterator[sync_api.Page]:
    """The same person's browser without JavaScript; to be asked for after what logs them in."""
    known = page.context.storage_state()
    with open_page(
        browser, base_url=live_server, java_script_enabled=False, storage_state=known
    ) as plain:
        yield plain


@pytest.fixture
def log_in(app: Flask, live_server: str) -> Callable[..., None]:
    """Log a new person in at a page's browser: ``log_in(page)`` for Ada, ``log_in(page, "Grace", "Hopper")``."""
    return partial(log_in_newcomer, app, live_server)


@pytest.fixture
def board(page: sync_api.Page, log_in: Callable[..., None]) -> str:
    """The address of a board with three cards in the first column, which is open and live."""
    log_in(page)
    address = make_board(page, "One", "Two", "Three")
    open_board(address, page)
    return address


@pytest.fixture
def grace(
    page: sync_api.Page,
    board: str,
    second_page: sync_api.Page,
    log_in: Callable[..., None],
) -> sync_api.Page:
    """The browser of a second member, on the same board."""
    log_in(second_page, "Grace", "Hopper")
    join_team(page, second_page)
    open_board(board, page, second_page)
    return second_page
