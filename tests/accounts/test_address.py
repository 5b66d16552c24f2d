"""The address of an account: a new one counts when its mail was answered, the old one hears of it."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask

from taskforge import clock
from taskforge.accounts import address, password_change
from taskforge.admin import doctor_probes
from taskforge.errors import Conflict, NotFound
from taskforge.stores import doctor
from tests.accounts.test_password_reset import latest_mail, log_in
from tests.factories import PASSWORD, Person, forget_confirmation
from tests.pages import Page, Visitor, visit
from tests.stores.conftest import catch_up
from tests.stores.scene import document, read
from tests.together import at_once_inside

NEW = "ada@example.org"
PAGE = "/profile/address"


def ask(person: Person, email: str = NEW) -> Page:
    return visit(person).fill(PAGE, PAGE, email=email)


def path_of(app: Flask) -> str:
    """The path of the link in the latest mail."""
    return re.sub(r"^https?://[^/]+", "", latest_mail(app)[2])


def stored(app: Flask, person: Person) -> str:
    with app.app_context():
        return str(read("SELECT email FROM users WHERE user_id = :id", id=person.user_id))


def test_a_new_address_counts_when_its_link_was_used(app: Flask, ada: Person) -> None:
    old = ada.email
    assert ask(ada).location == "/profile/address/sent"
    assert latest_mail(app)[:2] == (NEW, "Confirm your new address for TaskForge")
    assert stored(app, ada) == old
    path = path_of(app)
    stranger = Visitor(app.test_client())  # the mail may be opened on another device
    shown = stranger.open(path)
    assert old in shown.text
    assert NEW in shown.text
    assert shown.answer.headers["Referrer-Policy"] == "strict-origin"
    assert stored(app, ada) == old  # looking changes nothing
    assert stranger.fill(path, path).location == "/login"
    assert stored(app, ada) == NEW
    assert visit(ada).open("/profile").status == 200  # sessions go on
    assert log_in(app, make_like(ada, NEW), PASSWORD) == 303
    assert log_in(app, make_like(ada, old), PASSWORD) == 422


def make_like(person: Person, email: str) -> Person:
    return Person(person.app, person.user_id, email, person.secret, person.session_id)


def test_the_old_address_is_told_and_every_store_has_the_new_one(app: Flask, ada: Person) -> None:
    ask(ada)
    path = path_of(app)
    visit(ada).fill(path, path)
    assert latest_mail(app)[:2] == (ada.email, "Your TaskForge account has another address now")
    with app.app_context():
        catch_up()
        profile = document("profiles", ada.user_id)
        assert profile is not None
        assert profile["email"] == NEW
        assert doctor.examine(doctor_probes.probes()).found == []
        event = read(
            "SELECT new_state ->> 'email' FROM audit_logs WHERE event = 'user.email_changed'"
        )
    assert event == NEW


def test_the_answer_is_the_same_for_a_taken_address_and_its_owner_is_told(
    app: Flask, ada: Person, bob: Person
) -> None:
    assert ask(ada, bob.email).location == "/profile/address/sent"
    assert latest_mail(app)[:2] == (bob.email, "This address has a TaskForge account already")
    assert "/address/" not in latest_mail(app)[2]


def test_an_address_that_was_taken_meanwhile_is_refused(
    app: Flask, ada: Person, bob: Person
) -> None:
    ask(ada, NEW)
    path = path_of(app)
    ask(bob, NEW)
    other = path_of(app)
    visit(bob).fill(other, other)
    page = visit(ada).fill(path, path)
    assert page.status == 409
    assert "belongs to another account now" in page.text


def test_of_two_who_want_one_address_at_once_one_gets_it(
    app: Flask, ada: Person, bob: Person
) -> None:
    tokens = []
    for person in (ada, bob):
        ask(person)
        tokens.append(path_of(app).rpartition("/")[2])
    uses = [partial(address.confirm_address, token, ip=None, user_agent=None) for token in tokens]
    answers = at_once_inside(app, uses)
    assert [type(answer) for answer in answers].count(str) == 1
    assert [type(answer) for answer in answers].count(Conflict) == 1


def test_a_link_works_once_and_for_a_day(app: Flask, ada: Person) -> None:
    ask(ada)
    path = path_of(app)
    with clock.frozen(clock.now() + timedelta(hours=25)):
        assert visit(ada).open(path).status == 404
    form = visit(ada).open(path).form(path)
    visitor = visit(ada)
    assert visitor.fill(path, path).status == 303
    assert visitor.open(path).status == 404
    assert form.action.endswith(path)


def test_a_link_dies_with_a_change_of_the_password(app: Flask, ada: Person) -> None:
    ask(ada)
    token = path_of(app).rpartition("/")[2]
    with app.app_context():
        password_change.change_password(
            ada.actor, current=PASSWORD, new="Another long sentence, 43"
        )
        with pytest.raises(NotFound):
            address.confirm_address(token, ip=None, user_agent=None)


def test_who_has_not_proved_lately_who_they_are_is_asked_first(app: Flask, ada: Person) -> None:
    visitor = visit(ada)
    form = visitor.open(PAGE).form(PAGE)
    forget_confirmation(ada)
    asked = visitor.send(form, email=NEW)
    assert asked.status == 422
    assert visitor.send(asked.form(PAGE), confirm_password=PASSWORD).status == 303
    assert latest_mail(app)[0] == NEW


def test_the_present_address_is_refused(app: Flask, ada: Person) -> None:
    assert "is your address already" in ask(ada, ada.email).text
    with app.app_context():
        assert read("SELECT count(*) FROM mail_intents") == 0


def test_asking_is_limited(ada: Person) -> None:
    assert [ask(ada).status for _ in range(6)] == [303] * 5 + [429]


def test_an_address_is_confirmed_by_a_mail_to_it(app: Flask, ada: Person) -> None:
    visitor = visit(ada)
    assert "not confirmed" in visitor.open("/profile").text
    assert ada.api("GET", "/users/me").get_json()["emailVerifiedAt"] is None
    visitor.fill(PAGE, f"{PAGE}/confirm")
    assert latest_mail(app)[:2] == (ada.email, "Confirm your address for TaskForge")
    path = path_of(app)
    assert visitor.fill(path, path).location == "/profile"
    assert "· confirmed" in visitor.open("/profile").text
    assert ada.api("GET", "/users/me").get_json()["emailVerifiedAt"] is not None
    assert not visitor.open(PAGE).has_form(f"{PAGE}/confirm")


def test_the_api_changes_the_address_the_same_way(app: Flask, ada: Person) -> None:
    body = {"email": NEW}
    answer = ada.api("POST", "/users/me/email", body)
    assert (answer.status_code, answer.data) == (202, b"")
    assert latest_mail(app)[0] == NEW
    forget_confirmation(ada)
    assert ada.api("POST", "/users/me/email", body).status_code == 403


def test_without_mail_the_page_says_that_it_cannot_be_changed(app: Flask, ada: Person) -> None:
    config = app.config["TASKFORGE"]
    app.config["TASKFORGE"] = config.replaced(taskforge_env="production")
    try:
        page = visit(ada).open(PAGE)
        refused = ada.api("POST", "/users/me/email", {"email": NEW})
    finally:
        app.config["TASKFORGE"] = config
    assert "sends no mails" in page.text
    assert not page.has_form(PAGE)
    assert refused.status_code == 422
