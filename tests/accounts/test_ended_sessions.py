"""Sessions that ended while Redis was away, or whose process died, are forgotten there by the relay."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from redis import Redis

from taskforge.accounts import ended_sessions, session_records
from taskforge.accounts.ended_sessions import EndedSessions
from taskforge.accounts.session_records import hash_sid, open_session
from taskforge.config import Config
from taskforge.messaging import keys, redis_client
from taskforge.stores.unit_of_work import UnitOfWork
from tests.factories import Person
from tests.stores.conftest import assert_stores_agree, catch_up

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    """Services need the application's context."""
    with app.app_context():
        yield


def revoke_and_die(person: Person) -> None:
    """What a process has done that dies after the COMMIT of a revocation."""
    with UnitOfWork(person.actor, entity_id=person.user_id, version=0) as uow:
        session_records.revoke_in(uow, person.user_id)


def listed(person: Person) -> set[str]:
    found = redis_client.redis_client().smembers(keys.USER_SESSIONS.key(user_id=person.user_id))
    return {member.decode() for member in found}


def test_a_session_whose_process_died_is_forgotten_by_the_relay(ada: Person) -> None:
    relay = EndedSessions()
    open_session(ada.user_id, "secret", kind="api")
    revoke_and_die(ada)
    assert hash_sid("secret").hex() in listed(ada)
    assert relay() >= 1
    assert listed(ada) == set()
    open_session(ada.user_id, "later", kind="api")
    assert relay() >= 1  # again, as a transaction may have committed late
    assert listed(ada) == {hash_sid("later").hex()}
    catch_up()
    assert_stores_agree()


def test_while_redis_is_away_nothing_is_passed_over(
    app: Flask, ada: Person, config: Config
) -> None:
    relay = EndedSessions()
    open_session(ada.user_id, "secret", kind="api")
    revoke_and_die(ada)
    here: Redis = app.extensions[redis_client.EXTENSION]
    nowhere = config.replaced(redis_url="redis://127.0.0.1:1/0")
    app.extensions[redis_client.EXTENSION] = redis_client.make_redis_client(nowhere)
    try:
        assert relay() == 0
    finally:
        app.extensions[redis_client.EXTENSION] = here
    redis_client.breaker.reset()
    assert relay() >= 1
    assert listed(ada) == set()


def test_many_are_forgotten_in_batches(
    ada: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ended_sessions, "BATCH", 2)
    relay = EndedSessions()
    for number, person in enumerate((ada, ada, ada, bob, bob)):
        open_session(person.user_id, f"secret{number}", kind="api")
    for person in (ada, bob):  # those of one person at the same instant
        revoke_and_die(person)
    assert [relay() == 2 for _ in range(4)] == [True, True, True, False]
    assert (listed(ada), listed(bob)) == (set(), set())
