"""A suspended person is nobody, at once: log-ins, sessions, writes, mails, notifications; and can be let in again."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from taskforge.accounts import session_records, site_admins, suspension
from taskforge.errors import Conflict, NotFound, Suspended
from taskforge.events import Event
from taskforge.extensions import config_of
from taskforge.ids import new_id
from taskforge.mail import service as mail
from taskforge.mail.kinds import MailKind
from taskforge.notifications.bundles import jobs as mail_jobs
from taskforge.notifications.delivery_checks import wrong_deliveries
from taskforge.notifications.jobs import deliver
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.service import move_task
from tests.audit_trail import events_of
from tests.factories import PASSWORD, Person, Team, make_person, make_task, make_team
from tests.pages import Visitor, visit
from tests.stores.scene import read

WHY = "It sends advertising to everybody."


@pytest.fixture
def root(app: Flask) -> Person:
    """The only site administrator."""
    return make_site_admin(make_person(app, "Root"))


def make_site_admin(person: Person) -> Person:
    with person.app.app_context():
        statement = text("UPDATE users SET is_site_admin = true WHERE user_id = :id")
        sql.execute_now(statement, {"id": person.user_id})
    return person


def suspend(root: Person, person: Person, reason: str = WHY) -> None:
    with root.app.app_context():
        suspension.suspend_person(root.actor, person.user_id, reason=reason)


def lift(root: Person, person: Person) -> None:
    with root.app.app_context():
        suspension.lift_suspension(root.actor, person.user_id)


def log_in(app: Flask, person: Person) -> int:
    credentials = {"email": person.email, "password": PASSWORD}
    return app.test_client().post("/api/auth/login", json=credentials).status_code


def test_the_sessions_end_and_the_log_in_says_why(
    app: Flask, root: Person, ada: Person, client: FlaskClient
) -> None:
    here = visit(ada)
    assert here.open("/profile").status == 200
    suspend(root, ada)
    assert ada.api("GET", "/users/me").status_code == 401
    assert here.open("/profile").location.startswith("/login")
    assert WHY in here.open("/login").text
    answer = client.post("/api/auth/login", json={"email": ada.email, "password": PASSWORD})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (401, "suspended")
    assert WHY in answer.get_json()["error"]["message"]
    page = Visitor(client).fill("/login", "/login", email=ada.email, password=PASSWORD)
    assert page.status == 422
    assert WHY in page.text
    wrong = Visitor(client).fill("/login", "/login", email=ada.email, password="not theirs")
    assert WHY not in wrong.text
    assert WHY not in Visitor(app.test_client()).open("/login").text


def test_who_knows_their_passkey_or_code_is_told_too(app: Flask, root: Person, ada: Person) -> None:
    suspend(root, ada)
    with app.app_context(), pytest.raises(Suspended, match="advertising"):
        session_records.open_session(ada.user_id, "x" * 43, kind="browser")


def test_lifted_they_log_in_anew(app: Flask, root: Person, ada: Person) -> None:
    suspend(root, ada)
    lift(root, ada)
    assert ada.api("GET", "/users/me").status_code == 401
    assert log_in(app, ada) == 200


def test_both_are_on_record_with_before_and_after(app: Flask, root: Person, ada: Person) -> None:
    suspend(root, ada)
    lift(root, ada)
    with app.app_context():
        suspended, lifted = events_of(ada.user_id)[-2:]
    assert (suspended.event, suspended.actor_id) == ("user.suspended", root.user_id)
    assert suspended.before == {"is_suspended": False, "suspension_reason": None}
    assert suspended.after == {
        "is_suspended": True,
        "suspension_reason": WHY,
        "sessions_ended": 1,
    }
    assert lifted.event == "user.suspension_lifted"
    assert lifted.before == {"is_suspended": True, "suspension_reason": WHY}
    assert lifted.after == {"is_suspended": False, "suspension_reason": None}


def test_a_repeated_request_is_answered_like_the_first(
    app: Flask, root: Person, ada: Person
) -> None:
    actor = Actor(user_id=root.user_id, op_id=new_id())
    with app.app_context():
        first = suspension.suspend_person(actor, ada.user_id, reason=WHY)
        again = suspension.suspend_person(actor, ada.user_id, reason=WHY)
    assert (again.event_id, again.replayed) == (first.event_id, True)


def test_only_a_site_administrator_can_and_nobody_twice(
    app: Flask, root: Person, ada: Person, bob: Person
) -> None:
    with app.app_context():
        with pytest.raises(NotFound):
            suspension.suspend_person(ada.actor, bob.user_id, reason=WHY)
        with pytest.raises(NotFound):
            suspension.suspend_person(root.actor, new_id(), reason=WHY)
        with pytest.raises(Conflict):
            suspension.lift_suspension(root.actor, bob.user_id)
        suspension.suspend_person(root.actor, bob.user_id, reason=WHY)
        with pytest.raises(Conflict):
            suspension.suspend_person(root.actor, bob.user_id, reason=WHY)


def test_the_last_site_administrator_stays(app: Flask, root: Person, ada: Person) -> None:
    with app.app_context():
        with pytest.raises(Conflict, match="yourself"):
            suspension.suspend_person(root.actor, root.user_id, reason=WHY)
        with pytest.raises(Conflict, match="last site administrator"):
            site_admins.revoke_site_role(root.actor, root.user_id)
        site_admins.grant_site_role(root.actor, ada.user_id)
        suspension.suspend_person(root.actor, ada.user_id, reason=WHY)
        # A suspended one can't act, and so does not count.
        with pytest.raises(Conflict, match="last site administrator"):
            site_admins.revoke_site_role(root.actor, root.user_id)
        suspension.lift_suspension(root.actor, ada.user_id)
        site_admins.revoke_site_role(root.actor, root.user_id)
    assert read_admins(app) == {ada.user_id}


def read_admins(app: Flask) -> set[str]:
    with app.app_context():
        return {
            row["user_id"]
            for row in sql.rows(text("SELECT user_id FROM users WHERE is_site_admin"))
        }


def test_what_a_suspended_person_was_about_to_write_is_refused(
    app: Flask, root: Person, ada: Person
) -> None:
    team = make_team(ada)
    task_id = make_task(ada, team)
    suspend(root, ada)
    with app.app_context():
        events = len(events_of(task_id))
        with pytest.raises(Suspended):
            move_task(ada.actor, task_id, column_id=team.columns["done"])
        assert len(events_of(task_id)) == events


def test_a_change_that_closes_its_own_account_is_not_refused(app: Flask, ada: Person) -> None:
    statement = text("UPDATE users SET suspended_at = now() WHERE user_id = :id")
    with app.app_context():
        with UnitOfWork(ada.actor, entity_id=ada.user_id, version=0) as uow:
            uow.execute(statement, {"id": ada.user_id})
            record_something(uow)
        with (
            pytest.raises(Suspended),
            UnitOfWork(ada.actor, entity_id=ada.user_id, version=0) as uow,
        ):
            record_something(uow)


def record_something(uow: UnitOfWork) -> None:
    uow.record(
        Event.USER_ALL_SESSIONS_REVOKED,
        entity_type="user",
        entity_id=uow.actor.user_id,
        before={"sessions": 1},
        after={"sessions": 0},
    )


def test_a_queued_mail_is_dropped_and_nothing_comes_into_the_inbox(
    app: Flask, root: Person, ada: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    team: Team = make_team(ada, member=bob)
    server = config_of(app).replaced(smtp_url="smtp://127.0.0.1:1")
    monkeypatch.setitem(app.config, "TASKFORGE", server)
    with app.app_context():
        deliver()
        before = read("SELECT count(*) FROM notifications")
        with UnitOfWork(ada.actor, entity_id=bob.user_id, version=0) as uow:
            mail.send(
                uow,
                MailKind.PASSWORD_CHANGED,
                event_id=new_id(),
                to=bob.email,
                context={"name": "Bob", "at": uow.at, "device": "a browser"},
            )
    make_task(ada, team, assignee_id=bob.user_id)
    suspend(root, bob)
    with app.app_context():
        assert mail_jobs.send_due() == 1
        assert read("SELECT count(*) FROM mail_intents") == 0
        assert deliver() == 1
        assert read("SELECT count(*) FROM notifications") == before
        assert list(wrong_deliveries()) == []
        suspension.lift_suspension(root.actor, bob.user_id)
        assert deliver() == 0
