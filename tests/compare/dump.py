"""A folder of answers: each a text file that says the request, the status, the headers and the normalised body."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.compare.client import Answer, Ask, Client
from tests.compare.markup import json_lines, lines_of, parse
from tests.compare.neutral import Neutraliser

REQUESTS = "requests.jsonl"
SETTLE_SECONDS = 6.0
# Of every answer another value, or the machine's and not the application's.
LEFT_OUT = frozenset(
    {
        "date",
        "server",
        "connection",
        "keep-alive",
        "content-length",
        "server-timing",
        "transfer-encoding",
    }
)
CHANGING = frozenset({"x-request-id", "x-ratelimit-remaining", "x-ratelimit-reset", "retry-after"})
LISTS = frozenset({"vary", "allow"})
_HASH = re.compile(r'"[0-9a-f]{16,}"')
_COOKIE_VALUE = re.compile(r"=[^;]*")
_SLUG = re.compile(r"[^\w.-]+")


@dataclass
class Dump:
    """Sends a person's requests and writes what comes back."""

    folder: Path
    person: str
    client: Client
    neutral: Neutraliser
    written: dict[str, Path] = field(default_factory=dict)
    asked_for_json: set[str] = field(default_factory=set)

    def record(self, ask: Ask, *, unless_like: Answer | None = None) -> Answer:
        """Send a request and write its answer; `unless_like` leaves out one with the same status and type."""
        answer = self.client.send(ask)
        if unless_like is None or _sort_of(answer) != _sort_of(unless_like):
            self.write(ask, answer)
        return answer

    def record_stream(self, address: str) -> None:
        """Write the beginning of a live stream."""
        self.write(Ask("GET", address), self.client.open_stream(address), what="stream")

    def settle(self) -> None:
        """Give the workers time to write everywhere what was changed."""
        self._log("settle", Ask("GET", "/"))
        time.sleep(SETTLE_SECONDS)

    def write(self, ask: Ask, answer: Answer, *, what: str = "request") -> None:
        """Write an answer under the name of its request; the second of one name gets a number."""
        name = self.neutral(f"{self.person} {ask.name}")
        if name in self.written:
            name = f"{name} #{sum(known.startswith(f'{name} #') for known in self.written) + 2}"
        hashed = hashlib.sha256(name.encode()).hexdigest()[:10]
        file = self.folder / f"{_SLUG.sub('_', name)[:120]}.{hashed}.txt"
        lines = [name, f"status {answer.status}", *self._headers(answer), "", *self._body(answer)]
        file.write_text("\n".join(lines) + "\n")
        self.written[name] = file
        self._log(what, ask)

    def _log(self, what: str, ask: Ask) -> None:
        with (self.folder / REQUESTS).open("a") as log:
            log.write(json.dumps({"person": self.person, "what": what, **asdict(ask)}) + "\n")

    def _headers(self, answer: Answer) -> list[str]:
        return sorted(
            self.neutral(f"{name.lower()}: {_header_value(name.lower(), value)}")
            for name, value in answer.headers
            if name.lower() not in LEFT_OUT
        )

    def _body(self, answer: Answer) -> list[str]:
        if answer.header("content-type").startswith("application/json"):
            return json_lines(json.loads(answer.body), self.neutral)
        if answer.is_html:
            return lines_of(parse(answer.text), self.neutral)
        return self.neutral(answer.text).splitlines()


def read_requests(folder: Path) -> Iterable[tuple[str, str, Ask]]:
    """The requests of a dump in their order: person, ``request``, ``stream`` or ``settle``, and what is asked."""
    for line in (folder / REQUESTS).read_text().splitlines():
        known: dict[str, Any] = json.loads(line)
        person, what = known.pop("person"), known.pop("what")
        for name in ("body", "headers"):
            pairs = known[name]
            known[name] = None if pairs is None else tuple(tuple(pair) for pair in pairs)
        yield person, what, Ask(**known)


def _sort_of(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.header("content-type")


def _header_value(name: str, value: str) -> str:
    if name in CHANGING:
        return "{value}"
    if name in LISTS:
        return ", ".join(sorted(part.strip() for part in value.split(",")))
    if name == "etag":
        return _HASH.sub('"{hash}"', value)
    if name == "set-cookie":
        first, _, rest = value.partition(";")
        rest = re.sub(r"expires=[^;]*", "expires={date}", rest, flags=re.IGNORECASE)
        return f"{_COOKIE_VALUE.sub('={value}', first)};{rest}"
    if name == "hx-trigger":
        try:
            return json.dumps(json.loads(value), sort_keys=True, ensure_ascii=False)
        except ValueError:
            return value
    return value
