"""What this process has read and rendered of boards, cached until anything in it changes.

A cached board is used only after the statement of the current request has read the user, their membership and the
current version of the board (`BoardVersion`). So no entry is ever invalidated, and processes share no state.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, TypeVar

from taskforge.metrics.counting import count_lookup
from taskforge.single_flight import SingleFlight
from taskforge.stores import sql, substitutes

MAX_BOARDS = 64
MAX_CARDS = 6000
# Bounds how long a change stays invisible that raises no version: a restored backup, a count that the doctor corrected.
MAX_AGE_SECONDS = 60.0
MAX_RENDERED = 12
# The memory for what is rendered of one board, in bytes: it grows with its cards, whose number is bounded for all
# cached boards together.
RENDERED_BYTES, RENDERED_BYTES_PER_CARD = 64_000, 2_000


class Rendered(Protocol):
    """Something rendered of a board. The cache knows only how large it is."""

    @property
    def size(self) -> int:
        """The memory that it takes, in bytes."""


Made = TypeVar("Made", bound=Rendered)


class BoardVersion(NamedTuple):
    """Changes whenever anything does that a board's columns and filter show.

    ``seq`` rises with every change of a board's tasks, comments, columns and settings; ``team_version`` with the team's
    name and members; ``people`` is the sum of the versions of everybody whose name is shown.
    """

    seq: int
    version: int
    team_version: int
    people: int


@dataclass(frozen=True, kw_only=True)
class CachedBoard:
    """All that is shown of a board under one filter, the same for everybody who may see it.

    ``shown_people`` are the ids of those whose versions are in ``version``; ``rendered`` holds what was rendered of the
    board, by variant.
    """

    version: BoardVersion
    columns: Sequence[Mapping[str, Any]]
    people: Sequence[Mapping[str, Any]]
    tags: Sequence[str]
    cards: Sequence[sql.Row]
    shown_people: Sequence[str]
    rendered: dict[Hashable, Any] = field(default_factory=dict)
    cached_at: float = field(default_factory=time.monotonic)
    flight: SingleFlight = field(default_factory=SingleFlight)

    def rendered_as(self, variant: Hashable, render: Callable[[], Made]) -> Made:
        """Something rendered of the board, by one thread for all; `variant` is all else that it depends on."""
        found: Made | None = self.rendered.get(variant)
        if found is None:
            with self.flight.turn(variant):
                found = self.rendered.get(variant)
                if found is None:
                    found = render()
                    self._keep(variant, found)
        return found

    def _keep(self, variant: Hashable, rendered: Rendered) -> None:
        """Cache something rendered, if there is memory for it."""
        left = RENDERED_BYTES + RENDERED_BYTES_PER_CARD * len(self.cards) - rendered.size
        if left < 0:
            return
        used = sum(one.size for one in list(self.rendered.values()))
        if len(self.rendered) >= MAX_RENDERED or used > left:
            self.rendered.clear()
        self.rendered[variant] = rendered


class BoardCache:
    """Cached boards by board and filter; the least recently used are dropped first."""

    def __init__(self) -> None:
        self._boards: OrderedDict[Hashable, CachedBoard] = OrderedDict()
        self._cards = 0
        self._lock = threading.Lock()
        self._flight = SingleFlight()

    def turn(self, key: Hashable) -> AbstractContextManager[None]:
        """Wait while another thread reads the board; then look with `find` whether it has the version."""
        return self._flight.turn(key)

    def shown_people(self, key: Hashable) -> Sequence[str]:
        """The ids of those whose names the cached board shows: the query for its version sums up their versions."""
        board = self._boards.get(key)
        return board.shown_people if board is not None else ()

    def find(self, key: Hashable, version: BoardVersion) -> CachedBoard | None:
        """The cached board, if it has this very version and is not too old."""
        board = self._find(key, version)
        count_lookup("board", found=board is not None)
        return board

    def keep(self, key: Hashable, board: CachedBoard) -> None:
        """Cache a board instead of an earlier version; not what was read as somebody else sees it."""
        if substitutes.are_set():
            return
        with self._lock:
            self._drop(key)
            self._boards[key] = board
            self._cards += len(board.cards)
            while len(self._boards) > MAX_BOARDS or self._cards > MAX_CARDS:
                self._drop(next(iter(self._boards)))

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._boards.clear()
            self._cards = 0

    def _find(self, key: Hashable, version: BoardVersion) -> CachedBoard | None:
        with self._lock:
            board = self._boards.get(key)
            if board is None or board.version != version:
                return None
            if time.monotonic() - board.cached_at > MAX_AGE_SECONDS:
                return None
            self._boards.move_to_end(key)
            return board

    def _drop(self, key: Hashable) -> None:
        board = self._boards.pop(key, None)
        self._cards -= len(board.cards) if board is not None else 0


board_cache = BoardCache()
