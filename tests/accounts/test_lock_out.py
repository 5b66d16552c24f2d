"""Failed log-ins of others do not keep somebody out of their account."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from taskforge.accounts import passwords
from taskforge.http import rate_limits
from taskforge.http.client_address import counted_address, plain_address
from tests.accounts.test_login import log_in
from tests.factories import PASSWORD, Person, forget_confirmation
from tests.pages import Page, Visitor, visit

WRONG = "not the right password"


def fail(app: Flask, email: str, addresses: list[str]) -> None:
    """Failed log-ins for an account, each from an address."""
    with app.app_context():
        for ip in addresses:
            rate_limits.count_failed_login(email=email, ip=ip)


def browser_at(app: Flask, address: str) -> FlaskClient:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return client


def return_to(client: FlaskClient, email: str, password: str = PASSWORD) -> Page:
    """Log in again with a browser whose session is over."""
    client.delete_cookie(client.application.config["SESSION_COOKIE_NAME"])
    return log_in(client, email, password)


@pytest.mark.parametrize(
    "addresses",
    [
        [f"2001:db8:7:7::{number:x}" for number in range(1, 120)],
        [f"2001:db8:{number:x}::1" for number in range(1, 120)],
        [f"203.0.113.{number}" for number in range(1, 120)],
        ["198.51.100.9"] * 120,
    ],
    ids=["one /64", "many networks", "many addresses", "one's own address"],
)
def test_a_known_device_gets_in_whatever_others_tried(
    app: Flask, ada: Person, addresses: list[str]
) -> None:
    own = browser_at(app, "198.51.100.9")
    assert log_in(own, ada.email).status == 303
    fail(app, ada.email, addresses)
    assert return_to(own, ada.email).status == 303
    assert return_to(own, ada.email, WRONG).status == 422


def test_an_unknown_device_has_to_wait(app: Flask, ada: Person) -> None:
    fail(app, ada.email, [f"2001:db8:{number:x}::1" for number in range(1, 120)])
    assert log_in(browser_at(app, "198.51.100.9"), ada.email).status == 429


def test_a_whole_ipv6_network_counts_as_one_address(app: Flask, ada: Person) -> None:
    for number in range(10):
        stranger = browser_at(app, f"2001:db8:7:7::{number:x}")
        assert log_in(stranger, ada.email, WRONG).status == 422
    assert log_in(browser_at(app, "2001:db8:7:7:ffff::1"), ada.email).status == 429
    assert log_in(browser_at(app, "2001:db8:7:8::1"), ada.email).status == 303


def test_a_known_device_cannot_guess_for_ever(app: Flask, ada: Person) -> None:
    own = browser_at(app, "198.51.100.9")
    log_in(own, ada.email)
    statuses = [return_to(own, ada.email, WRONG).status for _ in range(11)]
    assert statuses == [422] * 10 + [429]


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Whether so many log in at once that no password can be checked in time."""
    slots = threading.BoundedSemaphore(1)
    monkeypatch.setattr(passwords, "_SLOTS", slots)
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 0.01)

    def gather(is_there: bool) -> None:
        slots.acquire() if is_there else slots.release()

    return gather


def test_a_try_that_could_not_be_checked_does_not_count(
    app: Flask, ada: Person, crowd: Callable[[bool], None]
) -> None:
    client = app.test_client()
    assert log_in(client, ada.email, WRONG).status == 422
    crowd(True)
    assert [log_in(client, ada.email).status for _ in range(12)] == [503] * 12
    crowd(False)
    assert [log_in(client, ada.email, WRONG).status for _ in range(9)] == [422] * 9
    assert log_in(client, ada.email).status == 429  # the ten that were checked do


def test_a_new_password_and_a_proof_are_not_counted_either(
    app: Flask, ada: Person, crowd: Callable[[bool], None]
) -> None:
    forget_confirmation(ada)
    page = visit(ada)
    forms = [page.open("/profile/password").form("/profile/password")] * 6
    crowd(True)
    new = {"current_password": PASSWORD, "new_password": "Another long sentence, 43"}
    assert [page.send(form, **new).status for form in forms] == [503] * 6
    proof = {"password": PASSWORD}
    assert [ada.api("POST", "/auth/confirm", proof).status_code for _ in range(6)] == [503] * 6
    crowd(False)
    assert ada.api("POST", "/auth/confirm", proof).status_code == 200


def test_a_device_is_known_for_its_own_people_only(app: Flask, ada: Person, eve: Person) -> None:
    evil = browser_at(app, "203.0.113.7")
    log_in(evil, eve.email)
    fail(app, ada.email, [f"203.0.113.{number}" for number in range(1, 120)])
    assert return_to(evil, ada.email).status == 429


@pytest.mark.parametrize("forged", ["", "x", "~" * 200, "a.b.c", "a" * 4000, "InpiIg.aaaa.bbbb"])
def test_a_forged_cookie_is_no_known_device(app: Flask, ada: Person, forged: str) -> None:
    fail(app, ada.email, [f"203.0.113.{number}" for number in range(1, 120)])
    client = browser_at(app, "198.51.100.9")
    client.set_cookie("device", forged)
    assert log_in(client, ada.email).status == 429


def test_several_people_may_share_a_browser(app: Flask, ada: Person, bob: Person) -> None:
    shared = browser_at(app, "198.51.100.9")
    log_in(shared, ada.email)
    return_to(shared, bob.email)
    for person in (ada, bob):
        fail(app, person.email, ["198.51.100.9"] * 120)
    assert return_to(shared, ada.email).status == 303
    assert return_to(shared, bob.email).status == 303


def test_the_cookie_names_nobody_and_no_script_reads_it(app: Flask, ada: Person) -> None:
    client = app.test_client()
    answer = log_in(client, ada.email).answer
    (cookie,) = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("device=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert ada.email not in cookie
    assert ada.user_id not in cookie
    Visitor(client).fill("/boards", "/logout")
    assert client.get_cookie("device") is not None


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("1.2.3.4", "1.2.3.4"),
        ("1.2.3.4:5678", "1.2.3.4"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[2001:DB8::1]", "2001:db8::1"),
        ('"[2001:db8::1]"', "2001:db8::1"),
        ("::ffff:1.2.3.4", "1.2.3.4"),
        ("fe80::1%eth0", "fe80::1"),
        *((odd, None) for odd in ("", "unknown", "_hidden", "1.2.3", "1.2.3.4:x", "[", "01.2.3.4")),
        *((odd, None) for odd in ("1.2.3.4/8", "١.٢.٣.٤", "a" * 9000, "0x7f.1", "[]:1", "::1]:80")),
    ],
)
def test_an_address_is_read_whatever_a_proxy_wrote(given: str, plain: str | None) -> None:
    assert plain_address(given) == plain
    assert counted_address(given) == counted_address(plain)
