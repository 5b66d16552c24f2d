"""The administration's page of mails."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from taskforge.extensions import config_of
from taskforge.ids import new_id
from taskforge.mail import service as mail
from taskforge.mail.kinds import MailKind
from taskforge.notifications.jobs import deliver
from taskforge.stores.unit_of_work import UnitOfWork
from tests.admin.test_suspension import make_site_admin
from tests.audit_trail import last_event
from tests.factories import Person, make_person, make_task, make_team
from tests.pages import Visitor, visit
from tests.stores.scene import read, write


@pytest.fixture
def root(app: Flask) -> Person:
    return make_site_admin(make_person(app, "Root"))


@pytest.fixture
def here(root: Person) -> Visitor:
    return visit(root)


def queue_mail(app: Flask, ada: Person, monkeypatch: pytest.MonkeyPatch) -> str:
    server = config_of(app).replaced(smtp_url="smtp://127.0.0.1:1")
    monkeypatch.setitem(app.config, "TASKFORGE", server)
    values: dict[str, Any] = {"name": "A hidden word", "device": "a browser"}
    with app.app_context():
        with UnitOfWork(ada.actor, entity_id=ada.user_id, version=0) as uow:
            mail.send(
                uow,
                MailKind.PASSWORD_CHANGED,
                event_id=new_id(),
                to=ada.email,
                context={**values, "at": uow.at},
            )
        return str(read("SELECT mail_id FROM mail_intents"))


def test_a_mail_that_was_given_up_is_sent_again_and_on_record(
    app: Flask, here: Visitor, root: Person, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail_id = queue_mail(app, ada, monkeypatch)
    waiting = here.open("/admin/mails")
    assert "Queued 1" in waiting.text
    assert ada.email in waiting.text
    assert "A hidden word" not in waiting.html
    assert not waiting.has_form("/send-again")
    with app.app_context():
        write(
            "UPDATE mail_intents SET parked_at = now(), attempts = 16, last_error = '550 no such box'"
        )
    page = here.open("/admin/mails?show=given+up")
    assert "550 no such box" in page.text
    form = page.form(f"/mails/{mail_id}/send-again")
    assert here.send(form).status == 303
    with app.app_context():
        assert (
            read("SELECT count(*) FROM mail_intents WHERE parked_at IS NULL AND attempts = 0") == 1
        )
        event = last_event(root.user_id)
        assert (event.event, event.after) == (
            "user.mail_requeued",
            {"mail_id": mail_id, "state": "queued"},
        )
    assert "No mail" in here.open("/admin/mails?show=given+up").text
    again = here.send(form, op=None)
    assert again.status == 409


def test_a_mail_of_notifications_is_listed_and_sent_again_too(
    app: Flask, here: Visitor, ada: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = config_of(app).replaced(smtp_url="smtp://127.0.0.1:1")
    monkeypatch.setitem(app.config, "TASKFORGE", server)
    make_task(ada, make_team(ada, member=bob), "A hidden card", assignee_id=bob.user_id)
    with app.app_context():
        deliver()
        write("DELETE FROM mail_intents")
        bundle_id = read(
            f"SELECT bundle_id FROM notification_bundles WHERE user_id = '{bob.user_id}'"
        )
    page = here.open("/admin/mails")
    assert "Notifications queued" in page.text
    assert bob.email in page.text
    assert "A hidden card" not in page.html
    with app.app_context():
        write("""
            UPDATE notification_bundles
            SET    parked_at = now(), attempts = 16, last_error = '550 no such box'
        """)
        write(
            f"UPDATE notification_mails SET bundle_id = '{bundle_id}' WHERE user_id = '{bob.user_id}'"
        )
    form = here.open("/admin/mails?show=given+up").form(f"/mails/{bundle_id}/send-again")
    assert here.send(form).status == 303
    with app.app_context():
        assert read("SELECT count(*) FROM notification_mails WHERE bundle_id IS NULL") == 2
        assert read("SELECT count(*) FROM notification_bundles WHERE parked_at IS NULL") == 1
    assert here.send(form, op=None).status == 409
