"""Editing one's profile and password."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from taskforge.mail.kinds import MailKind
from taskforge.mail.queries import LATEST
from taskforge.stores import sql
from tests.factories import PASSWORD, Person
from tests.pages import Visitor, visit

NEW = "An even calmer sentence, 43"


def test_a_profile_is_saved_and_shown_everywhere(ada: Person, visitor: Visitor) -> None:
    answer = visitor.fill(
        "/profile", "/profile/edit", first_name="Augusta", bio="Likes *engines* <script>"
    )
    assert (answer.status, answer.location) == (303, "/profile")
    fields = visitor.open("/profile").form("/profile/edit").fields
    assert (fields["first_name"], fields["bio"]) == ("Augusta", "Likes *engines* <script>")
    page = visitor.open(f"/people/{ada.user_id}")
    assert "Likes <em>engines</em> &lt;script&gt;" in page.html


def test_what_the_form_does_not_show_stays_as_it_is(ada: Person, visitor: Visitor) -> None:
    notifications = {"email": False, "push": True, "frequency": "weekly"}
    changes = {"bio": "Likes engines", "preferences": {"notifications": notifications}}
    assert ada.api("PATCH", "/users/me", changes).status_code == 200
    visitor.fill("/profile", "/profile/edit", first_name="Augusta")
    visitor.fill("/profile/preferences", "/profile/preferences", theme="dark")
    profile = ada.api("GET", "/users/me").json
    assert (profile["firstName"], profile["bio"]) == ("Augusta", "Likes engines")
    stored = profile["preferences"]["notifications"]
    assert {name: stored[name] for name in notifications} == notifications


def test_nothing_is_promised_that_is_not_there(visitor: Visitor) -> None:
    for path in ("/profile", "/profile/preferences", "/profile/notifications"):
        page = visitor.open(path)
        for promise in ("e-mails come", "by e-mail", "hourly", "daily"):
            assert promise not in page.text.lower()


@pytest.mark.parametrize(
    ("field", "value"),
    [("first_name", ""), ("first_name", "x" * 81), ("bio", "x" * 2001), ("version", "one")],
)
def test_a_wrong_value_changes_nothing_and_keeps_the_text(
    visitor: Visitor, field: str, value: str
) -> None:
    page = visitor.fill("/profile", "/profile/edit", **{"last_name": "Byron", field: value})
    assert page.status == 422
    assert page.form("/profile/edit").fields["last_name"] == "Byron"
    assert visitor.open("/profile").form("/profile/edit").fields["last_name"] != "Byron"


def test_an_old_form_does_not_overwrite_a_newer_profile_by_accident(visitor: Visitor) -> None:
    old = visitor.open("/profile").form("/profile/edit")
    visitor.fill("/profile", "/profile/edit", first_name="Newer", bio="New")
    page = visitor.send(old, first_name="Older")
    assert page.status == 409
    assert "You changed the first name in another window" in page.text
    assert "Saved is “Newer”" in page.text
    form = page.form("/profile/edit")
    assert form.fields["first_name"] == "Older"
    assert visitor.open("/profile").form("/profile/edit").fields["first_name"] == "Newer"
    assert visitor.send(form).status == 303


def test_two_windows_may_change_different_things(visitor: Visitor) -> None:
    old = visitor.open("/profile").form("/profile/edit")
    visitor.fill("/profile/preferences", "/profile/preferences", theme="dark")
    assert visitor.send(old, first_name="Augusta").status == 303
    page = visitor.open("/profile")
    assert page.form("/profile/edit").fields["first_name"] == "Augusta"
    assert 'data-theme="dark"' in page.html


def test_what_the_form_does_not_offer_cannot_be_set(ada: Person) -> None:
    visitor = visit(ada)
    visitor.fill("/profile", "/profile/edit", is_site_admin="1", email="other@example.test")
    assert ada.email in visitor.open("/profile").text
    assert "Administration" not in visitor.open("/profile").text


def test_a_new_password_ends_all_other_sessions_and_this_secret(app: Flask, ada: Person) -> None:
    other, here = visit(ada), visit(ada)
    name = app.config["SESSION_COOKIE_NAME"]
    before = here.client.get_cookie(name)
    answer = here.fill(
        "/profile/password", "/profile/password", current_password=PASSWORD, new_password=NEW
    )
    assert answer.location == "/profile"
    after = here.client.get_cookie(name)
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert here.open("/boards").status == 200
    assert other.open("/boards").status == 303
    here.client.set_cookie(name, before.value)
    assert here.open("/boards").status == 303
    fresh = Visitor(app.test_client())
    assert fresh.fill("/login", "/login", email=ada.email, password=PASSWORD).status == 422
    assert fresh.fill("/login", "/login", email=ada.email, password=NEW).status == 303


def test_its_owner_is_told_of_a_new_password_by_mail(app: Flask, ada: Person) -> None:
    values = {"current_password": PASSWORD, "new_password": NEW}
    visit(ada).fill("/profile/password", "/profile/password", **values)
    with app.app_context():
        row = sql.row(LATEST, {"limit": 1})
    assert row is not None
    assert (row["kind"], row["to_address"]) == (MailKind.PASSWORD_CHANGED, ada.email)


@pytest.mark.parametrize(
    ("current", "new", "sentence"),
    [
        ("wrong wrong wrong", NEW, "Current password is not your present password."),
        (PASSWORD, "short", "New password must have at least 12 characters."),
        (PASSWORD, "", "New password is required."),
    ],
)
def test_a_refused_password_is_explained(
    visitor: Visitor, current: str, new: str, sentence: str
) -> None:
    page = visitor.fill(
        "/profile/password", "/profile/password", current_password=current, new_password=new
    )
    assert page.status == 422
    assert sentence in page.text
    assert visitor.open("/boards").status == 200


def test_nobody_reads_or_changes_a_profile_without_logging_in(client: FlaskClient) -> None:
    for path in ("/profile", "/profile/password", "/sessions"):
        assert client.get(path).location == f"/login?next={path}"
