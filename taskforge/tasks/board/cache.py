"""What this process has read and drawn of boards, kept until anything in it changes.

Nothing kept is ever shown without the statement of this very request that says who is asking, that they belong to the
team, and how the board stands now (`Stamp`). So nothing has to be invalidated, and any number of processes agree.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from taskforge.http.fragments import Fragment
from taskforge.stores import sql

MOST_BOARDS = 64
MOST_CARDS = 6000
# Heals what no stamp shows: a backup that was put back, a count that the doctor mended.
KEPT_SECONDS = 60.0
MOST_DRAWN = 12
# The room for what is drawn of one state, in bytes: by its cards, whose number is bounded for all states together.
ROOM, ROOM_FOR_A_CARD = 256_000, 8_000


class Stamp(NamedTuple):
    """Changes whenever anything does that a board's columns and filter show.

    ``seq`` rises with every change of a board's tasks, comments, columns and settings; ``team_version`` with the team's
    name and members; ``people`` is the sum of the versions of everybody whose name is shown.
    """

    seq: int
    version: int
    team_version: int
    people: int


@dataclass(frozen=True, kw_only=True)
class BoardState:
    """All that is shown of a board under one filter, whoever looks; ``drawn`` is its HTML, by variant."""

    stamp: Stamp
    columns: Sequence[Mapping[str, Any]]
    people: Sequence[Mapping[str, Any]]
    tags: Sequence[str]
    cards: Sequence[sql.Row]
    named: Sequence[str]
    drawn: dict[Hashable, Fragment] = field(default_factory=dict)
    kept_at: float = field(default_factory=time.monotonic)

    def keep_drawn(self, variant: Hashable, html: Fragment) -> None:
        """Keep drawn HTML, as far as there is room; `variant` must hold all that it depends on besides this state."""
        left = ROOM + ROOM_FOR_A_CARD * len(self.cards) - html.size
        if left < 0:
            return
        if (
            len(self.drawn) >= MOST_DRAWN
            or sum(one.size for one in list(self.drawn.values())) > left
        ):
            self.drawn.clear()
        self.drawn[variant] = html


class KeptBoards:
    """Board states by board and filter; the least recently used go first."""

    def __init__(self) -> None:
        self._states: OrderedDict[Hashable, BoardState] = OrderedDict()
        self._cards = 0
        self._lock = threading.Lock()

    def named(self, key: Hashable) -> Sequence[str]:
        """The ids of those whose names stand in what is kept; the question for its stamp names them."""
        state = self._states.get(key)
        return state.named if state is not None else ()

    def find(self, key: Hashable, stamp: Stamp) -> BoardState | None:
        """The state that has this very stamp, if it is kept."""
        with self._lock:
            state = self._states.get(key)
            if state is None or state.stamp != stamp:
                return None
            if time.monotonic() - state.kept_at > KEPT_SECONDS:
                return None
            self._states.move_to_end(key)
            return state

    def keep(self, key: Hashable, state: BoardState) -> None:
        """Keep a state instead of an earlier one."""
        with self._lock:
            self._drop(key)
            self._states[key] = state
            self._cards += len(state.cards)
            while len(self._states) > MOST_BOARDS or self._cards > MOST_CARDS:
                self._drop(next(iter(self._states)))

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._states.clear()
            self._cards = 0

    def _drop(self, key: Hashable) -> None:
        gone = self._states.pop(key, None)
        self._cards -= len(gone.cards) if gone is not None else 0


kept_boards = KeptBoards()
