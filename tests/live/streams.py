"""A browser's end of a live stream, over a real socket."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

SILENCE_SECONDS = 30.0
WAIT_SECONDS = 60.0  # heartbeats go on where what a test waits for never comes


@dataclass(frozen=True)
class Event:
    """One event."""

    id: int
    kind: str
    data: dict[str, Any]


class Stream:
    """An open answer, read line by line."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.answer = answer
        self.comments: list[str] = []

    def blocks(self) -> Iterator[dict[str, str]]:
        """What came between two empty lines, until the server ends the stream."""
        fields: dict[str, str] = {}
        end = time.monotonic() + WAIT_SECONDS
        while line := self.answer.readline().decode():
            name, _, value = line.rstrip("\n").partition(":")
            assert time.monotonic() < end, "it did not come"
            if line == "\n":
                yield fields
                fields = {}
            elif name:
                fields[name] = value.strip()
            else:
                self.comments.append(value.strip())

    def next(self) -> Event:
        """The next change; comments and presence are passed over."""
        for block in self.blocks():
            if "id" in block:
                return Event(int(block["id"]), block["event"], json.loads(block["data"]))
        raise AssertionError("the server ended the stream")

    def next_presence(self) -> dict[str, Any]:
        """Who has the board open, as the next hint about it says."""
        for block in self.blocks():
            if block.get("event") == "here":
                return dict(json.loads(block["data"]))
        raise AssertionError("the server ended the stream")

    def wait_for_people(self, *names: str) -> None:
        """Read until exactly these people are said to have the board open, by first name."""
        end = time.monotonic() + WAIT_SECONDS
        while sorted(names) != sorted(
            one["name"].split()[0] for one in self.next_presence()["people"]
        ):
            assert time.monotonic() < end, "they did not come"

    def wait_for_heartbeat(self) -> None:
        """Read until a heartbeat comes."""
        while "beat" not in self.comments:
            next(self.blocks())

    def wait_until_ended(self) -> None:
        """Read to the end. Fails where the server only closed the connection."""
        for _ in self.blocks():
            pass
        assert self.answer.chunk_left is None, "the last chunk did not come"


@contextmanager
def listening(
    server: str, board_id: str, query: str = "", **headers: str
) -> Iterator[http.client.HTTPResponse]:
    """The answer to a request for a stream."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=SILENCE_SECONDS)
    connection.request("GET", f"/live/boards/{board_id}{query}", headers=given)
    answer = connection.getresponse()
    try:
        yield answer
    finally:
        answer.close()
        connection.close()


@contextmanager
def streaming(server: str, board_id: str, query: str = "", **headers: str) -> Iterator[Stream]:
    """A stream that was granted, its opening read."""
    with listening(server, board_id, query, **headers) as answer:
        assert answer.status == 200, answer.read()
        stream = Stream(answer)
        assert next(stream.blocks()) == {"retry": "3000"}
        yield stream
