"""`/livez` (the process answers) and `/readyz` (which stores work); the degraded state that pages show."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, jsonify
from sqlalchemy import text

from taskforge.errors import Unavailable
from taskforge.messaging import redis_cache
from taskforge.stores import mongo, sql

blueprint = Blueprint("health", __name__)


@blueprint.get("/livez")
def livez() -> Response:
    """Always 200: touches no store."""
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """503 only when PostgreSQL can't be used or has no tables; the other stores are listed as degraded."""
    stores = {"postgresql": _postgresql(), "mongodb": _mongodb(), "redis": _redis()}
    degraded = [name for name, state in stores.items() if state != "ok"]
    usable = stores["postgresql"] == "ok"
    body = {
        "status": "ok" if not degraded else "degraded" if usable else "down",
        "stores": stores,
        "degraded": degraded,
    }
    return jsonify(body), 200 if usable else 503


def degraded_now() -> list[str]:
    """The stores whose breakers are open at this moment; costs nothing."""
    return [
        name
        for name, breaker in (("mongodb", mongo.breaker), ("redis", redis_cache.breaker))
        if breaker.is_open
    ]


def describe_stores() -> dict[str, tuple[str, str]]:
    """State ("ok" or what is wrong) and version of each store, for administrators."""
    return {
        "PostgreSQL": (_postgresql(), _version(lambda: sql.scalar(text("SHOW server_version")))),
        "MongoDB": (_mongodb(), _version(mongo.server_version)),
        "Redis": (_redis(), _version(redis_cache.server_version)),
    }


def _version(ask: Callable[[], object]) -> str:
    try:
        return str(ask())
    except (Unavailable, mongo.DocumentsUnavailable, redis_cache.RedisAway):
        return "unknown"


def _postgresql() -> str:
    try:
        migrated = sql.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
    except Unavailable:
        return "unavailable"
    return "ok" if migrated else "not migrated"


def _mongodb() -> str:
    try:
        with mongo.asking():
            mongo.collection("tasks").database.command("ping")
    except mongo.DocumentsUnavailable:
        return "unavailable"
    return "ok"


def _redis() -> str:
    try:
        with redis_cache.asking() as client:
            client.ping()
    except redis_cache.RedisAway:
        return "unavailable"
    return "ok"
