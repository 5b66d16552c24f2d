"""Things done at the same moment, each by a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from flask import Flask

from taskforge.errors import TaskForgeError

Deed = Callable[[], Any]


def at_once(deeds: Sequence[Deed]) -> list[Any]:
    """What each of them answers, or the refusal that it meets, in their order."""
    start = threading.Barrier(len(deeds))

    def one(deed: Deed) -> Any:
        start.wait(timeout=60)
        try:
            return deed()
        except TaskForgeError as refusal:
            return refusal

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


def at_once_inside(app: Flask, deeds: Sequence[Deed]) -> list[Any]:
    """The same for calls of services, each in the application's context."""

    def inside(deed: Deed) -> Any:
        with app.app_context():
            return deed()

    return at_once([partial(inside, deed) for deed in deeds])
