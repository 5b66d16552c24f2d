"""The deletion of an account: the audit log verifies after it, and what was killed is gone on with."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from taskforge.accounts.service import check_credentials
from taskforge.audit import chain
from taskforge.boards.service import create_team
from taskforge.extensions import config_of
from taskforge.leaving.deletion import delete_account
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.service import create_task
from tests.stores.conftest import Doomed, assert_stores_agree, catch_up
from tests.stores.erased import (
    PASSWORD,
    address_of,
    assert_stores_agree_soon,
    client_of,
    erase_everything,
)
from tests.stores.scene import Scene, read, with_op, write
from tests.stores.test_crash_points import AFTER_COMMIT, APPLYING, IN_TRANSACTION

pytestmark = pytest.mark.usefixtures("settled_at_once")


def test_what_was_erased_still_verifies_and_a_change_of_it_is_found(scene: Scene) -> None:
    delete_account(client_of(scene.bob), email=address_of(scene.bob))
    erase_everything()
    key = config_of().audit_key.encode()
    assert chain.verify(key).problem is None
    erased = read("SELECT min(log_id) FROM audit_erasures")
    for change in (
        "UPDATE audit_logs SET new_state = '[1]' WHERE log_id = :id",
        "UPDATE audit_logs SET actor_id = gen_random_uuid() WHERE log_id = :id",
        "DELETE FROM audit_erasures WHERE log_id = :id",
        "UPDATE audit_erasures SET hash = decode('00', 'hex') WHERE log_id = :id",
    ):
        with sql.transaction() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(change), {"id": erased})
            connection.execute(text("SET LOCAL session_replication_role = DEFAULT"))
            links = connection.execute(chain._LINKS, {"seq": 1, "batch": 10_000}).mappings().all()
            assert not all(chain.is_true_event(key, dict(link)) for link in links), change
            connection.rollback()
    assert chain.verify(key).problem is None


def test_the_log_can_be_changed_in_no_other_way(scene: Scene) -> None:
    catch_up()
    outside = "SELECT taskforge_erase_event(1, NULL, NULL, true, decode('00', 'hex'))"
    for change in ("UPDATE audit_logs SET new_state = NULL", outside):
        with pytest.raises(Exception, match=r"append-only|no account is being deleted"):
            sql.execute_now(text(change))
    delete_account(scene.bob, email=address_of(scene.bob))
    first = "SELECT min(log_id) FROM audit_logs"
    with pytest.raises(Exception, match="append-only"):
        change_as_if_erasing(f"UPDATE audit_logs SET event = 'x' WHERE log_id = ({first})")


def change_as_if_erasing(change: str) -> None:
    with sql.transaction() as connection:
        connection.execute(
            text("INSERT INTO audit_erasures SELECT min(log_id), '', now() FROM audit_logs")
        )
        connection.execute(text(change))


@pytest.mark.crash
@pytest.mark.parametrize(
    "point", [*IN_TRANSACTION[:4], "account.erased", *IN_TRANSACTION[4:], *AFTER_COMMIT, *APPLYING]
)
def test_a_deletion_that_was_killed_is_whole_or_not_there(
    scene: Scene, doomed: Doomed, point: str
) -> None:
    create_team(scene.bob, name="Alone")
    catch_up()
    address, actor = address_of(scene.bob), with_op(scene.bob)
    actor = Actor(user_id=actor.user_id, op_id=actor.op_id)
    doomed.die_at(point, "delete account", actor, email=address)
    is_deleted = point in (*AFTER_COMMIT, *APPLYING)
    deleted = "SELECT deleted_at IS NOT NULL FROM users WHERE user_id = :id"
    assert read(deleted, id=scene.bob.user_id) is is_deleted
    assert (check_credentials(address, PASSWORD) is None) is is_deleted
    assert_stores_agree_soon()
    again = delete_account(actor, email=address)
    assert again.replayed is is_deleted
    assert read("SELECT count(*) FROM audit_logs WHERE event = 'user.deleted'") == 1
    erase_everything()
    assert read("SELECT count(*) FROM teams WHERE name = 'Alone'") == 0
    assert read("SELECT count(*) FROM mail_intents WHERE kind = 'account_deleted'") == 1
    assert_stores_agree()


@pytest.mark.crash
@pytest.mark.parametrize(
    "point",
    ["tx.begin", "tx.before_commit", "tx.after_commit", "audit.sealed", "account.erased"],
)
def test_a_killed_relay_is_followed_by_one_that_goes_on(
    scene: Scene, doomed: Doomed, point: str
) -> None:
    made = create_team(scene.bob, name="Alone")
    create_task(scene.bob, board_id=made.extra["board_id"], title="Private")
    delete_account(scene.bob, email=address_of(scene.bob))
    write("UPDATE account_erasures SET requested_at = now() - interval '1 hour'")
    doomed.die_at(point, "erase")
    assert read("SELECT count(*) FROM account_erasures WHERE finished_at IS NULL") == 1
    assert_stores_agree_soon()
    erase_everything()
    assert read("SELECT count(*) FROM account_erasures WHERE finished_at IS NOT NULL") == 1
    assert read("SELECT count(*) FROM mail_intents WHERE kind = 'account_deleted'") == 1
    assert_stores_agree()
