"""Outbox messages as tests write and read them."""

from __future__ import annotations

from collections.abc import Sequence

from taskforge.comments.documents import COMMENT_CONTENT
from taskforge.extensions import db
from taskforge.stores import outbox
from taskforge.stores.outbox import Message
from tests.stores.scene import Scene, write


def parts_of(messages: Sequence[Message]) -> list[tuple[str, int]]:
    return [(message.part, message.version) for message in messages]


def refuse_next_document(scene: Scene) -> None:
    """Put a message into the outbox whose bytes are no document."""
    insert(comment_message(scene, b"\x05\0\0\0" + bytes(COMMENT_CONTENT.names[0], "ascii")))


def comment_message(scene: Scene, payload: bytes) -> Message:
    return Message(
        entity_type="comment",
        entity_id=scene.ann.user_id,
        part="content",
        version=2,
        payload=payload,
    )


def insert(message: Message) -> None:
    with db.engine.begin() as connection:
        outbox.insert(connection, [message])
    write("UPDATE outbox SET claimed_until = '-infinity'")
