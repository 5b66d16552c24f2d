"""What `/readyz` and the administration ask PostgreSQL, MongoDB and Redis."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from sqlalchemy import text

from taskforge.errors import Unavailable
from taskforge.extensions import config_of
from taskforge.http.health import OK, StoreCheck, register_store_checks
from taskforge.messaging import redis_client
from taskforge.messaging.breaker import MONGODB, POSTGRESQL, REDIS, S3
from taskforge.stores import blobs, mongo, sql

UNAVAILABLE = "unavailable"
NOT_MIGRATED = "not migrated"
UNKNOWN = "unknown"


def init_store_checks(app: Flask) -> None:
    """Register the checks of the three stores, and of the one for files if there is one."""
    checks = [
        StoreCheck(
            name=POSTGRESQL,
            title="PostgreSQL",
            state=_postgresql_state,
            version=lambda: _version(lambda: sql.scalar(text("SHOW server_version"))),
        ),
        StoreCheck(
            name=MONGODB,
            title="MongoDB",
            state=_mongodb_state,
            version=lambda: _version(mongo.server_version),
        ),
        StoreCheck(
            name=REDIS,
            title="Redis",
            state=_redis_state,
            version=lambda: _version(redis_client.server_version),
        ),
    ]
    if config_of(app).s3_url:
        checks.append(StoreCheck(name=S3, title="S3", state=_s3_state, version=lambda: UNKNOWN))
    register_store_checks(app, checks)


def _postgresql_state() -> str:
    try:
        migrated = sql.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
    except Unavailable:
        return UNAVAILABLE
    return OK if migrated else NOT_MIGRATED


def _mongodb_state() -> str:
    try:
        with mongo.asking():
            mongo.collection("tasks").database.command("ping")
    except mongo.DocumentsUnavailable:
        return UNAVAILABLE
    return OK


def _redis_state() -> str:
    try:
        with redis_client.redis_guard() as client:
            client.ping()
    except redis_client.RedisUnavailable:
        return UNAVAILABLE
    return OK


def _s3_state() -> str:
    try:
        blobs.ask_s3()
    except (blobs.BlobsUnavailable, blobs.BlobMissing):
        return UNAVAILABLE
    return OK


def _version(ask: Callable[[], object]) -> str:
    try:
        return str(ask())
    except (Unavailable, mongo.DocumentsUnavailable, redis_client.RedisUnavailable):
        return UNKNOWN
