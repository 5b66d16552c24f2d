"""The first administrator: nobody by default, then whoever opens the one-time link."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from taskforge import clock
from taskforge.admin.service import issue_admin_claim
from taskforge.stores import sql
from tests.factories import Person
from tests.pages import visit


def test_a_new_installation_has_no_account(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        assert sql.scalar(text("SELECT count(*) FROM users"), {}) == 0


def test_the_link_works_once_and_for_its_first_user_only(
    app: Flask, ada: Person, bob: Person
) -> None:
    with app.app_context():
        path = f"/admin/claim/{issue_admin_claim()}"
    assert visit(ada).fill(path, path).status == 303
    assert ada.browser().get("/admin/").status_code == 200
    assert visit(bob).open(path).status == 404
    assert bob.browser().get("/admin/").status_code == 404


def test_the_link_works_for_an_hour(app: Flask, ada: Person) -> None:
    with app.app_context(), clock.frozen(clock.now() - timedelta(minutes=61)):
        path = f"/admin/claim/{issue_admin_claim()}"
    assert visit(ada).open(path).status == 404
    assert ada.browser().get("/admin/").status_code == 404
