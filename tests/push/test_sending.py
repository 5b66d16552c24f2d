"""Push messages by the real protocol: who gets what, and what becomes of devices that fail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge import clock, faults
from taskforge.accounts import session_records
from taskforge.comments.service import create_comment
from taskforge.notifications.jobs import deliver
from taskforge.notifications.push import jobs
from taskforge.notifications.service import mark_read
from taskforge.stores import sql
from taskforge.teams.service import remove_member
from tests.factories import Person, Team, make_task
from tests.push.conftest import KEYS
from tests.push.service import Browser, PushService

PATH = "/users/me/push-subscriptions"


def subscribe(person: Person, browser: Browser) -> None:
    assert person.api("POST", PATH, browser.subscription).status_code == 201


def devices(app: Flask) -> int:
    with app.app_context():
        return int(sql.scalar(text("SELECT count(*) FROM push_subscriptions")))


def pending(app: Flask) -> int:
    with app.app_context():
        return int(sql.scalar(text("SELECT count(*) FROM push_intents")))


def assign(app: Flask, ada: Person, bob: Person, team: Team, title: str = "Paint") -> str:
    task_id = make_task(ada, team, title, assignee_id=bob.user_id)
    with app.app_context():
        deliver()
    return task_id


def send(app: Flask, *, later: timedelta = timedelta(0)) -> int:
    with app.app_context(), clock.frozen(clock.now() + later):
        return jobs.send_due()


def test_a_device_shows_what_came(
    app: Flask, ada: Person, bob: Person, team: Team, service: PushService
) -> None:
    with app.app_context():
        deliver()
    browser, other = service.browser(), service.browser("two")
    subscribe(bob, browser)
    subscribe(bob, other)
    task_id = assign(app, ada, bob, team)
    with app.app_context():
        create_comment(ada.actor, task_id, content=f"A *secret* plan, @{bob.email}")
        deliver()
        assert jobs.has_due(clock.now())
    assert send(app) == 4
    assert send(app) == 0
    mine = [taken for taken in service.taken if taken[0] == "/push/one"]
    said = [browser.open(body) for _, _, body in mine]
    assert {one["title"] for one in said} == {"WEB-1 Paint"}
    assert sorted(one["body"].split(" ", 2)[2] for one in said) == [
        "assigned this card to you",
        "mentioned you in this card",
    ]
    assert all(set(one) == {"title", "body", "url", "tag"} for one in said)
    assert all(one["url"].startswith(f"/tasks/{task_id}") for one in said)
    assert b"secret" not in b"".join(body for _, _, body in service.taken)
    claims = service.claims(0, KEYS[0])
    assert claims["sub"] == "https://tasks.example.com"
    headers = mine[0][1]
    assert 0 < int(headers["ttl"]) <= 6 * 3600
    assert headers["content-encoding"] == "aes128gcm"
    assert service.connections == 1
    with app.app_context():
        assert sql.scalar(text("SELECT bool_and(last_ok IS NOT NULL) FROM push_subscriptions"))
    assert pending(app) == 0


@pytest.mark.parametrize(
    "reason", ["read", "left", "suspended", "logged out", "muted", "quiet", "late"]
)
def test_what_may_not_be_said_any_more_is_not_said(
    app: Flask, ada: Person, bob: Person, team: Team, service: PushService, reason: str
) -> None:
    with app.app_context():
        deliver()
    subscribe(bob, service.browser())
    assign(app, ada, bob, team)
    later = timedelta(hours=7) if reason == "late" else timedelta(0)
    if reason == "quiet":
        now = clock.now()
        hours = {
            "quietFrom": f"{now - timedelta(hours=1):%H:%M}",
            "quietUntil": f"{now + timedelta(hours=1):%H:%M}",
        }
        assert (
            bob.api("PATCH", "/users/me", {"preferences": {"notifications": hours}}).status_code
            == 200
        )
    if reason == "muted":
        matrix = {"matrix": {"assigned": {"push": False}}}
        assert (
            bob.api("PATCH", "/users/me", {"preferences": {"notifications": matrix}}).status_code
            == 200
        )
    with app.app_context():
        if reason == "read":
            mark_read(bob.actor)
        if reason == "left":
            remove_member(ada.actor, team.team_id, bob.user_id)
        if reason == "suspended":
            sql.execute_now(
                text("UPDATE users SET suspended_at = now() WHERE user_id = :id"),
                {"id": bob.user_id},
            )
        if reason == "logged out":
            session_records.revoke_all_sessions(bob.actor)
    assert send(app, later=later) == 1
    assert service.taken == []
    assert pending(app) == 0
    assert devices(app) == (0 if reason in ("suspended", "logged out") else 1)


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten(
    app: Flask, ada: Person, bob: Person, team: Team, service: PushService, status: int
) -> None:
    subscribe(bob, service.browser())
    service.answers = [status]
    assign(app, ada, bob, team)
    send(app)
    assert (devices(app), pending(app)) == (0, 0)
    assign(app, ada, bob, team, "Another")
    assert pending(app) == 0


def test_a_busy_service_gets_it_later_and_a_refusal_never_again(
    app: Flask, ada: Person, bob: Person, team: Team, service: PushService
) -> None:
    with app.app_context():
        deliver()
    subscribe(bob, service.browser())
    service.answers = [503, 429, 201, 403]
    service.headers = {"Retry-After": "90"}
    assign(app, ada, bob, team)
    assert [send(app), send(app)] == [1, 0]
    assert send(app, later=timedelta(seconds=89)) == 0
    assert [send(app, later=timedelta(seconds=91)), send(app, later=timedelta(hours=2))] == [1, 1]
    assert pending(app) == 0
    assign(app, ada, bob, team, "Another")
    send(app, later=timedelta(hours=2))
    assert (pending(app), devices(app)) == (0, 1)


@pytest.mark.parametrize(("point", "sent"), [("push.before_send", 1), ("push.sent", 2)])
def test_a_worker_that_dies_sends_at_most_one_message_twice(
    app: Flask,
    ada: Person,
    bob: Person,
    team: Team,
    service: PushService,
    monkeypatch: pytest.MonkeyPatch,
    point: str,
    sent: int,
) -> None:
    with app.app_context():
        deliver()
    browser = service.browser()
    subscribe(bob, browser)
    assign(app, ada, bob, team)
    monkeypatch.setattr(faults, "_armed", point)
    monkeypatch.setattr(faults, "_mode", "raise")
    with pytest.raises(faults.FaultInjected):
        send(app)
    monkeypatch.setattr(faults, "_armed", "")
    assert send(app) == 0
    assert send(app, later=timedelta(seconds=jobs.LEASE_SECONDS + 1)) == 1
    assert len(service.taken) == sent
    first, last = service.taken[0], service.taken[-1]
    assert browser.open(first[2]) == browser.open(last[2])
    assert first[1]["topic"] == last[1]["topic"]
    assert pending(app) == 0


def test_an_unreachable_service_is_tried_again(
    app: Flask, ada: Person, bob: Person, team: Team, service: PushService
) -> None:
    subscribe(bob, Browser("http://127.0.0.1:9/push"))
    assign(app, ada, bob, team)
    assert send(app) >= 1
    assert devices(app) == 1
    assert pending(app) >= 1


def test_without_keys_nothing_is_noted(app: Flask, ada: Person, bob: Person, team: Team) -> None:
    assign(app, ada, bob, team)
    assert pending(app) == 0
    assert send(app) == 0
