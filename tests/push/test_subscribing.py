"""Switching push messages on and off: whose device it is, which addresses are taken, and who sees the switch."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.accounts import session_records
from taskforge.admin.maintenance import drop_expired
from taskforge.config import Config, ConfigError, check_config
from taskforge.errors import InvalidInput
from taskforge.ids import new_id
from taskforge.notifications.erasing import delete_inbox
from taskforge.notifications.push import endpoints
from taskforge.notifications.push.endpoints import Connections, Forbidden, check_endpoint
from taskforge.notifications.push.subscriptions import MAX_SUBSCRIPTIONS
from taskforge.stores import sql
from taskforge.stores.actor import ITSELF
from taskforge.stores.unit_of_work import UnitOfWork
from tests.factories import Person
from tests.pages import visit
from tests.push.conftest import KEYS
from tests.push.service import Browser, PushService

PATH = "/users/me/push-subscriptions"
INSIDE = (
    "http://push.example.com/x", "https://127.0.0.1/x", "https://[::1]/x", "https://localhost/x", "https://10.0.0.1/",
    "https://169.254.169.254/latest", "https://[fe80::1]/", "https://0.0.0.0/", "https://postgres/x",
    "https://user@push.example.com/x", "https://push.example.com:0/", "ftp://push.example.com/", "https:///x", "x",
    "https://[::ffff:10.0.0.1]/", "https://push.example.com/#x", "https://push.example.com/\\x", "https://a.example:99999/",
)  # fmt: skip
WRONG: tuple[dict[str, object], ...] = (
    {"endpoint": 7}, {"keys": None}, {"keys": {"p256dh": "x", "auth": "A" * 22}}, {"other": 1},
    {"keys": {"p256dh": "BA" + "A" * 85, "auth": "?"}}, {"endpoint": "https://push.example.com/" + "x" * 1000},
)  # fmt: skip
NOT_PUBLIC = ("10.1.2.3", "127.0.0.1", "::1", "fd00::1", "::ffff:192.168.0.1", "224.0.0.1")


def devices(app: Flask) -> list[str]:
    with app.app_context():
        return [row["user_id"] for row in sql.rows(text("SELECT user_id FROM push_subscriptions"))]


def test_a_device_is_one_persons_and_a_repetition_changes_nothing(
    app: Flask, ada: Person, bob: Person, service: PushService
) -> None:
    browser = service.browser()
    first = bob.api("POST", PATH, browser.subscription)
    assert first.status_code == 201
    assert bob.api("POST", PATH, browser.subscription).json == first.json
    stranger = Browser(browser.endpoint)
    assert ada.api("POST", PATH, stranger.subscription).status_code == 409
    assert devices(app) == [bob.user_id]
    assert (
        ada.api("POST", PATH, browser.subscription).json == first.json
    )  # the same browser, handed over
    assert devices(app) == [ada.user_id]
    assert bob.api("DELETE", PATH, {"endpoint": browser.endpoint}).status_code == 204
    assert devices(app) == [ada.user_id]
    assert ada.api("DELETE", PATH, {"endpoint": browser.endpoint}).status_code == 204
    assert devices(app) == []


def test_the_newest_ten_are_kept(app: Flask, bob: Person, service: PushService) -> None:
    for number in range(MAX_SUBSCRIPTIONS + 2):
        browser = service.browser(str(number))
        assert bob.api("POST", PATH, browser.subscription).status_code == 201
    assert len(devices(app)) == MAX_SUBSCRIPTIONS


def test_what_is_stored_tells_nothing(app: Flask, bob: Person, service: PushService) -> None:
    browser = service.browser("canary")
    bob.api("POST", PATH, browser.subscription)
    with app.app_context():
        stored = sql.row(text("SELECT CAST(p AS text) AS all FROM push_subscriptions p"))
        assert stored is not None
        assert "canary" not in str(stored["all"])
        assert b"canary".hex() not in str(stored["all"])


def test_odd_subscriptions_are_refused(bob: Person, service: PushService) -> None:
    for wrong in WRONG:
        answer = bob.api("POST", PATH, {**service.browser().subscription, **wrong})
        assert answer.status_code == 422, wrong


def test_no_address_leads_inside(app: Flask) -> None:
    for endpoint in INSIDE:
        with pytest.raises(InvalidInput):
            check_endpoint(endpoint, app.config["TASKFORGE"])


def test_a_name_that_means_an_address_inside_is_not_connected_to(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for address in NOT_PUBLIC:
        found = [(0, 0, 0, "", (one, 443)) for one in ("8.8.8.8", address)]
        monkeypatch.setattr(endpoints.socket, "getaddrinfo", lambda *_, found=found, **__: found)
        with Connections(app.config["TASKFORGE"]) as connections, pytest.raises(Forbidden):
            connections.post("https://push.example.com/x", b"", {})


def test_a_device_goes_with_its_session_and_its_person(
    app: Flask, ada: Person, bob: Person, service: PushService
) -> None:
    bob.api("POST", PATH, service.browser("one").subscription)
    ada.api("POST", PATH, service.browser("two").subscription)
    with app.app_context():
        session_records.revoke_all_sessions(bob.actor)
        drop_expired()
    assert devices(app) == [ada.user_id]
    with app.app_context(), UnitOfWork(ITSELF, entity_id=new_id(), version=0) as uow:
        delete_inbox(uow, ada.user_id)
    assert devices(app) == []


def test_the_switch_is_shown_where_there_are_keys(app: Flask, bob: Person, pushing: Flask) -> None:
    page = visit(bob).open("/profile/notifications")
    assert f'data-key="{KEYS[0]}"' in page.html
    assert 'data-worker="/sw.js"' in page.html


def test_without_keys_there_is_no_switch(bob: Person) -> None:
    assert "push-device" not in visit(bob).open("/profile/notifications").html
    assert (
        bob.api("POST", PATH, Browser("https://push.example.com/x").subscription).status_code == 404
    )


def test_the_service_worker_is_fetched_anew_and_answers_no_request(app: Flask) -> None:
    answer = app.test_client().get("/sw.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert 'addEventListener("fetch"' not in answer.text
    assert "importScripts" not in answer.text


def test_the_command_prints_settings_that_are_taken(app: Flask) -> None:
    printed = app.test_cli_runner().invoke(args=["taskforge", "push-keys"]).output
    given = dict(line.split("=", 1) for line in printed.splitlines() if line.startswith("VAPID"))
    config: Config = app.config["TASKFORGE"]
    keys = {
        "vapid_public_key": given["VAPID_PUBLIC_KEY"],
        "vapid_private_key": given["VAPID_PRIVATE_KEY"],
    }
    check_config(config.replaced(**keys))
    with pytest.raises(ConfigError, match="VAPID"):
        check_config(config.replaced(vapid_public_key=given["VAPID_PUBLIC_KEY"]))
    with pytest.raises(ConfigError, match="PUSH_ALLOWS_LOCAL"):
        check_config(config.replaced(taskforge_env="production", push_allows_local=True, **keys))
