"""`/livez` (the process answers), `/readyz` (which stores work), and the degraded state that pages show.

The module knows no store: `register_store_checks` takes the checks of each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Blueprint, Flask, Response, current_app, jsonify

from taskforge.messaging.breaker import MONGODB, POSTGRESQL, REDIS, breaker_of

EXTENSION = "taskforge_store_checks"
OK = "ok"

blueprint = Blueprint("health", __name__)


@dataclass(frozen=True, kw_only=True)
class StoreCheck:
    """The checks of one store.

    ``name`` is the breaker's (``postgresql`` …), ``title`` the name for administrators. ``state`` answers `OK` or the
    problem, ``version`` the server's version or ``unknown``; both query the store, and neither raises.
    """

    name: str
    title: str
    state: Callable[[], str]
    version: Callable[[], str]


def register_store_checks(app: Flask, checks: Sequence[StoreCheck]) -> None:
    """Give the application the checks of its stores, in the order in which they are listed."""
    app.extensions[EXTENSION] = tuple(checks)


@blueprint.get("/livez")
def livez() -> Response:
    """Always 200: touches no store."""
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """503 only when PostgreSQL can't be used or has no tables; the other stores are listed as degraded."""
    stores = {check.name: check.state() for check in _checks()}
    degraded = [name for name, state in stores.items() if state != OK]
    usable = stores[POSTGRESQL] == OK
    body = {
        "status": "ok" if not degraded else "degraded" if usable else "down",
        "stores": stores,
        "degraded": degraded,
    }
    return jsonify(body), 200 if usable else 503


def degraded_now() -> list[str]:
    """The stores whose breakers are open at this moment, by name; no store is queried."""
    return [name for name in (MONGODB, REDIS) if breaker_of(name).is_open]


def describe_stores() -> dict[str, tuple[str, str]]:
    """State (`OK` or the problem) and version of each store by its title, for administrators."""
    return {check.title: (check.state(), check.version()) for check in _checks()}


def _checks() -> tuple[StoreCheck, ...]:
    checks: tuple[StoreCheck, ...] = current_app.extensions[EXTENSION]
    return checks
