"""A real browser against the real web server. A page that logs an error fails its test."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator

import pytest

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="Playwright is not installed; `make e2e` installs it"
)

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
TIMEOUT_MS = 10_000  # a busy machine is slow, and no test waits for something that does not come


# What Chromium and htmx report of a network that a test has taken away.
CUT_OFF = re.compile(
    r"Failed to load resource: net::ERR_(INTERNET_DISCONNECTED|FAILED|NETWORK_CHANGED)"
    r"|htmx:(afterRequest|sendError), "
)


def find_browser() -> str | None:
    """The path of a Chromium: TASKFORGE_CHROMIUM, or the first of the usual names."""
    names = (os.environ.get("TASKFORGE_CHROMIUM", ""), *BROWSERS)
    return next((path for name in names if name and (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[sync_api.Browser]:
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


def is_error(said: sync_api.ConsoleMessage) -> bool:
    """Whether a message of the console is ours to mend; Chromium also reports refusals that are meant."""
    refusal = said.text.startswith("Failed to load resource") and (
        any(f"status of {status}" in said.text for status in (401, 404, 409, 422))
        or "net::ERR_FAILED" in said.text  # a test cut the line
    )
    return said.type == "error" and not refusal


@pytest.fixture
def context_options() -> dict[str, object]:
    """What `page` is opened with; a test module overrides it, say to turn JavaScript off."""
    return {"viewport": {"width": 1280, "height": 720}}


@pytest.fixture
def page(
    browser: sync_api.Browser, live_server: str, context_options: dict[str, object]
) -> Iterator[sync_api.Page]:
    """A page in a fresh profile; relative addresses lead to the live server."""
    context = browser.new_context(base_url=live_server, **context_options)
    page = context.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if is_error(said) else None)
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def second_page(browser: sync_api.Browser, live_server: str) -> Iterator[sync_api.Page]:
    """A page in another fresh profile, whose network a test may cut."""
    context = browser.new_context(base_url=live_server, viewport={"width": 1280, "height": 720})
    other = context.new_page()
    other.set_default_timeout(TIMEOUT_MS)
    errors: list[str] = []
    other.on("pageerror", lambda error: errors.append(str(error)))
    other.on("console", lambda said: errors.append(said.text) if is_error(said) else None)
    yield other
    context.close()
    assert [error for error in errors if not CUT_OFF.match(error)] == []
