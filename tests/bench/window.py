"""What a benchmark knows of the system that it asks: its boards, and the browsers that are logged in."""

from __future__ import annotations

from dataclasses import dataclass

from tests.bench.load import request_bytes


@dataclass(frozen=True)
class Board:
    """A board with its columns and tasks, by id."""

    board_id: str
    columns: list[str]
    tasks: list[str]


@dataclass(frozen=True)
class Window:
    """A browser that is logged in: what its requests carry."""

    cookie: str
    token: str

    def get(self, path: str, **headers: str) -> bytes:
        """A request for a page."""
        return request_bytes("GET", path, {"Cookie": self.cookie, **_named(headers)})

    def post(self, path: str, body: str, **headers: str) -> bytes:
        """A form that is sent."""
        given = {"Cookie": self.cookie, "X-CSRFToken": self.token, **_named(headers)}
        return request_bytes("POST", path, given, body)


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
