"""API tokens of people for tests, and programs that use them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from taskforge import clock
from taskforge.accounts.api_tokens import NewToken, create_token
from taskforge.accounts.token_identity import PREFIX
from taskforge.mail.tokens import make_token
from taskforge.stores import sql
from tests.factories import Person


@dataclass(frozen=True)
class Program:
    """A program with a token of somebody."""

    app: Flask = field(repr=False)
    token_id: str
    secret: str

    @property
    def headers(self) -> dict[str, str]:
        """What makes an API request this program's."""
        return {"Authorization": f"Bearer {self.secret}"}

    def api(self, method: str, path: str, json: Any = None, **headers: str) -> TestResponse:
        """Send an API request; ``If_Match="3"`` is the header If-Match."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        client = self.app.test_client(use_cookies=False)
        return client.open(
            f"/api{path}", method=method, json=json, headers={**self.headers, **given}
        )


def give_token(
    person: Person,
    *scopes: str,
    name: str = "Nightly report",
    team_ids: Sequence[str] | None = None,
    expires_at: datetime | None = None,
) -> Program:
    """A program with a new token of a person; with ``read`` alone unless `scopes` say otherwise."""
    new = NewToken(name=name, scopes=scopes or ("read",), team_ids=team_ids, expires_at=expires_at)
    with person.app.app_context():
        token = make_token()
        token_id = create_token(person.actor, new, token_hash=token.hash).entity_id
    return Program(person.app, token_id, PREFIX + token.secret)


def let_expire(program: Program) -> None:
    """Let the end of a token be in the past."""
    with program.app.app_context():
        sql.execute_now(
            text("UPDATE api_tokens SET expires_at = :at WHERE token_id = :token_id"),
            {"token_id": program.token_id, "at": clock.now()},
        )


def suspend(person: Person) -> None:
    """Suspend an account."""
    with person.app.app_context():
        sql.execute_now(
            text("UPDATE users SET suspended_at = now() WHERE user_id = :user_id"),
            {"user_id": person.user_id},
        )
