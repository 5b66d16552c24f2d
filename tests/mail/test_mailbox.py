"""The development mailbox: every mail as it looks, for a browser on this machine, and never in production."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient

from taskforge import create_app
from taskforge.config import Config
from tests.factories import Person, make_task, make_team
from tests.mail.bundling import at, clear, send_at
from tests.mail.posting import post
from tests.pages import Visitor
from tests.stores.scene import write


def test_a_mail_is_listed_and_shown_as_text_and_as_html(app: Flask, ada: Person) -> None:
    with app.app_context():
        post(ada.actor, to="bob@example.com")
    visitor = Visitor(app.test_client())
    listed = visitor.open("/mailbox/")
    assert "Your TaskForge password was changed" in listed.text
    found = re.search(r'href="(/mailbox/[0-9a-f-]{36})"', listed.html)
    assert found is not None
    shown = visitor.open(found[1])
    assert "bob@example.com" in shown.text
    assert "Firefox on Linux" in shown.text
    assert "frame-src 'self'" in shown.answer.headers["Content-Security-Policy"]
    part = visitor.open(f"{found[1]}/html")
    assert "Firefox on Linux" in part.html
    policy = part.answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy


def test_a_mail_of_notifications_lies_there_when_it_is_due(
    app: Flask, ada: Person, bob: Person
) -> None:
    with app.app_context():
        team = make_team(ada, member=bob)
        clear()
        with at():
            make_task(ada, team, "Oil the hinge", assignee_id=bob.user_id)
        assert send_at(minutes=2) == 1
    visitor = Visitor(app.test_client())
    listed = visitor.open("/mailbox/")
    assert "WEB-1 Oil the hinge" in listed.text
    found = re.search(r'href="(/mailbox/[0-9a-f-]{36})"', listed.html)
    assert found is not None
    shown = visitor.open(found[1])
    assert bob.email in shown.text
    assert "List-Unsubscribe-Post List-Unsubscribe=One-Click" in shown.text
    assert "assigned this card to you" in shown.text
    assert "assigned this card to you" in visitor.open(f"{found[1]}/html").text


def test_it_leads_from_the_page_that_says_that_a_mail_is_on_its_way(client: FlaskClient) -> None:
    visitor = Visitor(client)
    visitor.fill("/password-reset", "/password-reset", email="nobody@example.test")
    assert 'href="/mailbox/"' in visitor.open("/password-reset/sent").html
    assert "You have no TaskForge account" in visitor.open("/mailbox/").text


def test_another_machine_sees_nothing(app: Flask, ada: Person) -> None:
    with app.app_context():
        post(ada.actor)
    distant = {"REMOTE_ADDR": "192.0.2.7"}
    client = app.test_client()
    assert client.get("/mailbox/", environ_base=distant).status_code == 404
    sent = client.get("/password-reset/sent", environ_base=distant).get_data(as_text=True)
    assert "/mailbox/" not in sent


def test_production_has_no_such_pages(config: Config) -> None:
    endpoints = {
        rule.endpoint for rule in create_app(config.replaced(testing=False)).url_map.iter_rules()
    }
    assert "mailbox.index" in endpoints
    production = create_app(config.replaced(taskforge_env="production"))
    assert not [each for each in production.url_map.iter_rules() if "mailbox" in each.endpoint]


def test_a_mail_whose_kind_is_not_known_any_more_is_still_listed(app: Flask, ada: Person) -> None:
    with app.app_context():
        post(ada.actor)
        write("UPDATE mail_intents SET kind = 'of_yesterday'")
    listed = Visitor(app.test_client()).open("/mailbox/")
    assert listed.status == 200
    assert "of_yesterday" in listed.text
