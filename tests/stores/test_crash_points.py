"""A process is really killed at every named crash point; nothing acknowledged is lost, nothing happens twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from taskforge import clock, faults
from taskforge.accounts import picture_store
from taskforge.accounts.picture_service import change_picture
from taskforge.accounts.session_records import find_identity, hash_sid, open_session
from taskforge.admin import doctor_probes
from taskforge.comments.service import create_comment
from taskforge.ids import new_id
from taskforge.mail.tokens import make_token
from taskforge.messaging.redis_client import redis_client
from taskforge.notifications.queries import count_unread
from taskforge.stores import doctor, invariants
from taskforge.stores.actor import Actor
from taskforge.tasks.queries import get_task
from taskforge.tasks.service import create_task, edit_task, move_task
from taskforge.teams.invitations.service import accept_invitation, invite_person
from tests.factories import make_person
from tests.pictures import picture_file
from tests.stores.conftest import Doomed, assert_stores_agree, catch_up
from tests.stores.scene import Scene, document, read, security_event, write

pytestmark = pytest.mark.crash

IN_TRANSACTION = (
    "read.done", "tx.begin", "tx.op_inserted", "tx.ref_updated", "tx.audit_inserted", "tx.before_commit",
)  # fmt: skip
APPLYING = ("apply.before", "apply.after", "outbox.before_delete", "outbox.deleted")
AFTER_COMMIT = ("tx.after_commit", "publish.before", "rq.enqueue.before", "ack.before")
WRITING = (*IN_TRANSACTION, *AFTER_COMMIT, *APPLYING)
# What a move copies to MongoDB, and the first texts of a task or comment, are the relay's affair.
WRITES = {
    "create": (*IN_TRANSACTION, *AFTER_COMMIT),
    "edit": WRITING,
    "comment": (*IN_TRANSACTION, *AFTER_COMMIT),
    "move": (*IN_TRANSACTION, *AFTER_COMMIT),
}
RELAYING = ("relay.claimed", "relay.applied", "relay.deleted")
JOBS = {
    "job.started": ("seal", "deliver"),
    "notification.expanded": ("deliver",),
    "notification.inserted": ("deliver",),
    "audit.sealed": ("seal",),
}
INVITATIONS = ("invite.accepted",)
UPLOADING = ("upload.blob_written",)
SESSIONS = ("login.session_written", "logout.redis_deleted", "revoke.pg_done")
# In tests/stores/test_account_deletion_log.py and test_account_export.py.
LEAVING = ("account.erased", "export.part_written")
ATTACHING = ("upload.row_committed",)  # in test_file_crashes.py
MAILING = ("mail.before_send", "mail.sent")  # in tests/mail/test_crashes.py
SEARCHING = ("search.read", "search.written")  # in test_search_crashes.py
PUSHING = ("push.before_send", "push.sent")  # in tests/push/test_sending.py
WEEKS = ("week.planned",)  # in tests/mail/test_week_mails.py
SERVICES: dict[str, Callable[..., Any]] = {
    "create": create_task,
    "edit": edit_task,
    "comment": create_comment,
    "move": move_task,
}


def test_every_crash_point_is_killed_here() -> None:
    named = {
        *WRITING, *RELAYING, *JOBS, *INVITATIONS, *UPLOADING, *ATTACHING, *SESSIONS, *LEAVING, *MAILING,
        *PUSHING, *SEARCHING, *WEEKS,
    }  # fmt: skip
    assert set(faults.POINTS) == named


def arguments(scene: Scene, what: str, task_id: str) -> dict[str, Any]:
    return {
        "create": {"board_id": scene.board_id, "title": "New", "assignee_id": scene.bob.user_id},
        "edit": {"task_id": task_id, "changes": {"description": "Later", "title": "Also later"}},
        "comment": {"task_id": task_id, "content": "Done soon?"},
        "move": {"task_id": task_id, "column_id": scene.columns[3]},
    }[what]


def effects(op_id: str) -> int:
    return int(read("SELECT count(*) FROM audit_logs WHERE operation_id = :op", op=op_id))


CASES = [(what, point) for what, points in WRITES.items() for point in points]


@pytest.mark.parametrize(("what", "point"), CASES)
def test_what_a_killed_request_committed_is_whole_and_the_rest_is_not_there(
    scene: Scene, doomed: Doomed, what: str, point: str
) -> None:
    task_id = scene.add_task(assignee_id=scene.bob.user_id)
    actor = Actor(user_id=scene.ann.user_id, op_id=new_id())
    doomed.die_at(point, what, actor, **arguments(scene, what, task_id))
    catch_up()
    assert effects(actor.op_id or "") == (0 if point in IN_TRANSACTION else 1)
    assert_stores_agree()


@pytest.mark.parametrize(("what", "point"), CASES)
def test_a_killed_request_that_is_sent_again_takes_effect_once(
    scene: Scene, doomed: Doomed, what: str, point: str
) -> None:
    task_id = scene.add_task(assignee_id=scene.bob.user_id)
    actor = Actor(user_id=scene.ann.user_id, op_id=new_id())
    wanted = arguments(scene, what, task_id)
    doomed.die_at(point, what, actor, **wanted)
    first = SERVICES[what](actor, **wanted)
    second = SERVICES[what](actor, **wanted)
    assert first.replayed is (point not in IN_TRANSACTION)
    assert second.replayed
    assert (first.entity_id, first.version) == (second.entity_id, second.version)
    assert effects(actor.op_id or "") == 1
    catch_up()
    assert_stores_agree()


@pytest.mark.parametrize("point", [*UPLOADING, *IN_TRANSACTION[1:], *AFTER_COMMIT])
def test_a_picture_whose_upload_was_killed_is_whole_or_purged(
    scene: Scene, doomed: Doomed, point: str
) -> None:
    actor = Actor(user_id=scene.ann.user_id, op_id=new_id())
    doomed.die_at(point, "picture", actor, file=picture_file().hex())
    catch_up()
    is_done = point in AFTER_COMMIT
    user = {"user_id": scene.ann.user_id}
    name = read("SELECT picture FROM users WHERE user_id = :user_id", **user)
    assert (name is not None) is is_done
    later = clock.now() + 2 * picture_store.UNNAMED_FOR
    with clock.frozen(later):
        found = [one.remedy for one in invariants.check("I17", doctor_probes.probes())]
    assert found == ([] if is_done else [picture_store.REMOVE])
    change_picture(actor, picture_file(), version=1)  # sent again
    name = read("SELECT picture FROM users WHERE user_id = :user_id", **user)
    assert picture_store.find(scene.ann.user_id, str(name), large=True)
    assert effects(actor.op_id or "") == 1
    catch_up()
    assert_stores_agree()


@pytest.mark.parametrize("point", [*INVITATIONS, *IN_TRANSACTION[1:], *AFTER_COMMIT])
def test_an_acceptance_that_was_killed_lets_in_once_or_not_yet(
    app: Flask, scene: Scene, doomed: Doomed, point: str
) -> None:
    cyd, made = make_person(app, "Cyd"), make_token()
    token = made.secret
    sent = invite_person(
        scene.ann, scene.team_id, token=made, role="guest", per_day=1, email=cyd.email
    )
    actor = Actor(user_id=cyd.user_id, op_id=new_id())
    doomed.die_at(point, "accept", actor, token=token)
    is_in = point in AFTER_COMMIT
    count = "SELECT count(*) FROM team_memberships WHERE user_id = :user"
    assert read(count, user=cyd.user_id) == int(is_in)
    assert effects(actor.op_id or "") == int(is_in)
    assert accept_invitation(actor, token=token).replayed is is_in
    assert (read(count, user=cyd.user_id), effects(actor.op_id or "")) == (1, 1)
    state = "SELECT state FROM invitations WHERE invitation_id = :id"
    assert read(state, id=sent.extra["invitation_id"]) == "accepted"
    catch_up()
    catch_up()
    kinds = (
        "SELECT count(*) FROM notifications WHERE user_id = :user AND kind = 'invitation_accepted'"
    )
    assert read(kinds, user=scene.ann.user_id) == 1
    assert_stores_agree()


@pytest.mark.parametrize("point", RELAYING)
def test_another_relay_finishes_what_a_killed_one_began(
    scene: Scene, doomed: Doomed, point: str
) -> None:
    task_id = scene.add_task(texts={"description": "Said first"})
    move_task(scene.ann, task_id, column_id=scene.columns[2])
    doomed.die_at(point, "relay")
    view = get_task(scene.ann, task_id)
    assert view.texts is not None
    assert view.texts["description"] == "Said first"
    catch_up()
    stored = document("tasks", task_id)
    assert stored is not None
    assert (stored["column_id"], stored["core_version"]) == (scene.columns[2], 2)
    assert (stored["description"], stored["doc_version"]) == ("Said first", 1)
    assert_stores_agree()


@pytest.mark.parametrize(("point", "job"), [(p, job) for p, jobs in JOBS.items() for job in jobs])
def test_a_killed_job_is_done_by_the_next_one_and_never_twice(
    scene: Scene, doomed: Doomed, point: str, job: str
) -> None:
    task_id = scene.add_task(assignee_id=scene.bob.user_id)
    create_comment(scene.ann, task_id, content="Bob watches it")
    unread = count_unread(scene.bob.user_id, cached=False)
    doomed.die_at(point, job)
    catch_up()
    catch_up()
    assert count_unread(scene.bob.user_id) == unread + 2
    assert read("SELECT count(*) FROM audit_logs") == read("SELECT count(*) FROM audit_chain")
    assert_stores_agree()


def test_a_security_event_whose_job_was_killed_is_written_once(
    scene: Scene, doomed: Doomed
) -> None:
    event = security_event()
    doomed.die_at("audit.sealed", "write security event", event=event)
    with pytest.raises(AssertionError, match="did not reach"):
        doomed.die_at("relay.claimed", "write security event", event=event)  # the retry, to its end
    assert read("SELECT count(*) FROM audit_logs WHERE event = 'user.login_failed'") == 1
    assert_stores_agree()


def test_a_log_in_that_was_killed_leaves_a_session_that_works_and_can_be_revoked(
    scene: Scene, doomed: Doomed
) -> None:
    doomed.die_at(
        "login.session_written", "log in", user_id=scene.ann.user_id, sid="secret", kind="browser"
    )
    identity = find_identity(sid="secret")
    assert identity is not None
    open_session(scene.ann.user_id, "second try", kind="browser")
    catch_up()
    assert_stores_agree()


@pytest.mark.parametrize("point", ["logout.redis_deleted", "revoke.pg_done"])
@pytest.mark.parametrize("what", ["revoke", "revoke all"])
def test_a_session_whose_revocation_was_killed_is_over_whatever_redis_says(
    scene: Scene, doomed: Doomed, point: str, what: str
) -> None:
    session_id = open_session(scene.ann.user_id, "secret", kind="browser")
    redis_client().set(f"session:{hash_sid('secret').hex()}", b"\x80", ex=600)
    wanted = {"session_id": session_id} if what == "revoke" else {}
    doomed.die_at(point, what, scene.ann, **wanted)
    assert find_identity(sid="secret") is None
    catch_up()
    report = doctor.treat(doctor_probes.probes(), doctor_probes.remedies())
    assert {violation.invariant for violation in report.found} <= {"I12"}
    assert report.left == []
    assert_stores_agree()


def test_a_lease_of_a_dead_relay_runs_out(scene: Scene, doomed: Doomed) -> None:
    scene.add_task()
    doomed.die_at("relay.claimed", "relay")
    left = read("SELECT extract(epoch FROM max(claimed_until) - now()) FROM outbox")
    assert 0 < left <= 10
    assert write("UPDATE outbox SET claimed_until = '-infinity'") == 2
