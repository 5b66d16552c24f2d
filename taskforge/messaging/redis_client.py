"""The Redis client of the application, and the guard around every use of it.

Redis holds hints and copies only. Whoever asks it must go on without an answer: `redis_guard` turns every outage
into `RedisUnavailable`, and the breaker behind it makes a Redis that is down cost no waiting.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import redis
from flask import current_app

from taskforge.config import Config
from taskforge.messaging.breaker import REDIS, BreakerOpen, make_breaker
from taskforge.messaging.counted_connection import count_trips
from taskforge.messaging.quick_redis import QuickPool, QuickRedis

EXTENSION = "taskforge_redis"

breaker = make_breaker(REDIS, (redis.RedisError, OSError))


class RedisUnavailable(Exception):
    """Redis is down, hangs, or failed a moment ago and is not asked again yet."""


def make_redis_client(config: Config) -> redis.Redis:
    """A Redis client (bytes in, bytes out) that gives up after `redis_timeout_seconds` and never retries.

    It connects on first use: a process may fork after it was made.
    """
    pool = QuickPool.from_url(
        config.redis_url,
        socket_timeout=config.redis_timeout_seconds,
        socket_connect_timeout=config.redis_timeout_seconds,
        retry=None,
        health_check_interval=0,
    )
    count_trips(pool)
    return QuickRedis(connection_pool=pool)


def redis_client() -> redis.Redis:
    """The current application's client; calls on it raise what redis-py raises. Mostly `redis_guard` is meant."""
    client = current_app.extensions[EXTENSION]
    assert isinstance(client, redis.Redis)
    return client


@contextmanager
def redis_guard() -> Iterator[redis.Redis]:
    """Guard a block of Redis calls; gives the application's client.

    Raises:
        RedisUnavailable: the server is down, hangs, or was down a moment ago.
    """
    try:
        with breaker.guard():
            yield redis_client()
    except (redis.RedisError, OSError, BreakerOpen) as error:
        raise RedisUnavailable(str(error)) from error


def server_version() -> str:
    """The version that the server names.

    Raises:
        RedisUnavailable: Redis can't be asked.
    """
    with redis_guard() as client:
        return str(cast(dict[str, str], client.info("server"))["redis_version"])
