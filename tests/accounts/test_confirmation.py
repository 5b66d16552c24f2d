"""Proving again who one is, before what is delicate: here the actions of the job dashboard."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.accounts import confirmation, session_records
from taskforge.audit.jobs import seal_pending
from taskforge.errors import NotAuthenticated
from taskforge.messaging import queues
from taskforge.messaging.redis_client import redis_client
from taskforge.stores import sql
from tests.factories import PASSWORD, Person, forget_confirmation
from tests.pages import HTMX, Page, Visitor, visit

QUEUE = "/admin/jobs/0/view/jobs/audit/queued/8/asc/1"
COMPACT = "/admin/jobs/queue/audit/compact"


@pytest.fixture
def root(ada: Person) -> Person:
    """A site administrator."""
    with ada.app.app_context():
        sql.execute_now(
            text("UPDATE users SET is_site_admin = true WHERE user_id = :id"), {"id": ada.user_id}
        )
        queue = queues.queue(queues.AUDIT, redis_client())
        queue.enqueue("os.path.join", description="A job")
    return ada


def empty(visitor: Visitor, person: Person, **headers: str) -> Page:
    """Send the form that empties the queue, which was opened when its sender was still confirmed."""
    form = visitor.open(QUEUE).form("/queued/empty")
    forget_confirmation(person)
    return visitor.send(form, headers=headers)


def is_emptied(app: Flask) -> bool:
    with app.app_context():
        jobs = queues.queue(queues.AUDIT, redis_client()).jobs
    return all(job.description != "A job" for job in jobs)


def reported(app: Flask, event: str) -> int:
    with app.app_context():
        seal_pending()
        waiting = [
            job
            for job in queues.queue(queues.AUDIT, redis_client()).jobs
            if event in str(job.args) or event in str(job.kwargs)
        ]
    return len(waiting)


def test_a_recent_log_in_is_not_asked_again(app: Flask, root: Person) -> None:
    visitor = visit(root)
    page = visitor.send(visitor.open(QUEUE).form("/queued/empty"))
    assert page.status == 303


def test_a_refused_form_is_carried_out_with_the_password(app: Flask, root: Person) -> None:
    visitor = visit(root)
    asked = empty(visitor, root)
    assert asked.status == 422
    assert "Confirm that it is you" in asked.text
    assert not is_emptied(app)
    form = asked.form("/queued/empty")
    assert form.fields["confirm_password"] == ""
    done = visitor.send(form, confirm_password=PASSWORD)
    assert done.status == 303
    assert is_emptied(app)


@pytest.mark.parametrize(("minutes", "status"), [(9, 303), (11, 200)])
def test_ten_minutes_after_it_one_is_asked_again(
    app: Flask, ada: Person, minutes: int, status: int
) -> None:
    visitor = visit(ada)
    forget_confirmation(ada, minutes=minutes)
    assert visitor.open("/confirm-password").status == status


def test_a_wrong_password_is_refused_and_what_was_sent_is_kept(app: Flask, root: Person) -> None:
    visitor = visit(root)
    form = empty(visitor, root).form("/queued/empty")
    form.fields["note"] = "two\nlines & <b>"
    page = visitor.send(form, confirm_password="not the password")
    assert page.status == 422
    assert "That is not your password." in page.text
    again = page.form("/queued/empty").fields
    assert again["note"] == form.fields["note"]
    assert again["op"] == form.fields["op"]
    assert again["confirm_password"] == ""
    assert not is_emptied(app)


def test_an_empty_password_is_asked_for(app: Flask, root: Person) -> None:
    visitor = visit(root)
    page = visitor.send(empty(visitor, root).form("/queued/empty"), confirm_password="")
    assert page.status == 422
    assert "Give your password." in page.text


def test_htmx_shows_the_form_in_place_of_the_page(app: Flask, root: Person) -> None:
    visitor = visit(root)
    page = empty(visitor, root, **HTMX)
    assert page.status == 422
    assert page.answer.headers["HX-Retarget"] == "#main"
    assert "<html" not in page.html
    assert visitor.send(page.form("/queued/empty"), confirm_password=PASSWORD).status == 303


def test_a_script_is_told_by_a_code(app: Flask, root: Person) -> None:
    page = empty(visit(root), root, Accept="application/json")
    assert page.status == 403
    assert page.answer.get_json()["error"]["code"] == "confirmation_required"


def test_being_asked_is_no_denial(app: Flask, root: Person) -> None:
    empty(visit(root), root, Accept="application/json")
    assert reported(app, "user.access_denied") == 0


def test_guesses_are_limited_and_put_on_record(app: Flask, root: Person) -> None:
    visitor = visit(root)
    form = empty(visitor, root).form("/queued/empty")
    pages = [visitor.send(form, confirm_password=f"guess {number}") for number in range(11)]
    assert [page.status for page in pages] == [422] * 10 + [429]
    assert pages[-1].form("/queued/empty").fields["op"] == form.fields["op"]
    assert visitor.send(form, confirm_password=PASSWORD).status == 429
    assert reported(app, "user.confirmation_failed") == 10


def test_the_secret_of_the_session_is_new_and_the_old_one_dead(app: Flask, root: Person) -> None:
    visitor = visit(root)
    name = app.config["SESSION_COOKIE_NAME"]
    form = empty(visitor, root).form("/queued/empty")
    old = visitor.client.get_cookie(name)
    visitor.send(form, confirm_password=PASSWORD)
    new = visitor.client.get_cookie(name)
    assert old is not None
    assert new is not None
    assert new.value != old.value
    assert visitor.open("/boards").status == 200
    thief = app.test_client()
    thief.set_cookie(name, old.value)
    assert thief.get("/boards").status_code == 303


def test_a_page_leads_back_to_where_it_was_asked_for(app: Flask, ada: Person) -> None:
    visitor = visit(ada)
    assert visitor.open("/confirm-password?next=/sessions").location == "/sessions"
    forget_confirmation(ada)
    page = visitor.open("/confirm-password?next=/sessions")
    assert page.status == 200
    wrong = visitor.send(page.form("/confirm-password"), confirm_password="wrong")
    assert wrong.status == 422
    right = visitor.send(wrong.form("/confirm-password"), confirm_password=PASSWORD)
    assert (right.status, right.location) == (303, "/sessions")
    assert visitor.open("/confirm-password?next=//evil.example").location == "/profile"


def test_a_program_proves_it_over_the_api(app: Flask, ada: Person) -> None:
    forget_confirmation(ada)
    answer = ada.api("POST", "/auth/confirm", {"password": "not the password"})
    assert answer.status_code == 422
    assert answer.get_json()["error"]["fields"] == {"password": "That is not your password."}
    answer = ada.api("POST", "/auth/confirm", {"password": PASSWORD})
    assert answer.status_code == 200
    assert datetime.fromisoformat(answer.get_json()["confirmedUntil"])
    assert ada.api("GET", "/users/me").status_code == 200  # by the same secret


def test_a_session_that_ended_meanwhile_is_not_confirmed(app: Flask, ada: Person) -> None:
    with app.app_context():
        identity = session_records.find_identity(sid=ada.secret)
        assert identity is not None
        session_records.revoke_all_sessions(ada.actor)
        with pytest.raises(NotAuthenticated):
            confirmation.mark_confirmed(identity, secret=None)
