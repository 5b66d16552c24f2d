"""The deletion of an account over three stores: what goes, what stays, and who can't go yet."""

from __future__ import annotations

import pytest

from taskforge.accounts.login_history import list_logins
from taskforge.accounts.service import (
    check_credentials,
    edit_profile,
    get_profile,
    register_user,
)
from taskforge.accounts.session_records import find_identity, open_session
from taskforge.audit.jobs import insert_security_event
from taskforge.boards.service import create_board, create_team
from taskforge.comments.queries import list_comments
from taskforge.comments.service import create_comment
from taskforge.errors import Conflict, InvalidInput, NotFound
from taskforge.events import Event
from taskforge.ids import new_id
from taskforge.leaving.deletion import delete_account, plan_deletion
from taskforge.mail.tokens import make_token
from taskforge.stores import mongo
from taskforge.stores.actor import Actor
from taskforge.tasks.service import create_task
from taskforge.teams.invitations.service import invite_person
from taskforge.teams.service import add_member, change_role
from tests.stores.conftest import assert_stores_agree, catch_up
from tests.stores.erased import (
    PASSWORD,
    address_of,
    assert_stores_agree_soon,
    client_of,
    erase_everything,
    places_of,
    refuse_log_in,
)
from tests.stores.scene import Scene, document, read, register, write

pytestmark = pytest.mark.usefixtures("settled_at_once")


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
    refuse_log_in(address)
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
