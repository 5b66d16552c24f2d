"""Counts the commands of MongoDB's client."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

from pymongo.monitoring import CommandListener

from taskforge.messaging.breaker import MONGODB
from taskforge.metrics.trips import note_trip


class MongoCommands(CommandListener):
    """A listener of pymongo: each command is one trip. A slow one is logged by its name and collection."""

    def __init__(self) -> None:
        self._started = threading.local()

    def started(self, event: Any) -> None:
        """Called when a command is sent; its end comes in the same thread."""
        target = event.command.get(event.command_name)
        self._started.collection = target if isinstance(target, str) else ""

    def succeeded(self, event: Any) -> None:
        """Called when a command succeeded."""
        self._note(event)

    def failed(self, event: Any) -> None:
        """Called when a command failed or the connection was lost."""
        self._note(event)

    def _note(self, event: Any) -> None:
        collection = getattr(self._started, "collection", "")
        name = partial(" ".join, (event.command_name, collection))
        note_trip(MONGODB, event.duration_micros / 1_000_000, name)
