"""What a push message says of a line of an inbox, and whether it may be said now."""

from __future__ import annotations

from dataclasses import dataclass

from taskforge.errors import NotFound
from taskforge.notification_kinds import Subject, find_kind
from taskforge.notifications.inbox_queries import get_line
from taskforge.notifications.sentences import THIS_CARD, describe, path_of
from taskforge.stores.actor import Actor

WITHOUT_CARD = "TaskForge"


@dataclass(frozen=True)
class Sendable:
    """A line that may be shown on its reader's devices; ``url`` is a path."""

    kind: str
    title: str
    sentence: str
    url: str


def find_sendable(user_id: str, notification_id: str) -> Sendable | None:
    """What a message says; None if it was read, archived or put off meanwhile, or its reader can't see its card now."""
    try:
        line = get_line(Actor(user_id=user_id), notification_id)
    except NotFound:
        return None
    kind = find_kind(line["kind"])
    if kind is None or line["read_at"] is not None:
        return None
    is_of_card = kind.subject in (Subject.TASK, Subject.COMMENT)
    if is_of_card and line["card_key"] is None:
        return None
    title = f"{line['card_key']} {line['card_title']}" if is_of_card else WITHOUT_CARD
    sentence = describe(line, card=THIS_CARD)
    return Sendable(line["kind"], title, sentence, path_of(line["kind"], line["payload"]))
