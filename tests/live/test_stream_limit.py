"""How many streams one person may have, however fast they are opened."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from flask import Flask

from taskforge.live.stream import STREAMS_PER_PERSON, LiveStreams
from taskforge.web.live.access import BoardStreamSource
from tests.factories import Person, make_team


async def open_together(app: Flask, person: Person, board_id: str, number: int) -> list[int]:
    """The statuses of so many streams that are asked for at once, of a process that serves none yet."""
    streams, gone = LiveStreams(app, BoardStreamSource()), asyncio.Event()
    statuses: list[int] = []
    answered = asyncio.Event()
    scope = {
        "type": "http",
        "method": "GET",
        "raw_path": f"/live/boards/{board_id}".encode(),
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1"), (b"x-session-id", person.secret.encode())],
    }

    async def receive() -> Any:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])
            if len(statuses) == number:
                answered.set()

    open_ones = [asyncio.create_task(streams(dict(scope), receive, send)) for _ in range(number)]
    await asyncio.wait_for(answered.wait(), 20)
    gone.set()
    await asyncio.gather(*open_ones)
    streams.stop()
    assert not streams._open
    return statuses


def test_streams_that_are_opened_together_do_not_pass_the_limit_together(
    app: Flask, ada: Person
) -> None:
    board_id = make_team(ada).board_id
    statuses = Counter(asyncio.run(open_together(app, ada, board_id, STREAMS_PER_PERSON + 20)))
    assert statuses == {200: STREAMS_PER_PERSON, 429: 20}
