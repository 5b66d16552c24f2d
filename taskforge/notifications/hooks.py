"""What else is written with a line of an inbox: for each channel, the function that notes that it is to be told there.

A hook runs in the transaction that inserts the lines, so that a line and what is to come of it exist together or not at
all. It writes rows and asks nobody but PostgreSQL; sending is the work of another job. It gets a line once: a job that
is repeated inserts nothing, and so calls nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from taskforge.notification_kinds import Channel, NotificationKind
from taskforge.notifications.settings import Settings, wants


@dataclass(frozen=True)
class Line:
    """A line that was just inserted into an inbox, with how its reader wants to be notified."""

    notification_id: str
    event_id: str
    user_id: str
    kind: NotificationKind
    payload: Mapping[str, Any]
    created_at: datetime
    settings: Settings


Hook = Callable[[Connection, Sequence[Line]], None]
_hooks: dict[Channel, Hook] = {}


def on_delivery(channel: Channel, hook: Hook) -> None:
    """Have a function called with the new lines that their readers want to hear of by a channel."""
    _hooks[channel] = hook


def has_hook(channel: Channel) -> bool:
    """Whether anything is done with new lines for a channel."""
    return channel in _hooks


def run_hooks(connection: Connection, lines: Sequence[Line]) -> None:
    """Call each channel's function with those of some new lines that are wanted there."""
    for channel, hook in _hooks.items():
        wanted = [line for line in lines if wants(line.kind, channel, line.settings)]
        if wanted:
            hook(connection, wanted)
