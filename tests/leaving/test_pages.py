"""The pages of one's own data, without JavaScript: an export, and the deletion of the account."""

from __future__ import annotations

import io
import zipfile

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.admin import erasure
from taskforge.leaving.export_jobs import write_due
from taskforge.stores import sql
from tests.factories import PASSWORD, Person, forget_confirmation, make_person, make_task, make_team
from tests.pages import HTMX, Page, Visitor, visit

DATA, DELETE = "/profile/data", "/profile/delete"


def write_exports(app: Flask) -> None:
    with app.app_context():
        write_due()


def download(visitor: Visitor, page: Page) -> bytes:
    path = page.html.split('href="/profile/data/exports/')[1].split('"')[0]
    answer = visitor.client.get(f"/profile/data/exports/{path}")
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="taskforge-')
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.content_length == len(answer.data)
    return bytes(answer.data)


def test_an_export_is_asked_for_watched_and_downloaded(app: Flask, ada: Person) -> None:
    visitor = visit(ada)
    make_task(ada, make_team(ada), "Mine")
    page = visitor.fill(DATA, "/profile/data/exports")
    assert page.status == 303
    page = visitor.open(DATA)
    assert "Being made: 0 %" in page.text
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page.html
    assert not page.has_form("/profile/data/exports")
    partial = visitor.open("/profile/data/exports", **HTMX)
    assert partial.html.startswith('<div class="form exports" id="exports"')
    assert 'hx-trigger="every 3s"' in partial.html
    write_exports(app)
    partial = visitor.open("/profile/data/exports", **HTMX)
    assert "hx-trigger" not in partial.html
    page = visitor.open(DATA)
    assert "http-equiv" not in page.html
    archive = download(visitor, page)
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        assert "Mine" in files.read("tasks.json").decode()
    assert "You can make the next export" in page.text


def test_an_export_asks_who_one_is(app: Flask, ada: Person) -> None:
    visitor = visit(ada)
    form = visitor.open(DATA).form("/profile/data/exports")
    forget_confirmation(ada)
    page = visitor.send(form)
    assert page.status == 422
    assert "Confirm that it is you" in page.text
    page = visitor.send(page.form("/profile/data/exports"), confirm_password=PASSWORD)
    assert page.status == 303
    write_exports(app)
    page = visitor.open(DATA)
    path = page.html.split('href="/profile/data/exports/')[1].split('"')[0]
    forget_confirmation(ada)
    assert "/confirm-password" in visitor.open(f"/profile/data/exports/{path}").location


def test_a_second_export_of_a_day_is_refused_with_a_sentence(app: Flask, ada: Person) -> None:
    visitor = visit(ada)
    form = visitor.open(DATA).form("/profile/data/exports")
    again = visitor.open(DATA).form("/profile/data/exports")
    visitor.send(form)
    visitor.send(again)
    assert "one export a day" in visitor.open(DATA).text


def test_nobody_else_downloads_an_export(app: Flask, ada: Person, bob: Person) -> None:
    visitor = visit(ada)
    visitor.fill(DATA, "/profile/data/exports")
    write_exports(app)
    path = visitor.open(DATA).html.split('href="/profile/data/exports/')[1].split('"')[0]
    assert visit(bob).open(f"/profile/data/exports/{path}").status == 404
    assert visitor.open("/profile/data/exports/nonsense").status == 404


def test_the_page_says_what_will_happen_and_does_it(
    app: Flask, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = make_person(app, "Bob")
    team = make_team(ada, "Shared <b>", member=bob)
    make_task(bob, team, "Bob's card", assignee_id=bob.user_id)
    make_team(bob, "Only Bob's")
    visitor = visit(bob)
    page = visitor.open(DELETE)
    assert "Shared <b>" in page.text
    assert "Only Bob's" in page.text
    assert "These teams are deleted" in page.text
    page = visitor.fill(DELETE, DELETE, email=ada.email)
    assert page.status == 422
    assert "is not the address of your account" in page.text
    assert ada.email in page.html
    page = visitor.fill(DELETE, DELETE, email=f" {bob.email.upper()} ")
    assert (page.status, page.location) == (303, "/goodbye")
    assert "Clear-Site-Data" in page.answer.headers
    assert "Your account is deleted" in visitor.open("/goodbye").text
    assert "/login" in visitor.open(DATA).location
    shown = visit(ada).open(f"/boards/{team.board_id}")
    assert "Bob's card" in shown.text
    assert "Bob Number" not in shown.html
    assert "Deleted person" in visit(ada).open(f"/tasks/{_only_task(app)}").text


def _only_task(app: Flask) -> str:
    with app.app_context():
        return str(sql.scalar(text("SELECT task_id FROM tasks WHERE title = 'Bob''s card'")))


def test_the_last_admin_is_told_what_to_do(app: Flask, ada: Person) -> None:
    bob = make_person(app, "Bob")
    make_team(ada, "Needs Ada", member=bob)
    page = visit(ada).open(DELETE)
    assert "You are the last admin" in page.text
    assert "Needs Ada" in page.text
    assert not page.has_form(DELETE)


def test_the_refusal_of_a_race_is_a_sentence_on_the_form(app: Flask, ada: Person) -> None:
    visitor = visit(ada)
    form = visitor.open(DELETE).form(DELETE)
    make_team(ada, "Just now", member=make_person(app, "Bob"))
    page = visitor.send(form, email=ada.email)
    assert page.status == 409
    assert "“Just now”" in page.text


def test_deletion_asks_who_one_is_on_page_and_form(ada: Person) -> None:
    visitor = visit(ada)
    form = visitor.open(DELETE).form(DELETE)
    forget_confirmation(ada)
    assert "/confirm-password" in visitor.open(DELETE).location
    page = visitor.send(form, email=ada.email)
    assert page.status == 422
    page = visitor.send(page.form(DELETE), confirm_password=PASSWORD)
    assert page.location == "/goodbye"


def test_a_second_submission_of_the_form_ends_at_the_log_in(ada: Person) -> None:
    visitor, other = visit(ada), visit(ada)
    forms = [each.open(DELETE).form(DELETE) for each in (visitor, other)]
    assert visitor.send(forms[0], email=ada.email).location == "/goodbye"
    assert "/login" in other.send(forms[1], email=ada.email).location


def test_the_last_mail_says_that_it_is_done(
    app: Flask, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = visit(ada)
    visitor.fill(DELETE, DELETE, email=ada.email)
    with app.app_context():
        assert erasure.erase_deleted_people() == 0  # a request may still be under way
        sql.execute_now(
            text("UPDATE account_erasures SET requested_at = now() - interval '1 hour'")
        )
        assert erasure.erase_deleted_people() == 1
    assert "Your TaskForge account is deleted" in visitor.open("/mailbox/").text
