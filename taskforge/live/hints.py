"""Live hints: what open pages are told of their board and their inbox, and how it is encoded on each of its two ways.

A change publishes its facts on the board's channel in Redis (`encode_change`), a delivery on the person's
(`encode_inbox`); every web process hears them (`decode`, `decode_inbox`) and hands them to its streams as a server-sent
event (`Hint.frame`). Hints carry ids and numbers, never content. They may be lost: whoever listens to a board catches
up from its sequence, and an inbox is counted with the next page.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from taskforge.text.people import Person

MAX_NEW = 10  # notifications that one hint names


class HintKind(StrEnum):
    """The kinds of hints; the value is the event's name in the browser, or the text of the comment."""

    BOARD = "board"  # one change of the board
    RELOAD = "reload"  # too many changes to send, or an older state: the page loads itself anew
    PRESENCE = "here"  # who has the board open
    INBOX = "inbox"  # how many notifications the person has not read, and which are new
    END = "end"  # the person is logged out: the page leads to the log-in, and the stream ends
    HEARTBEAT = "beat"  # a comment, which keeps the connection open and tells the page nothing


class Hint(NamedTuple):
    """A hint as a stream sends it: ``seq`` is the change's number on its board, 0 for what is no change."""

    kind: HintKind
    seq: int
    frame: bytes


HEARTBEAT = Hint(HintKind.HEARTBEAT, 0, f": {HintKind.HEARTBEAT}\n\n".encode())
# Published where somebody opens or closes a board: each process then reads who is there, and makes its own hint.
PRESENCE_CHANGED = Hint(HintKind.PRESENCE, 0, b"")
ENCODED_PRESENCE_CHANGED = HintKind.PRESENCE.value.encode()


def encode_change(facts: Mapping[str, Any]) -> bytes:
    """The facts of a change as they are published on its board's channel.

    `facts` has ``seq`` (the board's sequence number), ``event``, ``id`` and ``version`` of the changed entity,
    ``actor`` and, where the change shows on another entity's card, the id of its ``task``.
    """
    return json.dumps(facts).encode()


def decode(data: bytes) -> Hint | None:
    """The hint in a published message; None for anything that no TaskForge has published."""
    if data == ENCODED_PRESENCE_CHANGED:
        return PRESENCE_CHANGED
    try:
        facts = json.loads(data)
        return change_hint(facts) if isinstance(facts["seq"], int) else None
    except (ValueError, TypeError, KeyError):
        return None


# Published for a person whose rights have changed: what their open pages show may be more, or less, than they may do.
ENCODED_REFRESH = b"refresh"
_REFRESH = Hint(
    HintKind.INBOX, 0, f'event: {HintKind.INBOX}\ndata: {{"ids":[],"refresh":true}}\n\n'.encode()
)

# Published for a person whose sessions are all over.
ENCODED_END = b"end"
_END = Hint(
    HintKind.END, 0, f'event: {HintKind.INBOX}\ndata: {{"ids":[],"ended":true}}\n\n'.encode()
)


def encode_inbox(unread: int, notification_ids: Sequence[str] = ()) -> bytes:
    """What happened to an inbox, as it is published on its person's channel: ids are those that have just come."""
    return json.dumps({"unread": unread, "ids": list(notification_ids)[-MAX_NEW:]}).encode()


def decode_inbox(data: bytes) -> Hint | None:
    """The hint in a message for a person; None for anything that no TaskForge has published."""
    if data == ENCODED_REFRESH:
        return _REFRESH
    if data == ENCODED_END:
        return _END
    try:
        facts = json.loads(data)
        sent = {
            "unread": int(facts["unread"]),
            "ids": [str(one) for one in facts["ids"][-MAX_NEW:]],
        }
    except (ValueError, TypeError, KeyError):
        return None
    frame = f"event: {HintKind.INBOX}\ndata: {_compact(sent)}\n\n".encode()
    return Hint(HintKind.INBOX, 0, frame)


def change_hint(facts: Mapping[str, Any]) -> Hint:
    """The hint of a change, from the facts that `encode_change` takes; absent actors and tasks are left out."""
    sent = {name: facts[name] for name in ("event", "id", "version")}
    sent |= {name: facts[name] for name in ("actor", "task") if facts.get(name)}
    return Hint(HintKind.BOARD, facts["seq"], _event(HintKind.BOARD, facts["seq"], sent))


def reload_hint(seq: int) -> Hint:
    """The hint to load the page anew; `seq` is the board's present sequence number."""
    return Hint(HintKind.RELOAD, seq, _event(HintKind.RELOAD, seq, {}))


def presence_hint(people: Iterable[Person], total: int) -> Hint:
    """The hint of who has the board open: the named people, and how many there are in all.

    It has no event id: the last change that a browser knows stays what it is.
    """
    named = [{"id": one.user_id, **one.for_scripts} for one in people]
    data = _compact({"people": named, "count": total})
    frame = f"event: {HintKind.PRESENCE}\ndata: {data}\n\n".encode()
    return Hint(HintKind.PRESENCE, 0, frame)


def _event(kind: HintKind, seq: int, facts: Mapping[str, Any]) -> bytes:
    """A server-sent event whose id is the board's sequence number: browsers send it back as ``Last-Event-ID``."""
    return f"id: {seq}\nevent: {kind}\ndata: {_compact({'seq': seq, **facts})}\n\n".encode()


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
