"""How many pages a person may read in a minute: enough for anybody, not enough to keep a server busy."""

from __future__ import annotations

import threading
import time

import pytest
from flask import Flask

from taskforge import create_app
from taskforge.config import Config
from taskforge.errors import RateLimited
from taskforge.http import page_limits
from tests.factories import Person
from tests.pages import visit


@pytest.fixture
def strict_app(app: Flask, config: Config) -> Flask:
    """An application that allows 100 pages a minute."""
    return create_app(config.replaced(rate_limit_per_minute=20))


def browser_of(person: Person, app: Flask) -> Person:
    return Person(app, person.user_id, person.email, person.secret, person.session_id)


def test_who_reads_too_many_pages_has_to_wait_and_nobody_else(
    strict_app: Flask, ada: Person, bob: Person
) -> None:
    hers, his = visit(browser_of(ada, strict_app)), visit(browser_of(bob, strict_app))
    assert hers.open("/teams").status == 200
    assert hers.open("/teams").status == 200
    pages = (hers.open("/teams") for _ in range(400))  # more than two minutes allow
    refused = next(page for page in pages if page.status == 429)
    assert 1 <= int(refused.answer.headers["Retry-After"]) <= 60
    assert "Please wait" in refused.text
    assert his.open("/teams").status == 200
    assert strict_app.test_client().get("/login").status_code == 200
    assert strict_app.test_client().get("/livez").status_code == 200


def test_a_page_counts_by_its_work(
    strict_app: Flask, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_limits, "SECONDS_FOR_EACH_PAGE", 0.000_01)
    browser = visit(browser_of(ada, strict_app))
    assert 429 in [browser.open("/teams").status for _ in range(4)]


def test_a_minute_of_ordinary_reading_is_never_refused(app: Flask, ada: Person) -> None:
    browser = visit(ada)
    began = time.monotonic()
    assert {browser.open("/teams").status for _ in range(120)} == {200}
    assert time.monotonic() - began < 60


def test_counting_a_page_starts_no_thread() -> None:
    before = set(threading.enumerate())
    limits = page_limits.PageLimits(2)
    limits.charge(b"hers", "ada", 0.0)
    limits.check(b"hers")
    assert set(threading.enumerate()) <= before


def test_pages_are_counted_by_person_over_all_sessions_until_the_minute_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits = page_limits.PageLimits(2)
    for session in (b"one", b"two"):
        limits.check(session)
        limits.charge(session, "ada", 0.0)
    limits.charge(b"his", "bob", 0.0)
    limits.check(b"his")
    for session in (b"one", b"two"):
        with pytest.raises(RateLimited):
            limits.check(session)
    monkeypatch.setattr(page_limits, "WINDOW_SECONDS", -1.0)
    over = page_limits.PageLimits(2)
    for _ in range(4):
        over.charge(b"one", "ada", 0.0)
    over.check(b"one")
