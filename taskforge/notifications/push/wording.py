"""What a push message says of a line of an inbox, and whether it may be said now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from taskforge.errors import NotFound
from taskforge.notification_kinds import Subject, find_kind
from taskforge.notifications.due_rules import DUE_KINDS, still_holds
from taskforge.notifications.inbox_queries import get_line
from taskforge.notifications.sentences import THIS_CARD, describe, path_of
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.prepared_statements import prepared
from taskforge.tasks.queries import IS_OPEN, TASKS

WITHOUT_CARD = "TaskForge"
_CARD = prepared(f"""
    SELECT {IS_OPEN} AS is_open, k.due_at, k.due_has_time
    FROM   {TASKS}
    WHERE  k.task_id = CAST(:task_id AS uuid)
""")


@dataclass(frozen=True)
class Sendable:
    """A line that may be shown on its reader's devices; ``url`` is a path."""

    kind: str
    title: str
    sentence: str
    url: str


def find_sendable(user_id: str, notification_id: str) -> Sendable | None:
    """What a message says; None if it was read, archived or put off meanwhile, or its reader can't see its card now.

    Nor is anything said of a card that was due and is not any more.
    """
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
    if kind in DUE_KINDS and not _still_holds(line):
        return None
    title = f"{line['card_key']} {line['card_title']}" if is_of_card else WITHOUT_CARD
    sentence = describe(line, card=THIS_CARD)
    return Sendable(line["kind"], title, sentence, path_of(line["kind"], line["payload"]))


def _still_holds(line: Mapping[str, Any]) -> bool:
    card = sql.row(_CARD, {"task_id": line["payload"]["task_id"]})
    return card is not None and still_holds(line["payload"], card)
