"""The states of a line of an inbox, and their SQL. The indexes of `Notification` have the same conditions."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class InboxState(StrEnum):
    """Which lines of an inbox a list shows; what is unread is in the inbox too."""

    INBOX = "inbox"
    UNREAD = "unread"
    SNOOZED = "snoozed"
    ARCHIVED = "archived"


_STATES = {state.value: state for state in InboxState}
FIRST_PLACE = (
    "ffffffff-ffff-ffff-ffff-ffffffffffff"  # before every place, where the newest line is first
)
_CONDITIONS = {
    InboxState.INBOX: "{n}.archived_at IS NULL AND {n}.snoozed_until IS NULL",
    InboxState.UNREAD: "{n}.read_at IS NULL",
    InboxState.SNOOZED: "{n}.snoozed_until IS NOT NULL",
    InboxState.ARCHIVED: "{n}.archived_at IS NOT NULL",
}


def read_state(name: str) -> InboxState:
    """The state with a name; the whole inbox for a name that none has."""
    return _STATES.get(name, InboxState.INBOX)


def is_in(state: InboxState, alias: str = "n") -> str:
    """SQL of the condition that the line `alias` is in a state."""
    return _CONDITIONS[state].format(n=alias)


def place_of(alias: str = "n") -> str:
    """SQL of the place of the line `alias`: an id of version 7, the greatest for the newest line."""
    return f"coalesce({alias}.place_id, {alias}.notification_id)"


def state_of(line: Mapping[str, Any]) -> InboxState:
    """The one state of a line that is not `UNREAD`."""
    if line["archived_at"] is not None:
        return InboxState.ARCHIVED
    return InboxState.INBOX if line["snoozed_until"] is None else InboxState.SNOOZED
