"""People, teams and tasks for tests, made by the services, and clients that speak for them.

Everything here needs the application's context only while it runs: each function opens its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

import msgspec
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy import text
from werkzeug.test import TestResponse

from taskforge.accounts import service as accounts
from taskforge.accounts import session_records
from taskforge.boards import queries as board_queries
from taskforge.boards import service as boards
from taskforge.boards.access import access_board
from taskforge.http.sessions import USER_FIELD
from taskforge.ids import new_id
from taskforge.messaging.keys import SESSION
from taskforge.messaging.redis_client import redis_client
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks import service as tasks
from taskforge.teams import service as teams

PASSWORD = "correct horse battery staple"
_number = count(1)


@dataclass(frozen=True)
class Person:
    """Somebody with an account; ``secret`` is of a session that is open."""

    app: Flask = field(repr=False)
    user_id: str
    email: str
    secret: str
    session_id: str

    @property
    def actor(self) -> Actor:
        """The person as services want them."""
        return Actor(user_id=self.user_id, session_id=self.session_id)

    @property
    def headers(self) -> dict[str, str]:
        """What makes an API request theirs."""
        return {"X-Session-Id": self.secret}

    def api(self, method: str, path: str, json: Any = None, **headers: str) -> TestResponse:
        """Send an API request; ``If_Match="3"`` is the header If-Match."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        client = self.app.test_client(use_cookies=False)
        return client.open(
            f"/api{path}", method=method, json=json, headers={**self.headers, **given}
        )

    def browser(self, *, in_redis: bool = False) -> FlaskClient:
        """A browser that is logged in; with `in_redis` Redis knows its session, as it does after a log-in."""
        secret = new_secret()
        with self.app.app_context():
            session_records.open_session(self.user_id, secret, kind="browser")
            if in_redis:
                key = SESSION.key(sid_hash=session_records.hash_sid(secret).hex())
                data = msgspec.msgpack.encode({USER_FIELD: self.user_id})
                redis_client().set(key, data, ex=SESSION.ttl_seconds)
        client = self.app.test_client()
        client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], secret)
        return client


@dataclass(frozen=True)
class Team:
    """A team with its first board; ``columns`` maps a status to the id of its column."""

    team_id: str
    board_id: str
    columns: dict[str, str]


def new_secret() -> str:
    """A session's secret in the form that the application makes."""
    return f"test{new_id().replace('-', '')}".ljust(43, "x")


def make_person(app: Flask, name: str = "Ada", last_name: str = "") -> Person:
    """A new account, logged in by an API session."""
    number = next(_number)
    email, secret = f"{name.lower()}{number}@example.test", new_secret()
    with app.app_context():
        user_id = accounts.register_user(
            Actor(user_id=new_id()),
            email=email,
            password=PASSWORD,
            first_name=name,
            last_name=last_name or f"Number{number}",
        ).entity_id
        session_id = session_records.open_session(user_id, secret, kind="api")
    return Person(app, user_id, email, secret, session_id)


def make_team(admin: Person, name: str = "Web", **members: Person) -> Team:
    """A team of an admin; further people by role: ``make_team(ada, guest=gus)``."""
    with admin.app.app_context():
        change = boards.create_team(admin.actor, name=name)
        board_id = change.extra["board_id"]
        for role, person in members.items():
            teams.add_member(admin.actor, change.entity_id, role=role, user_id=person.user_id)
        columns = {
            row["status"]: row["column_id"] for row in board_queries.list_columns([board_id])
        }
    return Team(change.entity_id, board_id, columns)


def make_limits_hard(person: Person, team: Team) -> None:
    """From now on a full column of the team's first board refuses tasks."""
    with person.app.app_context():
        row, _ = access_board(person.user_id, team.board_id)
        boards.edit_board(person.actor, team.board_id, version=row["version"], hard_limits=True)


def make_task(person: Person, team: Team, title: str = "Write the report", **fields: Any) -> str:
    """A task on the team's first board; its id."""
    with person.app.app_context():
        change = tasks.create_task(person.actor, board_id=team.board_id, title=title, **fields)
    return change.entity_id


def forget_confirmation(person: Person, *, minutes: int = 11) -> None:
    """Let minutes pass since this person proved who they are, in all their sessions."""
    statement = text(
        "UPDATE user_sessions SET confirmed_at = now() - :minutes * interval '1 minute'"
        " WHERE user_id = :user_id"
    )
    with person.app.app_context():
        sql.execute_now(statement, {"user_id": person.user_id, "minutes": minutes})


def csrf_token(browser: FlaskClient) -> str:
    """A CSRF token of the browser's session, as a page of it would carry one."""
    with browser.application.test_request_context(headers=_cookies(browser)):
        browser.application.preprocess_request()
        return str(generate_csrf())


def _cookies(browser: FlaskClient) -> dict[str, str]:
    name = browser.application.config["SESSION_COOKIE_NAME"]
    cookie = browser.get_cookie(name)
    assert cookie is not None
    return {"Cookie": f"{name}={cookie.value}"}
