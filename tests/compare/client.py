"""Requests to a running TaskForge as a person's browser sends them, with answers that are not followed."""

from __future__ import annotations

import http.client
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

FORM_TYPE = "application/x-www-form-urlencoded"
TIMEOUT_SECONDS = 60.0
NAMED = ("undo", "version")
_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')

# What a request says about who asks: a browser, htmx in a page, one of the page's scripts.
KINDS: dict[str, dict[str, str]] = {
    "page": {"Accept": "text/html"},
    "partial": {"Accept": "*/*", "HX-Request": "true"},
    "json": {"Accept": "application/json"},
}


@dataclass(frozen=True)
class Ask:
    """A request that can be sent to any checkout: the token is put into it when it is sent.

    `body` is a form as (name, value) pairs; `raw` is a body as it is, with its type in `headers`.
    """

    method: str
    address: str
    kind: str = "page"
    body: tuple[tuple[str, str], ...] | None = None
    raw: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    with_token: bool = True

    @property
    def name(self) -> str:
        """What tells the request from all others of a person."""
        said = " ".join(f"{name}={value!r}" for name, value in self.body or ())
        further = " ".join(f"{name}:{value}" for name, value in self.headers)
        token = "" if self.with_token else "without token"
        parts = (self.method, self.address, self.kind, said, self.raw, further, token)
        return " ".join(part for part in parts if part is not None and part != "")


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", errors="replace")

    def header(self, name: str) -> str:
        """The value of a header, "" without it."""
        return next((value for known, value in self.headers if known.lower() == name), "")

    @property
    def is_html(self) -> bool:
        """Whether the body is a page or a part of one."""
        return self.header("content-type").startswith("text/html")


@dataclass
class Client:
    """One person's browser: cookies, and the token of the last page.

    `last` holds what the last answers named, for placeholders of a request: ``{location}``, the path that the last
    redirection led to, and the `NAMED` members of the last JSON that had them, such as ``{undo}``.
    """

    base: str
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    last: dict[str, str] = field(default_factory=dict)
    _connection: http.client.HTTPConnection | None = None

    def log_in(self, email: str, password: str) -> None:
        """Log in by the form. Raises `PermissionError` where that fails."""
        self.send(Ask("GET", "/login"))
        answer = self.send(Ask("POST", "/login", body=(("email", email), ("password", password))))
        if answer.status != 303:
            raise PermissionError(f"{email} could not log in: {answer.status}")
        self.send(Ask("GET", "/teams"))

    def get_json(self, address: str) -> Any:
        """What an address of the JSON API answers."""
        answer = self.send(Ask("GET", address, kind="json"))
        if answer.status != 200:
            raise ConnectionError(f"{address} answered {answer.status}")
        return json.loads(answer.body)

    def send(self, ask: Ask) -> Answer:
        """Send a request; cookies and tokens of the answer are kept for the next one."""
        headers = {**KINDS[ask.kind], **dict(ask.headers)}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        payload = ask.raw
        if ask.body is not None:
            payload = urlencode([(name, self._fill(value)) for name, value in ask.body])
            headers["Content-Type"] = FORM_TYPE
        if ask.method != "GET" and ask.with_token:
            headers["X-CSRFToken"] = self.token
        answer = self._exchange(ask.method, self._fill(ask.address), payload, headers)
        self._keep(answer)
        return answer

    def open_stream(self, address: str) -> Answer:
        """The beginning of a live stream: its headers and the first lines, up to ``retry:``."""
        connection = self._connect()
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection.request("GET", address, headers={"Cookie": cookie} if cookie else {})
        answer = connection.getresponse()
        lines = [] if answer.status == 200 else [answer.read()]
        while not lines or (answer.status == 200 and not lines[-1].startswith(b"retry:")):
            lines.append(answer.readline())
        connection.close()
        return Answer(answer.status, answer.getheaders(), b"".join(lines))

    def _exchange(
        self, method: str, address: str, payload: str | None, headers: dict[str, str]
    ) -> Answer:
        encoded = payload.encode() if payload is not None else None
        for attempt in (1, 2):
            connection = self._connection or self._connect()
            try:
                connection.request(method, address, body=encoded, headers=headers)
                answer = connection.getresponse()
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                # The server closed a connection that was idle; on a new one this is an error.
                fresh, self._connection = self._connection is None, None
                if fresh or attempt == 2:
                    raise
                continue
            body = answer.read()
            self._connection = None if answer.will_close else connection
            return Answer(answer.status, answer.getheaders(), body)
        raise AssertionError("unreachable: the second attempt returns or raises")

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(urlsplit(self.base).netloc, timeout=TIMEOUT_SECONDS)

    def _fill(self, text: str) -> str:
        """A text with `last` in its placeholders."""
        for name, value in self.last.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def _keep(self, answer: Answer) -> None:
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                cookie, _, content = value.partition(";")[0].partition("=")
                self.cookies[cookie] = content
        if location := answer.header("location"):
            self.last["location"] = urlsplit(location).path
        if answer.header("content-type").startswith("application/json"):
            told = json.loads(answer.body)
            named = told if isinstance(told, dict) else {}
            self.last |= {name: str(named[name]) for name in NAMED if named.get(name)}
        if answer.is_html and (found := _TOKEN.search(answer.text)):
            self.token = found[1]
