"""Signing up in a browser."""

from __future__ import annotations

import hashlib

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from taskforge.stores import sql
from tests.factories import Person
from tests.pages import Visitor

ADA = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "email": "ada@example.test",
    "password": "A calm long sentence, 42",
}


def count_users(app: Flask) -> int:
    with app.app_context():
        return int(sql.scalar(text("SELECT count(*) FROM users")))


def test_signing_up_logs_in_and_leads_to_a_board(app: Flask, client: FlaskClient) -> None:
    visitor = Visitor(client)
    answer = visitor.fill("/register", "/register", **ADA)
    assert answer.status == 303
    assert answer.location.startswith("/boards/")
    assert "Ada Lovelace" in visitor.open("/boards").text
    assert count_users(app) == 1


def test_an_address_is_kept_in_one_spelling(app: Flask, client: FlaskClient) -> None:
    Visitor(client).fill("/register", "/register", **ADA | {"email": " ADA@Example.TEST "})
    with app.app_context():
        assert sql.scalar(text("SELECT email FROM users")) == "ada@example.test"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("first_name", "  ", "First name is required."),
        ("last_name", "x" * 81, "Last name must be at most 80 characters"),
        ("email", "nobody", "Email must be an address like name@example.com."),
        ("password", "short", "Password must have at least 12 characters."),
        ("password", "Password1234", "Password is one of the most common"),
        ("password", "lovelace2024!", "Password is too close to your name"),
    ],
)
def test_a_wrong_field_is_explained_beside_it_and_the_rest_is_kept(
    app: Flask, client: FlaskClient, field: str, value: str, sentence: str
) -> None:
    page = Visitor(client).fill("/register", "/register", **ADA | {field: value})
    assert page.status == 422
    assert sentence in page.text
    assert f'aria-describedby="{field}' in page.html or f"{field}-error" in page.html
    kept = page.form("/register").fields
    other = "email" if field != "email" else "first_name"
    assert kept[other] == ADA[other]
    assert kept["password"] == ""
    assert count_users(app) == 0


def test_a_taken_address_is_refused_with_the_form(ada: Person, client: FlaskClient) -> None:
    taken = ada.email
    page = Visitor(client).fill("/register", "/register", **ADA | {"email": taken})
    assert page.status == 409
    assert "No account can be made with this address" in page.text
    assert page.form("/register").fields["email"] == taken


def test_a_form_that_is_sent_twice_makes_one_account(app: Flask, client: FlaskClient) -> None:
    visitor = Visitor(client)
    form = visitor.open("/register").form("/register")
    other = Visitor(app.test_client())
    other_form = other.open("/register").form("/register")
    first = visitor.send(form, **ADA)
    again = other.send(other_form, **ADA, op=form.fields["op"])
    assert first.location == again.location != "/boards"
    assert count_users(app) == 1


def test_the_same_operation_with_another_password_opens_no_account(
    app: Flask, client: FlaskClient
) -> None:
    visitor = Visitor(client)
    form = visitor.open("/register").form("/register")
    visitor.send(form, **ADA)
    other = Visitor(app.test_client())
    other_form = other.open("/register").form("/register")
    page = other.send(
        other_form, **ADA | {"password": "Some other sentence, 43", "op": form.fields["op"]}
    )
    assert page.status == 422
    assert other.open("/boards").status == 303


def test_the_stored_fingerprint_is_no_plain_hash_of_the_password(
    app: Flask, client: FlaskClient
) -> None:
    visitor = Visitor(client)
    visitor.fill("/register", "/register", **ADA)
    with app.app_context():
        stored = {
            bytes(row["fingerprint"])
            for row in sql.rows(text("SELECT fingerprint FROM operations"))
        }
    fields = sorted({**ADA, "next": ""}.items())
    assert hashlib.sha256(f"POST /register\n{fields!r}".encode()).digest() not in stored


def test_who_is_logged_in_is_led_on(visitor: Visitor) -> None:
    assert visitor.open("/register").location == "/boards"
    assert visitor.open("/login?next=/teams").location == "/teams"


def test_without_a_csrf_token_nobody_is_registered(app: Flask, client: FlaskClient) -> None:
    assert client.post("/register", data=ADA).status_code == 403
    assert count_users(app) == 0


def test_signing_up_leads_only_to_addresses_of_ours(client: FlaskClient) -> None:
    answer = Visitor(client).fill("/register", "/register", **ADA, next="//evil.example/")
    assert answer.location.startswith("/boards/")
