"""Bringing MongoDB up to date in the request that made a change. Best effort: what fails is left to the relay."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from taskforge.errors import Unavailable
from taskforge.stores import mongo, outbox
from taskforge.stores.outbox import Message

# So many contents a request brings to MongoDB itself; of a larger change the relay applies the rest.
MAX_APPLIED = 20
log = structlog.get_logger()


def apply_contents(messages: Sequence[Message]) -> None:
    """Apply those of committed messages that are not the relay's, never raising; what fails is left to it."""
    contents = [message for message in messages if not message.is_for_relay]
    left = [message for message in contents[:MAX_APPLIED] if not _apply(message)]
    left += contents[MAX_APPLIED:]
    if left:
        _hand_over(left)


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
