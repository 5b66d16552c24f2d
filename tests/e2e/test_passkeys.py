"""Passkeys with Chromium's virtual authenticator: made, used to log in, refused when copied, removed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import CDPSession, Page, expect
from sqlalchemy import text

from taskforge.stores import sql
from tests.accounts.authenticator import set_up
from tests.factories import PASSWORD, Person, forget_confirmation, make_person
from tests.servers import Servers
from tests.web_servers import web_server_at


@pytest.fixture(scope="module")
def named_server(
    servers: Servers, migrated_app: Flask, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The web server under a name: passkeys are for names, not for numbers."""
    with web_server_at(servers, tmp_path_factory.mktemp("named"), "localhost") as address:
        yield address


@pytest.fixture
def person(app: Flask) -> Person:
    return make_person(app, "Ada")


@pytest.fixture
def device(page: Page) -> tuple[CDPSession, str]:
    """An authenticator that knows its person, as a phone does, with the protocol to look into it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    added = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return session, added["authenticatorId"]


def log_in(page: Page, server: str, person: Person) -> None:
    page.goto(f"{server}/login")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()


def add_passkey(page: Page, server: str, name: str = "My phone") -> None:
    page.goto(f"{server}/profile/two-factor")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("What you call it").fill(name)
    page.get_by_role("button", name="Add").click()
    expect(page.locator("#passkeys")).to_contain_text(name)


def log_out(page: Page, server: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{server}/login")


def test_a_passkey_is_made_and_logs_in_without_a_password(
    page: Page, named_server: str, person: Person, device: tuple[CDPSession, str]
) -> None:
    log_in(page, named_server, person)
    expect(page).to_have_url(re.compile("/boards"))
    add_passkey(page, named_server)
    expect(page.locator("#passkeys")).to_contain_text("not used yet")
    log_out(page, named_server)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile("/boards"))
    page.goto(f"{named_server}/profile/two-factor")
    expect(page.locator("#passkeys")).not_to_contain_text("not used yet")
    # The device counts its uses; TaskForge has taken note of it.
    session, authenticator = device
    (credential,) = session.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})[
        "credentials"
    ]
    with person.app.app_context():
        assert sql.scalar(text("SELECT sign_count FROM passkeys")) == credential["signCount"] > 0


def test_it_stands_for_the_second_step_too(
    page: Page, named_server: str, person: Person, device: tuple[CDPSession, str]
) -> None:
    log_in(page, named_server, person)
    expect(page).to_have_url(re.compile("/boards"))
    add_passkey(page, named_server)
    set_up(person)
    log_out(page, named_server)
    log_in(page, named_server, person)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile("/boards"))


def test_a_copy_of_the_device_is_refused_by_its_count(
    page: Page, named_server: str, person: Person, device: tuple[CDPSession, str]
) -> None:
    log_in(page, named_server, person)
    expect(page).to_have_url(re.compile("/boards"))
    add_passkey(page, named_server)
    with person.app.app_context():
        sql.execute_now(text("UPDATE passkeys SET sign_count = 1000"))
    log_out(page, named_server)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("This passkey was not accepted.")).to_be_visible()
    page.goto(f"{named_server}/boards")
    expect(page).to_have_url(re.compile("/login"))


def test_a_removed_passkey_logs_nobody_in(
    page: Page, named_server: str, person: Person, device: tuple[CDPSession, str]
) -> None:
    log_in(page, named_server, person)
    expect(page).to_have_url(re.compile("/boards"))
    add_passkey(page, named_server)
    page.get_by_role("button", name="Remove the passkey My phone").click()
    expect(page.get_by_text("The passkey is removed.")).to_be_visible()
    log_out(page, named_server)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("This passkey was not accepted.")).to_be_visible()


def test_who_gives_no_passkey_is_told_and_stays(
    page: Page, named_server: str, person: Person, device: tuple[CDPSession, str]
) -> None:
    log_in(page, named_server, person)
    expect(page).to_have_url(re.compile("/boards"))
    add_passkey(page, named_server)
    session, authenticator = device
    session.send(
        "WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False}
    )
    log_out(page, named_server)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("Nothing was done: the passkey was not given.")).to_be_visible()
    expect(page.get_by_role("button", name="Use a passkey")).to_be_enabled()


def test_making_one_asks_for_the_password_first(
    page: Page, named_server: str, person: Person, device: tuple[CDPSession, str]
) -> None:
    log_in(page, named_server, person)
    expect(page).to_have_url(re.compile("/boards"))
    page.goto(f"{named_server}/profile/two-factor")
    forget_confirmation(person)
    page.get_by_role("link", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="Add a passkey")).to_be_visible()


def test_a_passkey_proves_who_one_is_before_what_is_delicate(
    page: Page, named_server: str, person: Person, device: tuple[CDPSession, str]
) -> None:
    log_in(page, named_server, person)
    expect(page).to_have_url(re.compile("/boards"))
    add_passkey(page, named_server)
    forget_confirmation(person)
    page.get_by_role("button", name="Remove the passkey My phone").click()
    expect(page.get_by_text("What you sent is kept")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("The passkey is removed.")).to_be_visible()
