"""Limits hold for each user on their own, with Redis and without."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from limits import RateLimitItemPerMinute

from taskforge.errors import RateLimited, Unavailable
from taskforge.extensions import config_of
from taskforge.http import rate_limits
from taskforge.messaging import breaker as breakers
from taskforge.messaging.redis_client import breaker as redis_breaker
from taskforge.messaging.redis_client import redis_client
from tests.factories import Person, csrf_token


def test_the_window_key_names_the_user_and_expires(app: Flask) -> None:
    with app.test_request_context("/api/tasks"):
        rate_limits.limit_api("u1")
        keys = redis_client().keys("ratelimit:api:u1*")
        assert keys
        assert all(redis_client().ttl(key) > 0 for key in keys)


def test_one_more_than_the_limit_is_refused_with_the_time_to_wait(app: Flask) -> None:
    item = RateLimitItemPerMinute(3, namespace="api:u2")
    with app.app_context():
        left = [rate_limits.hit(item).remaining for _ in range(3)]
        with pytest.raises(RateLimited) as refusal:
            rate_limits.hit(item)
    assert left == [2, 1, 0]
    assert 1 <= refusal.value.retry_after <= 60
    assert str(refusal.value.retry_after) in refusal.value.message


@pytest.mark.parametrize("in_redis", [True, False], ids=["stored session", "lost session"])
def test_changes_in_the_browser_have_one_limit_whether_redis_knows_the_session_or_not(
    app: Flask, ada: Person, monkeypatch: pytest.MonkeyPatch, in_redis: bool
) -> None:
    config = config_of(app).replaced(rate_limit_writes_per_minute=2)
    monkeypatch.setitem(app.config, "TASKFORGE", config)
    browser = ada.browser(in_redis=in_redis)
    fields = {"csrf_token": csrf_token(browser), "theme": "dark"}
    answers = [browser.post("/boards/create", data=fields).status_code for _ in range(3)]
    assert answers[0] == answers[1] != 429
    assert answers[2] == 429
    assert browser.get("/boards").status_code == 200
    with app.app_context():
        key = f"ratelimit:web:{ada.user_id}:writes*"
        [stored] = redis_client().keys(key)
        assert 0 < redis_client().ttl(stored) <= 60


def test_a_session_that_cannot_be_read_counts_nothing_and_breaks_nothing(
    app: Flask, ada: Person
) -> None:
    browser = ada.browser(in_redis=True)
    with app.app_context():
        [key] = redis_client().keys("session:*")
        for value in (b"", b"\xc1", b"\x01", b"\x81\xa8_user_id\x01"):
            redis_client().set(key, value)
            assert browser.post("/boards/create", data={}).status_code < 500
            assert not redis_breaker.has_failed


def test_another_user_is_not_concerned(app: Flask) -> None:
    with app.app_context():
        for _ in range(3):
            rate_limits.hit(RateLimitItemPerMinute(3, namespace="api:u3"))
        assert rate_limits.hit(RateLimitItemPerMinute(3, namespace="api:u4")).remaining == 2


def take_redis_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its breaker is open, for longer than a test takes."""
    now = time.time()  # the windows of this process end at each quarter of an hour
    monkeypatch.setattr(time, "time", lambda: now)
    monkeypatch.setattr(breakers, "OPEN_SECONDS", 600)
    for _ in range(3):
        redis_breaker._record_failure()


def test_limits_hold_while_redis_is_away(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    item = RateLimitItemPerMinute(2, namespace="api:u5")
    with app.app_context():
        take_redis_away(monkeypatch)
        assert redis_breaker.is_open
        rate_limits.hit(item)
        rate_limits.hit(item)
        with pytest.raises(RateLimited):
            rate_limits.hit(item)


def take_login_try(email: str, ip: str | None) -> None:
    """A try whose password was checked, and found wrong."""
    with rate_limits.login_try(email=email, ip=ip):
        pass


def test_only_failed_log_ins_count(app: Flask) -> None:
    with app.app_context():
        for _ in range(30):
            take_login_try("a@example.com", "10.0.0.1")
            rate_limits.give_back_login_tries(email="a@example.com", ip="10.0.0.1")
        for _ in range(10):
            take_login_try("a@example.com", "10.0.0.1")
        with pytest.raises(RateLimited):
            take_login_try("a@example.com", "10.0.0.1")
        take_login_try("a@example.com", "10.0.0.2")


@pytest.mark.parametrize("redis_is_away", [False, True])
def test_a_try_that_could_not_be_checked_does_not_count_and_forgives_none(
    app: Flask, monkeypatch: pytest.MonkeyPatch, redis_is_away: bool
) -> None:
    with app.app_context():
        if redis_is_away:
            take_redis_away(monkeypatch)
        for _ in range(10):
            for _ in range(3):
                with pytest.raises(Unavailable), rate_limits.login_try(email="d@x.test", ip=None):
                    raise Unavailable()
            take_login_try("d@x.test", None)
        with pytest.raises(RateLimited):
            take_login_try("d@x.test", None)


def test_tries_at_the_same_time_do_not_pass_the_limit(app: Flask) -> None:
    def try_once(_number: int) -> bool:
        with app.app_context():
            try:
                take_login_try("b@example.com", "10.0.0.1")
            except RateLimited:
                return False
            return True

    with ThreadPoolExecutor(8) as threads:
        allowed = list(threads.map(try_once, range(40)))
    assert sum(allowed) == 10


def test_many_addresses_together_are_bounded_too(app: Flask) -> None:
    with app.app_context():
        for number in range(100):
            rate_limits.count_failed_login(email="c@example.com", ip=f"10.1.0.{number}")
        with pytest.raises(RateLimited):
            take_login_try("c@example.com", "10.2.0.1")
