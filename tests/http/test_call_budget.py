"""How many functions a request may call in the web server: what it costs there, told the same on every machine.

Processor time on a busy machine varies by a factor of two and shows no loss of a tenth. The calls of a request, of
Python and C functions alike, vary by 1 % with what the texts hold. Limits are 4 % above what was measured.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from tests.http import test_request_budget as requests
from tests.http.test_request_budget import REQUESTS, TURNS, World

world = requests.world  # the fixture
# Calls of one request on Python 3.11; later versions make fewer.
MAX_CALLS = {
    "board_unchanged": 2_690,
    "board": 3_210,
    "task": 4_180,
    "api_list": 4_640,
    "move": 4_470,
    "create": 5_960,
    "comment": 6_340,
}


class CountedCalls:
    """A WSGI program that counts the calls of the last request through it."""

    def __init__(self, program: Any) -> None:
        self._program = program
        self.number = 0

    def __call__(self, environ: Any, start_response: Any) -> Any:
        self.number = 0
        sys.setprofile(self._note)
        try:
            return self._program(environ, start_response)
        finally:
            sys.setprofile(None)

    def _note(self, _frame: Any, event: str, _argument: Any) -> None:
        if event in ("call", "c_call"):
            self.number += 1


def test_no_request_calls_more_functions_than_its_budget(world: World) -> None:
    counted = CountedCalls(world.app.wsgi_app)
    world.app.wsgi_app = counted  # type: ignore[method-assign]
    found = {}
    for name in MAX_CALLS:
        # The least of some: what happens once in a while, such as a note when somebody was last here, is not meant.
        found[name] = min(_count(counted, REQUESTS[name], world) for _ in range(TURNS + 1))
    above = {name: number for name, number in found.items() if number > MAX_CALLS[name]}
    assert not above, found


def _count(counted: CountedCalls, ask: Callable[[World], object], world: World) -> int:
    ask(world)
    return counted.number
