"""The encoded text parts of documents, cached in Redis by entity and version.

A version is part of the key or of the value, so that a cached text is never older than the row that was read.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import NamedTuple, cast

from taskforge.messaging.keys import COMMENT_TEXT, PROFILE, TASK_TEXT, KeyFamily
from taskforge.messaging.redis_client import RedisUnavailable, redis_guard
from taskforge.metrics.catalogue import CACHE_LOOKUPS, HIT, MISS
from taskforge.metrics.counting import count

_VERSION = struct.Struct(">I")


class _Cached(NamedTuple):
    """How the documents of an entity type are cached."""

    family: KeyFamily
    key: Callable[[str, int], str]


_CACHED: dict[str, _Cached] = {
    "task": _Cached(TASK_TEXT, lambda id_, version: TASK_TEXT.key(task_id=id_, version=version)),
    "comment": _Cached(
        COMMENT_TEXT, lambda id_, version: COMMENT_TEXT.key(comment_id=id_, version=version)
    ),
    "user": _Cached(PROFILE, lambda id_, _version: PROFILE.key(user_id=id_)),
}


def get_documents(entity_type: str, versions: Mapping[str, int]) -> dict[str, bytes]:
    """The cached payloads of entities at exactly these versions, by entity id; those not cached are left out.

    `entity_type` is ``task``, ``comment`` or ``user``; other types are never cached. One command for all of them;
    empty while Redis is unavailable.
    """
    cached = _CACHED.get(entity_type)
    if not versions or cached is None:
        return {}
    keys = [cached.key(entity_id, version) for entity_id, version in versions.items()]
    try:
        with redis_guard() as client:
            values = cast(list[bytes | None], client.mget(keys))
    except RedisUnavailable:
        return {}
    found = {}
    for (entity_id, version), value in zip(versions.items(), values, strict=True):
        if value is not None and _VERSION.unpack_from(value)[0] == version:
            found[entity_id] = bytes(value[_VERSION.size :])
    count(CACHE_LOOKUPS, "document", HIT, by=len(found))
    count(CACHE_LOOKUPS, "document", MISS, by=len(keys) - len(found))
    return found


def set_documents(entity_type: str, payloads: Mapping[str, tuple[int, bytes]]) -> None:
    """Cache payloads, (version, bytes) by entity id, in one round trip; does nothing while Redis is unavailable."""
    cached = _CACHED.get(entity_type)
    if cached is None or not payloads:
        return
    try:
        with redis_guard() as client, client.pipeline(transaction=False) as pipe:
            for entity_id, (version, payload) in payloads.items():
                value = _VERSION.pack(version) + payload
                pipe.set(cached.key(entity_id, version), value, ex=cached.family.ttl_seconds)
            pipe.execute()
    except RedisUnavailable:
        return
