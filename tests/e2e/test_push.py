"""The switch “On this device”, and the service worker: what it shows of a message, and where it leads."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from taskforge.notifications.push.messages import make_keys
from tests.e2e.conftest import open_page
from tests.factories import make_person
from tests.servers import Servers
from tests.web_servers import web_server_at

# The browser of the tests shows no notifications and has no push service: what it would be told is noted instead.
HARNESS = """
  const told = [], opened = [];
  self.registration = { showNotification: async (title, options) => { told.push({ title, ...options }); } };
  self.clients = { matchAll: async () => self.pages ?? [], openWindow: async (url) => { opened.push(url); } };
  self.dispatch = async (type, properties) => {
    const waits = [];
    const event = Object.assign(new Event(type), { waitUntil: (wait) => waits.push(wait) }, properties);
    self.dispatchEvent(event);
    await Promise.all(waits);
    return { told, opened };
  };
"""
PUSH = "(message) => self.dispatch('push', { data: { json: () => JSON.parse(message) } })"
CLICK = (
    "(url) => self.dispatch('notificationclick', { notification: { close() {}, data: { url } } })"
)
REGISTER = """async () => {
  const policy = trustedTypes.createPolicy("service-worker", { createScriptURL: (address) => address });
  await navigator.serviceWorker.register(policy.createScriptURL("/sw.js"));
  return (await navigator.serviceWorker.ready).active.scriptURL;
}"""


@pytest.fixture(scope="module")
def address(
    servers: Servers, migrated_app: Flask, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A server that has keys of push messages."""
    public, private = make_keys()
    keys = {"VAPID_PUBLIC_KEY": public, "VAPID_PRIVATE_KEY": private}
    with web_server_at(servers, tmp_path_factory.mktemp("push"), **keys) as address:
        yield address


@pytest.fixture
def page(app: Flask, browser: Browser, address: str) -> Iterator[Page]:
    grace = make_person(app, "Grace")
    with open_page(browser, base_url=address, permissions=["notifications"]) as page:
        name = app.config["SESSION_COOKIE_NAME"]
        page.context.add_cookies([{"name": name, "value": grace.secret, "url": address}])
        yield page


def test_the_switch_says_what_the_browser_forbids_and_asks_nothing(page: Page) -> None:
    page.goto("/profile/notifications")
    expect(page.locator("[data-module=push-device]")).to_contain_text(
        "Your browser blocks notifications"
    )


def test_the_worker_shows_what_is_pushed_and_leads_nowhere_else(page: Page, address: str) -> None:
    page.goto("/inbox")
    assert page.evaluate(REGISTER) == f"{address}/sw.js"
    source = page.request.get("/sw.js").text()
    page.goto("/livez")
    page.evaluate(HARNESS)
    page.evaluate(source)
    said = {
        "title": "WEB-1 Paint",
        "body": "Ada assigned this card to you",
        "url": "/tasks/1",
        "tag": "a",
    }
    assert page.evaluate(PUSH, json.dumps(said))["told"][0] == {
        "title": "WEB-1 Paint",
        "body": "Ada assigned this card to you",
        "tag": "a",
        "icon": "/favicon.ico",
        "data": {"url": f"{address}/tasks/1"},
    }
    strange = page.evaluate(PUSH, json.dumps({**said, "url": "https://elsewhere.example/x"}))
    assert strange["told"][1]["data"] == {"url": f"{address}/inbox"}
    assert page.evaluate(PUSH, "no JSON")["told"][2]["data"] == {"url": f"{address}/inbox"}
    assert page.evaluate(CLICK, f"{address}/tasks/1")["opened"] == [f"{address}/tasks/1"]
    page.evaluate("self.pages = [{ focused: true }]")
    assert len(page.evaluate(PUSH, json.dumps(said))["told"]) == 3
