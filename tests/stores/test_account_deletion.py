"""The deletion of an account over three stores: what goes, what stays, races, and real kills at every step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import bson
import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.accounts.login_history import list_logins
from taskforge.accounts.service import (
    check_credentials,
    edit_profile,
    get_profile,
    register_user,
)
from taskforge.accounts.session_records import find_identity, open_session
from taskforge.admin import erasure
from taskforge.admin.erasure import erase_deleted_people
from taskforge.audit import chain, security_events
from taskforge.audit.jobs import insert_security_event
from taskforge.boards.service import create_board, create_team
from taskforge.comments.queries import list_comments
from taskforge.comments.service import create_comment
from taskforge.errors import Conflict, InvalidInput, NotFound, StaleVersion, TaskForgeError
from taskforge.events import Event
from taskforge.extensions import config_of
from taskforge.ids import new_id
from taskforge.leaving.deletion import delete_account, plan_deletion
from taskforge.mail.tokens import make_token
from taskforge.messaging.redis_client import redis_client
from taskforge.stores import mongo, sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change
from taskforge.tasks.service import create_task
from taskforge.teams.invitations.service import accept_invitation, invite_person
from taskforge.teams.service import add_member, change_role, remove_member
from tests.stores.conftest import Doomed, assert_stores_agree, catch_up
from tests.stores.scene import Scene, document, read, register, with_op, write
from tests.stores.test_crash_points import AFTER_COMMIT, APPLYING, IN_TRANSACTION
from tests.together import at_once_inside

PASSWORD = "seven green bottles standing"
TABLES_OF_TEXT = """
    SELECT table_name FROM information_schema.tables
    WHERE  table_schema = 'public' AND table_type = 'BASE TABLE'
"""


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is under way: the relay need not wait."""
    monkeypatch.setattr(erasure, "SETTLED_AFTER", timedelta(0))


@pytest.fixture
def together(app: Flask, scene: Scene) -> Callable[[Sequence[Callable[[], Any]]], list[Any]]:
    """Run services at the same moment; their answers or refusals, in order."""
    return partial(at_once_inside, app)


def address_of(person: Actor) -> str:
    return str(read("SELECT email FROM users WHERE user_id = :id", id=person.user_id))


def client_of(person: Actor, **more: Any) -> Actor:
    """The person at a device that the log can be searched for."""
    return Actor(user_id=person.user_id, ip="203.0.113.77", user_agent="Netscape 4.7", **more)


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


def test_nothing_of_the_person_is_left_in_any_store_but_what_they_wrote(scene: Scene) -> None:
    bob, address = scene.bob, address_of(scene.bob)
    open_session(bob.user_id, "secret", kind="browser", ip="203.0.113.77", user_agent="Netscape")
    version = get_profile(bob).row["version"]
    edit_profile(
        client_of(bob), version=version, changes={"bio": "Gardens of Zanzibar", "last_name": "Quux"}
    )
    task_id = create_task(
        client_of(bob), board_id=scene.board_id, title="Dig", assignee_id=bob.user_id
    ).entity_id
    create_comment(client_of(bob), task_id, content="Mine stays")
    other = register("dan")
    their_team = create_team(other, name="Elsewhere").entity_id
    invite_person(other, their_team, token=make_token(), role="member", per_day=5, email=address)
    refused = {
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
    insert_security_event(refused)
    catch_up()
    delete_account(client_of(bob), email=address)
    assert_stores_agree_soon()
    erase_everything()
    words = (address, "Quux", "Zanzibar", "203.0.113.77", "Netscape", "secret")
    kept = "mail_intents"  # the last mail
    assert [place for place in places_of(*words) if not place.endswith(kept)] == []
    write("UPDATE mail_intents SET sent_at = now() - interval '2 hours'")
    assert read("SELECT count(*) FROM mail_intents WHERE to_address = :a", a=address) == 1
    assert read("SELECT assignee_id FROM tasks WHERE task_id = :id", id=task_id) == bob.user_id
    (comment,) = list_comments(scene.ann, task_id)
    assert comment.content == "Mine stays"
    assert comment.row["author_name"] == "Deleted person"
    assert (document("profiles", bob.user_id) or {})["purged_at"] is not None
    assert_stores_agree()


def assert_stores_agree_soon() -> None:
    """The stores agree as they are right after the acknowledgement, and when everybody has caught up."""
    catch_up()
    assert_stores_agree()


def test_nobody_logs_in_any_more_and_the_address_is_free(scene: Scene) -> None:
    bob, address = scene.bob, address_of(scene.bob)
    open_session(bob.user_id, "secret", kind="browser")
    delete_account(bob, email=address)
    assert find_identity(sid="secret") is None
    assert check_credentials(address, PASSWORD) is None
    with pytest.raises(NotFound):
        open_session(bob.user_id, "again", kind="browser")
    with pytest.raises(NotFound):
        get_profile(bob)
    erase_everything()
    new = Actor(user_id=new_id())
    register_user(new, email=address, password=PASSWORD, first_name="New")
    assert check_credentials(address, PASSWORD) == new.user_id
    assert list_logins(new.user_id) == []
    assert get_profile(new).row["display_name"] == "New"
    catch_up()
    assert_stores_agree()


def test_the_document_may_be_gone_after_a_month(scene: Scene) -> None:
    delete_account(scene.bob, email=address_of(scene.bob))
    erase_everything()
    mongo.collection("profiles").delete_one({"_id": scene.bob.user_id})
    assert_stores_agree()


def test_a_security_event_that_comes_late_brings_nothing_back(scene: Scene) -> None:
    delete_account(scene.bob, email=address_of(scene.bob))
    erase_everything()
    late = {
        "event_id": new_id(),
        "event": Event.USER_CONFIRMED,
        "entity_type": "user",
        "entity_id": scene.bob.user_id,
        "action": "confirm",
        "actor_id": scene.bob.user_id,
        "at": "2026-01-01T00:00:00+00:00",
        "new_state": {"by": "password"},
        "ip": "203.0.113.77",
        "user_agent": "Netscape 4.7",
    }
    insert_security_event(late)
    insert_security_event({**late, "event_id": new_id(), "entity_id": scene.ann.user_id})
    kept = "SELECT count(*) FROM audit_logs WHERE user_agent = 'Netscape 4.7' AND entity_id = :id"
    assert read(kept, id=scene.bob.user_id) == 0
    assert read(kept, id=scene.ann.user_id) == 1


def test_a_wrong_address_deletes_nothing(scene: Scene) -> None:
    with pytest.raises(InvalidInput):
        delete_account(scene.bob, email=address_of(scene.ann))
    assert get_profile(scene.bob).row["display_name"] == "Bob Example"


def test_the_last_admin_of_others_is_told_of_which_team(scene: Scene) -> None:
    address = address_of(scene.ann)
    with pytest.raises(Conflict, match="“Garden”"):
        delete_account(scene.ann, email=address)
    change_role(scene.ann, scene.team_id, scene.bob.user_id, role="admin")
    delete_account(scene.ann, email=address)
    erase_everything()
    assert_stores_agree()


def test_a_team_of_nobody_else_goes_with_all_that_is_in_it(scene: Scene) -> None:
    made = create_team(scene.bob, name="Alone")
    below = create_team(scene.bob, name="Below", parent_team_id=made.entity_id).entity_id
    board_id = made.extra["board_id"]
    task_id = create_task(scene.bob, board_id=board_id, title="Private").entity_id
    comment_id = create_comment(scene.bob, task_id, content="To myself").entity_id
    other = register("eve")
    invite_person(
        scene.bob, made.entity_id, token=make_token(), role="member", per_day=5,
        email=address_of(other),
    )  # fmt: skip
    create_board(scene.bob, below, name="Second")
    plan = plan_deletion(scene.bob.user_id)
    assert [team["name"] for team in plan.ending] == ["Below", "Alone"]
    assert [team["name"] for team in plan.left] == ["Garden"]
    catch_up()
    delete_account(scene.bob, email=address_of(scene.bob))
    assert_stores_agree_soon()
    erase_everything()
    for table, column, entity_id in (
        ("teams", "team_id", made.entity_id),
        ("teams", "team_id", below),
        ("boards", "board_id", board_id),
        ("tasks", "task_id", task_id),
        ("comments", "comment_id", comment_id),
        ("invitations", "team_id", made.entity_id),
    ):
        assert read(f"SELECT count(*) FROM {table} WHERE {column} = :id", id=entity_id) == 0
    assert (document("tasks", task_id) or {})["purged_at"] is not None
    assert read("SELECT count(*) FROM teams WHERE name = 'Garden'") == 1
    assert_stores_agree()


def test_a_team_above_teams_of_others_does_not_end_with_its_only_member(scene: Scene) -> None:
    top = create_team(scene.bob, name="Top").entity_id
    below = create_team(scene.bob, name="Below", parent_team_id=top).entity_id
    add_member(scene.bob, below, role="admin", user_id=scene.ann.user_id)
    with pytest.raises(Conflict, match="“Top”"):
        delete_account(scene.bob, email=address_of(scene.bob))


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


Together = Callable[[Sequence[Callable[[], Any]]], list[Any]]


def test_what_another_session_writes_meanwhile_is_whole_or_refused(
    scene: Scene, together: Together
) -> None:
    for number in range(4):
        person = register(f"fay{number}")
        add_member(scene.ann, scene.team_id, role="member", user_id=person.user_id)
        catch_up()
        version = get_profile(person).row["version"]
        deleted, *others = together(
            [
                partial(delete_account, person, email=address_of(person)),
                partial(create_task, person, board_id=scene.board_id, title="Late"),
                partial(create_team, person, name=f"Late {number}"),
                partial(edit_profile, person, version=version, changes={"bio": "Zanzibar"}),
                partial(open_session, person.user_id, f"late{number}", kind="browser"),
            ]
        )
        if not isinstance(deleted, Change):  # busy with the others: it is asked for again
            assert isinstance(deleted, (StaleVersion, TaskForgeError)), deleted
            delete_account(person, email=address_of(person))
        assert all(isinstance(other, (Change, str, TaskForgeError)) for other in others), others
        assert find_identity(sid=f"late{number}") is None
        memberships = "SELECT count(*) FROM effective_memberships WHERE user_id = :id"
        assert read(memberships, id=person.user_id) == 0
        erase_everything()
        assert read("SELECT count(*) FROM teams WHERE name LIKE 'Late%'") == 0
        sessions = "SELECT count(*) FROM user_sessions WHERE user_id = :id"
        assert read(sessions, id=person.user_id) == 0
        assert places_of("Zanzibar") == []
    assert_stores_agree()


def test_who_is_added_or_comes_in_meanwhile_is_out_in_the_end(
    scene: Scene, together: Together
) -> None:
    for number in range(4):
        person = register(f"gil{number}")
        token = make_token()
        team_id = create_team(scene.ann, name=f"Other {number}").entity_id
        invite_person(
            scene.ann, team_id, token=token, role="member", per_day=50, email=address_of(person)
        )
        address = address_of(person)
        deleted, *others = together(
            [
                partial(delete_account, person, email=address),
                partial(accept_invitation, person, token=token.secret),
                partial(
                    add_member, scene.ann, scene.team_id, role="guest", user_id=person.user_id
                ),
                partial(
                    invite_person, scene.ann, scene.team_id, token=make_token(), role="guest",
                    per_day=50, user_id=person.user_id,
                ),
            ]
        )  # fmt: skip
        if not isinstance(deleted, Change):
            delete_account(person, email=address)
        assert all(isinstance(other, (Change, TaskForgeError)) for other in others), others
        memberships = "SELECT count(*) FROM effective_memberships WHERE user_id = :id"
        assert read(memberships, id=person.user_id) == 0
        erase_everything()
        left = "SELECT count(*) FROM invitations WHERE user_id = :id AND state = 'open'"
        assert read(left, id=person.user_id) == 0
        assert read("SELECT count(*) FROM invitations WHERE email = :a", a=address) == 0
    assert_stores_agree()


def test_of_two_admins_who_go_at_once_one_stays(scene: Scene, together: Together) -> None:
    for number in range(4):
        hal, ida = register(f"hal{number}"), register(f"ida{number}")
        team_id = create_team(hal, name=f"Pair {number}").entity_id
        add_member(hal, team_id, role="admin", user_id=ida.user_id)
        add_member(hal, team_id, role="member", user_id=scene.bob.user_id)
        answers = together(
            [
                partial(delete_account, hal, email=address_of(hal)),
                partial(remove_member, ida, team_id, ida.user_id)
                if number % 2
                else partial(delete_account, ida, email=address_of(ida)),
            ]
        )
        kinds = sorted(type(answer).__name__ for answer in answers)
        assert kinds == ["Change", "Conflict"], answers
        admins = "SELECT count(*) FROM team_memberships WHERE team_id = :id AND role = 'admin'"
        assert read(admins, id=team_id) == 1
    erase_everything()
    assert_stores_agree()
