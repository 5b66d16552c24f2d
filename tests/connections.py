"""Notes where a thread takes a second connection to PostgreSQL while it holds one: with a small pool it could hang."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

from sqlalchemy import Engine, event

SHOWN_FRAMES = 12


class ConnectionWatch:
    """Watches the pool of an engine; ``second`` are the places of our code where a thread took a second connection.

    What tests take themselves is not counted.
    """

    def __init__(self, engine: Engine) -> None:
        self.second: list[str] = []
        self._taken_by: dict[int, int] = {}
        event.listen(engine, "checkout", self._take)
        event.listen(engine, "checkin", self._give_back)
        event.listen(engine, "detach", self._give_back)

    def _take(self, _driver: Any, record: Any, _proxy: Any) -> None:
        places = list(_our_places(sys._getframe(1)))
        if not places or places[0].startswith("tests"):
            return
        thread = threading.get_ident()
        if thread in self._taken_by.values():
            self.second.append(" < ".join(places[:SHOWN_FRAMES]))
        self._taken_by[id(record)] = thread

    def _give_back(self, _driver: Any, record: Any) -> None:
        self._taken_by.pop(id(record), None)


def _our_places(frame: FrameType | None) -> Iterator[str]:
    """The calls that led here, but for those in libraries: the innermost first."""
    while frame is not None:
        package = frame.f_globals.get("__name__", "")
        if package.partition(".")[0] in ("taskforge", "tests"):
            yield f"{package}:{frame.f_lineno}"
        frame = frame.f_back
