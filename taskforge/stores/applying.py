"""Bringing MongoDB up to date in the request that made a change. Best effort: what fails, the relay does."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from taskforge.errors import Unavailable
from taskforge.stores import mongo, outbox
from taskforge.stores.document_parts import TEXT
from taskforge.stores.outbox import Message

MOST_APPLIED = (
    20  # texts that a request brings to MongoDB itself; of more, the relay takes the rest
)
log = structlog.get_logger()


def apply_texts(messages: Sequence[Message]) -> list[Message]:
    """Apply the text registers among committed messages, never raising; those that are left to the relay."""
    texts = [message for message in messages if message.register == TEXT]
    left = [message for message in texts[:MOST_APPLIED] if not _apply(message)]
    left += texts[MOST_APPLIED:]
    if left:
        _hand_over(left)
    return left


def _apply(message: Message) -> bool:
    try:
        outbox.apply(message)
    except (mongo.DocumentsUnavailable, Unavailable) as error:
        log.warning(
            "apply_postponed", entity=message.entity_type, id=message.entity_id, why=str(error)
        )
        return False
    except Exception:
        log.exception("apply_failed", entity=message.entity_type, id=message.entity_id)
        return False
    return True


def _hand_over(messages: list[Message]) -> None:
    try:
        outbox.hand_over(messages)
    except Unavailable:
        return  # the relay finds them when the lease has run out
