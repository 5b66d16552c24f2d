"""The corpus of bad input: what must be answered with a 4xx (or harmlessly), never with a 5xx.

``bad_input.jsonl`` has one case a line:

- ``class``: the kind of badness, for reports;
- ``where``: the part of the request that is bad (see ``send``);
- ``kind``: ``any`` if the case is bad whatever field or route it meets, else the kind of value
  it must stand for (``title``, ``id``, ``integer``, ``date``, ``tags``, ``email``, ...);
- ``wire`` (text) or ``base64`` (bytes): the bad part exactly as it is sent, percent signs
  included; ``repeat`` times, then ``suffix``;
- ``contentType``, ``header``: what else the request must carry;
- ``statuses``: the answers that are right.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote_to_bytes

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

_FILE = Path(__file__).with_name("bad_input.jsonl")

JSON_TYPE = "application/json"
URLENCODED_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class BadInput:
    """One case; ``payload`` is the bad part as bytes, ready to be sent."""

    name: str
    group: str
    where: str
    kind: str
    payload: bytes
    statuses: frozenset[int]
    content_type: str | None
    headers: tuple[tuple[str, str], ...]

    @property
    def is_body(self) -> bool:
        """Whether the payload is a whole body rather than one value."""
        return self.where in {"body", "api_body", "page_body", "raw_form"}


@cache
def load_bad_input() -> tuple[BadInput, ...]:
    """Every case of the corpus, in the order of the file."""
    lines = _FILE.read_text("utf-8").splitlines()
    return tuple(_case(number, json.loads(line)) for number, line in enumerate(lines, start=1))


def select(*, where: set[str] | None = None, kind: set[str] | None = None) -> list[BadInput]:
    """The cases in certain places and of certain kinds."""
    return [
        case
        for case in load_bad_input()
        if (where is None or case.where in where) and (kind is None or case.kind in kind)
    ]


def send(
    client: FlaskClient,
    case: BadInput,
    path: str,
    *,
    method: str = "POST",
    field: str = "title",
    others: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> TestResponse:
    """Send the case to ``path`` as its place demands, byte for byte, and return the answer.

    ``path``  the payload is a segment: it replaces ``{bad}``, or follows the path;
    ``raw_path``  it is the whole path;  ``query``/``form``/``json``  it is the value of ``field``,
    beside ``others``;  ``raw_query``/``raw_form``/``body``/``api_body``/``page_body``  it is all
    of that part;  ``header``  only headers are bad;  ``method``  it is the method.

    The client must not keep cookies (``use_cookies=False``): its jar would replace the bad header.
    Log in by passing the cookie in ``headers``.
    """
    environ: dict[str, Any] = dict(_header_environ({**(headers or {}), **dict(case.headers)}))
    body: bytes | None = None
    content_type = case.content_type
    query = b""
    if case.where == "path":
        segment = case.payload.decode("ascii")
        path = (
            path.replace("{bad}", segment) if "{bad}" in path else f"{path.rstrip('/')}/{segment}"
        )
    elif case.where == "raw_path":
        path = case.payload.decode("ascii")
    elif case.where == "query":
        query = field.encode() + b"=" + case.payload
    elif case.where == "raw_query":
        query = case.payload
    elif case.where == "form":
        pairs = [f"{quote(name)}={quote(str(value))}" for name, value in (others or {}).items()]
        body = "&".join(pairs).encode() + b"&" + field.encode() + b"=" + case.payload
        content_type = URLENCODED_TYPE
    elif case.where == "raw_form":
        body, content_type = case.payload, URLENCODED_TYPE
    elif case.where == "json":
        body, content_type = _json_with(field, case.payload, others or {}), JSON_TYPE
    elif case.where == "method":
        method = case.payload.decode("ascii")
    elif case.is_body:
        body = case.payload
    environ["PATH_INFO"] = unquote_to_bytes(path.partition("?")[0]).decode("latin-1")
    environ["QUERY_STRING"] = query.decode("latin-1")
    return client.open(
        "/", method=method, data=body, content_type=content_type, environ_overrides=environ
    )


def _case(number: int, row: dict[str, Any]) -> BadInput:
    repeat = int(row.get("repeat", 1))
    headers = dict(row.get("header", {}))
    payload = b""
    if "base64" in row:
        payload = base64.b64decode(row["base64"])
    elif "wire" in row:
        payload = row["wire"].encode() * repeat + row.get("suffix", "").encode()
    elif headers:
        headers = {name: value * repeat for name, value in headers.items()}
    return BadInput(
        name=f"{number:03}-{row['class']}-{row['where']}-{row.get('note') or row.get('wire', '')}"[
            :70
        ],
        group=row["class"],
        where=row["where"],
        kind=row["kind"],
        payload=payload,
        statuses=frozenset(row["statuses"]),
        content_type=row.get("contentType"),
        headers=tuple(headers.items()),
    )


def _json_with(field: str, value: bytes, others: Mapping[str, Any]) -> bytes:
    members = [
        json.dumps(name).encode() + b": " + json.dumps(item).encode()
        for name, item in others.items()
        if name != field
    ]
    members.append(json.dumps(field).encode() + b": " + value)
    return b"{" + b", ".join(members) + b"}"


def _header_environ(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Headers as the server hands them over, so that the test client cannot tidy them up."""
    environ = {}
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ
