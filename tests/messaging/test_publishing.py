"""Hints and wake-ups go out by one script, whatever Redis has forgotten or refuses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis
from flask import Flask

from taskforge.messaging import queues
from taskforge.messaging.publishing import publish, to_board
from taskforge.messaging.redis_client import EXTENSION, redis_client

BOARD = "0192f0c0-0000-7000-8000-000000000001"
MESSAGE = to_board(BOARD, b"a hint")


@pytest.fixture
def heard(app: Flask) -> Iterator[redis.client.PubSub]:
    """What is published on the channel of `MESSAGE`, inside the application's context."""
    with app.app_context(), redis_client().pubsub() as listener:
        listener.subscribe(MESSAGE.channel)
        listener.get_message(timeout=5)
        yield listener


def next_of(listener: redis.client.PubSub) -> bytes:
    message = listener.get_message(ignore_subscribe_messages=True, timeout=5)
    assert message is not None
    data: bytes = message["data"]
    return data


def test_a_redis_that_has_forgotten_the_script_is_given_it_again(
    heard: redis.client.PubSub,
) -> None:
    for _ in range(2):
        redis_client().script_flush()
        publish([MESSAGE], [queues.AUDIT])
        assert next_of(heard) == MESSAGE.data
    # Nobody has begun with the first job when the queue is woken again.
    assert queues.queue(queues.AUDIT, redis_client()).count == 1


def test_hints_go_out_though_redis_takes_no_more_keys(
    app: Flask, heard: redis.client.PubSub, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = redis_client()
    admin.acl_setuser(
        "full", enabled=True, nopass=True, keys=["*"], channels=["*"], commands=["+@all", "-set"]
    )
    pool = admin.connection_pool
    limited = redis.ConnectionPool(
        connection_class=pool.connection_class,
        **{**pool.connection_kwargs, "username": "full", "password": "any"},
    )
    try:
        monkeypatch.setitem(app.extensions, EXTENSION, redis.Redis(connection_pool=limited))
        publish([MESSAGE], [queues.AUDIT])
        assert next_of(heard) == MESSAGE.data
        assert queues.queue(queues.AUDIT, admin).count == 0
    finally:
        limited.disconnect()
        admin.acl_deluser("full")
