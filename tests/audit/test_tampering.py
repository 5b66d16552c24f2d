"""Whoever changes the audit log in the database, guards switched off, is found out by the chain."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from taskforge.audit import chain
from taskforge.extensions import config_of, db
from taskforge.tasks.service import edit_task, move_task
from tests.stores.scene import set_scene

FORGERIES = 200
FIELDS = {
    "event": "'task.edited '",
    "entity_id": "gen_random_uuid()",
    "entity_version": "coalesce(entity_version, 0) + 1000",
    "action": "'forged'",
    "actor_id": "gen_random_uuid()",
    "action_timestamp": "action_timestamp + interval '1 ms'",
    "previous_state": "coalesce(previous_state, '{}') || '{\"x\": 1}'",
    "new_state": "coalesce(new_state, '{}') || '{\"x\": 1}'",
    "ip_address": "'192.0.2.1'",
    "user_agent": "'somebody else'",
    "team_id": "gen_random_uuid()",
    "board_seq": "coalesce(board_seq, 0) + 1000",
    "operation_id": "gen_random_uuid()",
    "event_id": "gen_random_uuid()",
}
Forgery = Callable[[Connection, random.Random, int], None]


@pytest.fixture
def key(app: Flask) -> Iterator[bytes]:
    with app.app_context():
        scene = set_scene()
        task_id = scene.add_task()
        for number in range(6):
            edit_task(scene.ann, task_id, changes={"title": f"Title {number}"})
            move_task(scene.bob, task_id, column_id=scene.columns[number % 5])
        sealed = config_of().audit_key.encode()
        chain.seal_pending(sealed)
        yield sealed


def edit_a_fact(connection: Connection, chance: random.Random, links: int) -> None:
    field = chance.choice(list(FIELDS))
    statement = (
        f"UPDATE audit_logs SET {field} = {FIELDS[field]} WHERE log_id = {_fact(chance, links)}"
    )
    connection.execute(text(statement))


def delete_a_fact(connection: Connection, chance: random.Random, links: int) -> None:
    connection.execute(text(f"DELETE FROM audit_logs WHERE log_id = {_fact(chance, links)}"))


def delete_a_link(connection: Connection, chance: random.Random, links: int) -> None:
    connection.execute(
        text("DELETE FROM audit_chain WHERE seq = :seq"), {"seq": chance.randint(1, links)}
    )


def swap_two_facts(connection: Connection, chance: random.Random, links: int) -> None:
    one, other = chance.sample(range(1, links + 1), 2)
    first, second = (f"(SELECT log_id FROM audit_chain WHERE seq = {seq})" for seq in (one, other))
    for pair in (("-1", first), (first, second), (second, "-1")):
        connection.execute(
            text("UPDATE audit_logs SET log_id = {} WHERE log_id = {}".format(*pair))
        )


def swap_two_links(connection: Connection, chance: random.Random, links: int) -> None:
    one, other = chance.sample(range(1, links + 1), 2)
    for new, old in ((-1, one), (one, other), (other, -1)):
        connection.execute(
            text("UPDATE audit_chain SET seq = :new WHERE seq = :old"), {"new": new, "old": old}
        )


def replace_a_hash(connection: Connection, chance: random.Random, links: int) -> None:
    field = chance.choice(["hash", "prev_hash"])
    connection.execute(
        text(f"UPDATE audit_chain SET {field} = sha256({field}) WHERE seq = :seq"),
        {"seq": chance.randint(1, links)},
    )


def cut_off_the_end(connection: Connection, chance: random.Random, links: int) -> None:
    """Facts and links together, so that what is left is a perfect chain."""
    gone = {"seq": chance.randint(1, links)}
    connection.execute(
        text(
            "DELETE FROM audit_logs WHERE log_id IN (SELECT log_id FROM audit_chain WHERE seq >= :seq)"
        ),
        gone,
    )
    connection.execute(text("DELETE FROM audit_chain WHERE seq >= :seq"), gone)


def cut_off_the_beginning(connection: Connection, chance: random.Random, links: int) -> None:
    seq = {"seq": chance.randint(1, links - 1)}
    connection.execute(text("DELETE FROM audit_chain WHERE seq <= :seq"), seq)
    connection.execute(text("UPDATE audit_chain SET seq = seq - :seq"), seq)


def _fact(chance: random.Random, links: int) -> str:
    return f"(SELECT log_id FROM audit_chain WHERE seq = {chance.randint(1, links)})"


FORGERS: tuple[Forgery, ...] = (
    edit_a_fact, edit_a_fact, edit_a_fact, delete_a_fact, delete_a_link, swap_two_facts, swap_two_links,
    replace_a_hash, cut_off_the_end, cut_off_the_beginning,
)  # fmt: skip


def test_two_hundred_forgeries_are_all_found(key: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = chain.verify(key)
    assert honest.problem is None
    anchor, chance = (honest.links, honest.head), random.Random(7)
    missed = []
    for number in range(FORGERIES):
        forge = chance.choice(FORGERS)
        with db.engine.connect() as connection, monkeypatch.context() as patch:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            forge(connection, chance, honest.links)
            _read_through(connection, patch)
            if chain.verify(key, anchor=anchor).problem is None:
                missed.append((number, forge.__name__))
            connection.rollback()
    assert missed == []
    assert chain.verify(key, anchor=anchor).problem is None


def test_a_link_amid_the_chain_that_is_not_the_one_noted_down_is_found(key: bytes) -> None:
    honest = chain.verify(key)
    amid = honest.links // 2
    found = chain.verify(key, anchor=(amid, "00" * 32))
    assert found.problem == f"link {amid} is not the one that was noted down"


def test_without_the_key_no_chain_can_be_made_that_verifies(key: bytes) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("DELETE FROM audit_chain"))
    chain.seal_pending(b"a guess")
    assert chain.verify(key).problem is not None


def _read_through(connection: Connection, patch: pytest.MonkeyPatch) -> None:
    """Let the verification see the forgery inside its transaction, which is then rolled back."""
    patch.setattr(
        chain.sql,
        "rows",
        lambda statement, values: connection.execute(statement, values).mappings().all(),
    )
    patch.setattr(chain.sql, "scalar", lambda statement: connection.execute(statement).scalar())
