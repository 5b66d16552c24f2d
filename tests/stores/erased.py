"""What tests of deleted accounts share: the relay's part of it, and a search through all stores."""

from __future__ import annotations

from typing import Any

import bson
from sqlalchemy import text

from taskforge.admin.erasure import erase_deleted_people
from taskforge.audit import security_events
from taskforge.audit.jobs import insert_security_event
from taskforge.events import Event
from taskforge.ids import new_id
from taskforge.messaging.redis_client import redis_client
from taskforge.stores import mongo, sql
from taskforge.stores.actor import Actor
from tests.stores.conftest import assert_stores_agree, catch_up
from tests.stores.scene import read

PASSWORD = "seven green bottles standing"
TABLES_OF_TEXT = """
    SELECT table_name FROM information_schema.tables
    WHERE  table_schema = 'public' AND table_type = 'BASE TABLE'
"""


def address_of(person: Actor) -> str:
    return str(read("SELECT email FROM users WHERE user_id = :id", id=person.user_id))


def client_of(person: Actor, **more: Any) -> Actor:
    """The person at a device that the log can be searched for."""
    return Actor(user_id=person.user_id, ip="203.0.113.77", user_agent="Netscape 4.7", **more)


def refuse_log_in(address: str) -> None:
    """Record a log-in that was refused, from a device that the log can be searched for."""
    event = {
        "event_id": new_id(),
        "event": Event.USER_LOGIN_FAILED,
        "entity_type": "user",
        "entity_id": "00000000-0000-0000-0000-000000000000",
        "action": "login_failed",
        "actor_id": None,
        "at": "2026-01-01T00:00:00+00:00",
        "new_state": {"address": security_events.pseudonym(address)},
        "ip": "203.0.113.77",
        "user_agent": "Netscape 4.7",
    }
    insert_security_event(event)


def erase_everything() -> None:
    catch_up()
    for _ in range(20):
        if read("SELECT count(*) FROM account_erasures WHERE finished_at IS NULL") == 0:
            break
        erase_deleted_people()
        catch_up()
    catch_up()


def places_of(*words: str) -> list[str]:
    """Where in PostgreSQL, MongoDB and Redis one of some words stands."""
    found = []
    for word in words:
        for row in sql.rows(text(TABLES_OF_TEXT)):
            name = row["table_name"]
            where = "position(:word IN lower(CAST(t AS text))) > 0"
            if read(f"SELECT EXISTS (SELECT FROM {name} t WHERE {where})", word=word.lower()):
                found.append(f"{word} in {name}")
            # Bytes are shown in hexadecimal digits.
            if read(
                f"SELECT EXISTS (SELECT FROM {name} t WHERE {where})",
                word=word.encode().hex(),
            ):
                found.append(f"{word} in bytes of {name}")
        for name in mongo.collection("tasks").database.list_collection_names():
            for stored in mongo.collection(name).find():
                if word.lower().encode() in bson.encode(stored).lower():
                    found.append(f"{word} in {name}")
        for key in redis_client().scan_iter():
            value = redis_client().dump(key) or b""
            if word.encode() in value:
                found.append(f"{word} in {key!r}")
    return found


def assert_stores_agree_soon() -> None:
    """The stores agree as they are right after the acknowledgement, and when everybody has caught up."""
    catch_up()
    assert_stores_agree()
