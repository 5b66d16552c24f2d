"""Somebody who asks the JSON API, repeats what failed, and remembers which changes were acknowledged."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

PASSWORD = "seven green bottles standing"
FIRST_NAME, LAST_NAME = "C", "Lient"
ATTEMPT_SECONDS = 12
GIVE_UP_SECONDS = 60
REFUSALS = (400, 401, 403, 422)  # no act expects one, unless it says so


class GaveUp(Exception):
    """A request was not answered for a minute although everything was running again."""


@dataclass
class Stop:
    """When a client and all who act for it were told to stop, if they were."""

    event: threading.Event = field(default_factory=threading.Event)
    at: float = 0.0

    def is_over(self, began: float) -> bool:
        """Whether a request that began then has had its time: nothing is killed any more, and still no answer."""
        since = max(self.at, began)
        return self.event.is_set() and time.monotonic() - since > GIVE_UP_SECONDS


@dataclass(frozen=True)
class Form:
    """A form with one file in its field ``file``."""

    name: str
    content: bytes
    boundary = "----TaskForgeChaos5d1b7a"

    @property
    def content_type(self) -> str:
        """The media type of the body."""
        return f"multipart/form-data; boundary={self.boundary}"

    @property
    def encoded(self) -> bytes:
        """The body."""
        head = (
            f"--{self.boundary}\r\n"
            f'Content-Disposition: form-data; name="file"; filename="{self.name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        return head.encode() + self.content + f"\r\n--{self.boundary}--\r\n".encode()


class Caller:
    """One person, or a program of theirs. Only one thread may call at a time.

    Changes are identified by a key, or by the version that they change, so that a repetition shows whether the first
    attempt had arrived.
    """

    def __init__(self, number: int, port: int, seed: int, stop: Stop | None = None) -> None:
        self.number, self.port, self.seed = number, port, seed
        self.stop_order = stop or Stop()
        self.chance = random.Random(f"{seed}/{number}")
        self.operations: dict[str, int] = {}  # the audit events of each acknowledged key
        self.attempts = 0
        self.failures = 0
        self.violations: list[str] = []
        self.user_id = ""
        self.email = f"client{number}@example.org"
        self.password = PASSWORD
        self._headers: dict[str, str] = {}
        self._connection: http.client.HTTPConnection | None = None
        self._count = 0

    def register(self, invitation: str) -> None:
        """Register by the token of an invitation, and log in."""
        person = {
            "email": self.email,
            "password": self.password,
            "firstName": FIRST_NAME,
            "lastName": LAST_NAME,
            "invitation": invitation,
        }
        self.post("/auth/register", person)
        self.log_in()

    def log_in(self) -> None:
        """Begin a session."""
        person = {"email": self.email, "password": self.password}
        _, begun = self.call("POST", "/auth/login", person)
        self.user_id = begun["user"]["userId"]
        self._headers = {"X-Session-Id": begun["sessionId"]}

    def confirm(self) -> None:
        """Prove who this is, for what asks for the password again."""
        self.call("POST", "/auth/confirm", {"password": self.password})

    def companion(self, number: int) -> Caller:
        """Somebody else who acts in this one's thread."""
        return Caller(number, self.port, self.seed, self.stop_order)

    def program(self, number: int, token: str) -> Caller:
        """A program with a token of this person; its changes are theirs."""
        made = self.companion(number)
        made._headers = {"Authorization": f"Bearer {token}"}
        made.user_id, made.operations = self.user_id, self.operations
        made.violations = self.violations
        return made

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        key: str | None = None,
        *,
        expected: Collection[int] = (),
    ) -> tuple[int, Any]:
        """Send a request until it has a definite answer, the same each time; of `REFUSALS` only `expected` ones.

        Raises:
            GaveUp: nothing answers.
            AssertionError: it was refused.
        """
        began = time.monotonic()
        while True:
            self.attempts += 1
            try:
                status, answer = self._send(method, path, body, key)
            except (OSError, http.client.HTTPException, ValueError):
                self._connection = None
                status, answer = 0, None
            if 200 <= status < 500 and status != 429:
                if status in REFUSALS and status not in expected:
                    raise AssertionError(f"{method} {path} answered {status} {answer}")
                return status, answer
            self.failures += 1
            if self.stop_order.is_over(began):
                raise GaveUp(f"{method} {path} got {status or 'no answer'} for a minute")
            time.sleep(self.chance.uniform(0.05, 0.3))

    def post(self, path: str, body: Any, *, facts: int = 1) -> Any:
        """Send a change with a key of its own, which is to write so many audit events."""
        key = str(UUID(int=self.chance.getrandbits(128), version=4))
        status, answer = self.call("POST", path, body, key)
        if status >= 300:
            raise AssertionError(f"POST {path} answered {status} {answer}")
        self.operations[key] = facts
        return answer

    def delete(self, path: str, *, repeated: int = 404) -> None:
        """Delete something; a repetition answers `repeated`, because it is gone."""
        status, answer = self.call("DELETE", path)
        if status not in (204, repeated):
            self.violations.append(f"DELETE {path} answered {status} {answer}")

    def expect(self, what: str, found: object, wanted: object) -> None:
        """Note a violation unless something is as it was acknowledged."""
        if found != wanted:
            self.violations.append(
                f"client {self.number}: {what} is {found!r}, acknowledged {wanted!r}"
            )

    def word(self, kind: str) -> str:
        """A text that nobody else writes."""
        self._count += 1
        return f"{kind} {self.number}.{self._count} "[:180].strip()

    def _send(self, method: str, path: str, body: Any, key: str | None) -> tuple[int, Any]:
        connection = self._connection or http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=ATTEMPT_SECONDS
        )
        self._connection = connection
        kind = body.content_type if isinstance(body, Form) else "application/json"
        headers = {**self._headers, "Content-Type": kind}
        if key:
            headers["Idempotency-Key"] = key
        if isinstance(body, Form):
            sent: bytes | str | None = body.encoded
        else:
            sent = None if body is None else json.dumps(body)
        connection.request(method, "/api" + path, sent, headers)
        response = connection.getresponse()
        raw = response.read()
        if response.status < 300 and response.headers.get_content_type() != "application/json":
            return response.status, raw
        return response.status, json.loads(raw) if raw else None
