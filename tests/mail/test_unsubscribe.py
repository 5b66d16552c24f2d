"""Mails end by one click from the mail, without a session, and only those that the link names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from taskforge import clock
from taskforge.accounts.mail_choice import bring_profiles_up_to_date
from taskforge.accounts.password_change import change_password
from taskforge.accounts.service import edit_profile, get_profile
from taskforge.config import Config
from taskforge.messaging.redis_client import redis_client
from taskforge.notification_kinds import NotificationKind
from taskforge.notifications.bundles.unsubscribe_tokens import (
    ALL,
    LIFETIME,
    UNDO_LIFETIME,
    make_token,
)
from taskforge.server.processes import free_port
from taskforge.stores import mongo
from tests.factories import PASSWORD, Person, make_task, make_team
from tests.mail.bundling import MORNING, at, clear, parts, send_at
from tests.mail.server import Inbox
from tests.pages import Visitor
from tests.stores.conftest import catch_up
from tests.stores.scene import read

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture(autouse=True)
def inside(mailing: Flask) -> Iterator[None]:
    with mailing.app_context():
        yield


@pytest.fixture
def without_mongodb(config: Config) -> Iterator[None]:
    """MongoDB refuses connections, and Redis has forgotten what it had of it."""
    redis_client().flushdb()
    mongo.connect(config.replaced(mongodb_uri=f"mongodb://127.0.0.1:{free_port()}/x"))
    yield
    mongo.connect(config)


def chosen(person: Person) -> dict[str, object]:
    texts = get_profile(person.actor).texts
    assert texts is not None
    notifications: dict[str, object] = texts["preferences"]["notifications"]
    return notifications


def path(person: Person, scope: str, *, undoes: bool = False) -> str:
    token = make_token(person.user_id, scope, undoes=undoes)
    return f"/unsubscribe/{'undo/' if undoes else ''}{token}"


def test_a_mail_program_ends_all_of_them_by_the_header_alone(
    ada: Person, bob: Person, inbox: Inbox
) -> None:
    team = make_team(ada, member=bob)
    clear()
    with at():
        make_task(ada, team, assignee_id=bob.user_id)
    send_at(1)
    (mail,) = inbox.mails
    address = mail["List-Unsubscribe"].strip("<>")
    assert address in parts(mail)[0]
    client = ada.app.test_client(use_cookies=False)
    link = address.removeprefix("https://tasks.example.com")
    with clock.frozen(MORNING + timedelta(days=30)):
        headers = {"Origin": "https://mail.example.net", "Sec-Fetch-Site": "cross-site"}
        multipart = "multipart/form-data"
        answer = client.post(link, data=ONE_CLICK, content_type=multipart, headers=headers)
    assert answer.status_code == 200
    assert chosen(bob)["email"] is False
    with at(2):
        make_task(ada, team, assignee_id=bob.user_id)
    assert send_at(3) == 0
    assert len(inbox.mails) == 1


def test_the_page_says_what_it_ends_and_takes_it_back(bob: Person, eve: Person) -> None:
    visitor = Visitor(bob.app.test_client())
    link = path(bob, NotificationKind.COMMENTED)
    asked = visitor.open(link)
    assert (
        "No mails of “A comment on a card that you watch” will come to you any more." in asked.text
    )
    assert bob.email not in asked.html
    assert chosen(bob)["matrix"] == {}
    ended = visitor.send(asked.form(link), **ONE_CLICK)
    assert "These mails have ended" in ended.text
    assert chosen(bob)["matrix"] == {"commented": {"mail": False}}
    assert chosen(bob)["email"] is True
    version = get_profile(bob.actor).row["version"]
    assert visitor.client.post(link, data=ONE_CLICK).status_code == 200
    assert get_profile(bob.actor).row["version"] == version
    (undo,) = [form for form in ended.forms if "/undo/" in form.action]
    assert "come to you again" in visitor.send(undo).text
    assert chosen(bob)["matrix"] == {}
    assert chosen(eve)["matrix"] == {}
    event = read(f"""
        SELECT string_agg(CAST(new_state -> 'preferences' -> 'notifications' -> 'matrix' AS text), ' ' ORDER BY log_id)
        FROM   audit_logs
        WHERE  event = 'user.profile_edited' AND actor_id = '{bob.user_id}'
    """)
    assert event == '{"commented": {"mail": false}} {}'


def test_a_link_never_lets_mails_come_that_its_reader_has_switched_off_by_themselves(
    bob: Person,
) -> None:
    version = get_profile(bob.actor).row["version"]
    off = {"preferences": {"notifications": {"email": False}}}
    edit_profile(bob.actor, version=version, changes=off)
    visitor = Visitor(bob.app.test_client())
    link = path(bob, ALL)
    ended = visitor.send(visitor.open(link).form(link), **ONE_CLICK)
    assert "These mails have ended" in ended.text
    assert not [form for form in ended.forms if "/undo/" in form.action]
    assert chosen(bob)["email"] is False


def test_it_works_without_mongodb_and_the_profile_follows(
    bob: Person, without_mongodb: None, config: Config
) -> None:
    client = bob.app.test_client()
    assert client.post(path(bob, ALL), data=ONE_CLICK).status_code == 200
    assert client.post(path(bob, NotificationKind.ASSIGNED), data=ONE_CLICK).status_code == 200
    assert read("SELECT NOT email AND is_ahead FROM notification_settings")
    mongo.connect(config)
    catch_up()
    ended = {"email": False, "matrix": {"assigned": {"mail": False}}}
    assert chosen(bob).items() >= ended.items()
    assert bring_profiles_up_to_date() == 1
    assert bring_profiles_up_to_date() == 0
    assert chosen(bob).items() >= ended.items()
    row = get_profile(bob.actor).row
    edit_profile(bob.actor, version=row["version"], changes={"bio": "Likes silence"})
    assert chosen(bob).items() >= ended.items()
    assert read("SELECT count(*) FROM notification_settings WHERE is_ahead") == 0


def test_an_edit_while_the_profile_is_behind_keeps_what_the_link_did(bob: Person) -> None:
    bob.app.test_client().post(path(bob, ALL), data=ONE_CLICK)
    version = get_profile(bob.actor).row["version"]
    daily = {"preferences": {"notifications": {"frequency": "daily"}}}
    edit_profile(bob.actor, version=version, changes=daily)
    assert (chosen(bob)["email"], chosen(bob)["frequency"]) == (False, "daily")
    assert read("SELECT NOT email AND NOT is_ahead FROM notification_settings")


def test_a_link_holds_on_when_the_password_changes_and_ends_by_itself(bob: Person) -> None:
    client, link = bob.app.test_client(), path(bob, ALL)
    change_password(bob.actor, current=PASSWORD, new="another long and good sentence")
    with clock.frozen(clock.now() + LIFETIME):
        assert client.post(link).status_code == 200
    undo = path(bob, ALL, undoes=True)
    with clock.frozen(clock.now() + LIFETIME * 1.1):
        assert client.get(link).status_code == 404
        assert client.post(link).status_code == 404
    with clock.frozen(clock.now() + UNDO_LIFETIME * 3):
        assert client.post(undo).status_code == 404
    assert chosen(bob)["email"] is False


def test_no_other_token_is_taken_and_a_link_is_for_one_thing(bob: Person, ada: Person) -> None:
    client, link = ada.browser(), path(bob, ALL)
    token = link.rsplit("/", 1)[1]
    undo = path(bob, ALL, undoes=True).rsplit("/", 1)[1]
    changed = token[:-6] + ("A" if token[-6] != "A" else "B") + token[-5:]
    for wrong in (changed, token[:-1], undo, token + "x" * 300, "é", "-", bob.user_id):
        assert client.get(f"/unsubscribe/{wrong}").status_code == 404
        assert client.post(f"/unsubscribe/{wrong}").status_code == 404
    assert client.post(f"/unsubscribe/undo/{token}").status_code == 404
    assert bob.user_id.encode() not in token.encode()
    assert chosen(bob)["email"] is True
    assert client.post(link).status_code == 200  # ada's browser, bob's link
    assert chosen(bob)["email"] is False
    assert chosen(ada)["email"] is True
    assert re.fullmatch(r"[\w-]{50,120}", token)
