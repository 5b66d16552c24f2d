"""Live streams answer to the same names as the pages, although Flask never sees them."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest
from flask import Flask

from taskforge import create_app
from taskforge.config import Config
from taskforge.live.stream import LiveStreams
from taskforge.stores import mongo
from taskforge.web.live.access import BoardStreamSource

OWN = "tasks.example.test"


def status_of(config: Config, **headers: str) -> int:
    """The answer to somebody unknown who asks for a stream by these headers."""
    streams = LiveStreams(create_app(config), BoardStreamSource())
    answers: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        answers.append(message)

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.disconnect"}

    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"raw_path": b"/live/boards/x", "query_string": b"", "headers": pairs}
    asyncio.run(streams(scope, receive, send))
    mongo.connect(config)
    return int(answers[0]["status"])


@pytest.mark.parametrize("host", [OWN, "OTHER.test", f"{OWN}:8000"])
def test_own_names_are_answered(app: Flask, config: Config, host: str) -> None:
    named = config.replaced(allowed_hosts=f"{OWN}, other.test")
    assert status_of(named, host=host) == 401  # it went on to ask who it is


@pytest.mark.parametrize("host", ["evil.test", f"{OWN}.evil.test", "127.0.0.1", ""])
def test_other_names_are_refused(app: Flask, config: Config, host: str) -> None:
    assert status_of(config.replaced(allowed_hosts=OWN), host=host) == 400


def test_any_name_will_do_where_none_is_set(app: Flask, config: Config) -> None:
    assert status_of(config, host="anything.test") == 401


def test_a_proxy_is_believed_as_far_as_it_is_trusted(app: Flask, config: Config) -> None:
    behind = config.replaced(allowed_hosts=OWN, trusted_hops=1)
    said = f"evil.test, {OWN}"
    assert status_of(behind, host="10.0.0.7", x_forwarded_host=said) == 401
    assert status_of(behind, host=OWN, x_forwarded_host=f"{OWN}, evil.test") == 400
    alone = config.replaced(allowed_hosts=OWN)
    assert status_of(alone, host="evil.test", x_forwarded_host=OWN) == 400
