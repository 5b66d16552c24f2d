"""The people of the access matrix, and a small world for them to reach into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

from flask import Flask
from sqlalchemy import text

from taskforge.accounts.picture_service import change_picture
from taskforge.admin.service import issue_admin_claim
from taskforge.attachments.blob_keys import page_key, thumbnail_key
from taskforge.attachments.changes import delete_attachment
from taskforge.attachments.service import attach_to_task
from taskforge.boards.board_people import limit_guest, name_person
from taskforge.boards.service import create_board, delete_board
from taskforge.comments.service import create_comment, delete_comment
from taskforge.ids import new_id
from taskforge.mail.tokens import LinkToken, make_token
from taskforge.messaging import queues
from taskforge.messaging.redis_client import redis_client
from taskforge.notifications.jobs import deliver
from taskforge.sent_file import SentFile
from taskforge.stores import blobs, sql
from taskforge.stores.actor import Actor
from taskforge.tasks.board.queries import get_board
from taskforge.tasks.bulk.batches import NewTask, create_tasks
from taskforge.tasks.bulk.column_deletion import delete_column
from taskforge.tasks.service import delete_task
from taskforge.teams.deletion import delete_team
from taskforge.teams.invitations.service import invite_person
from taskforge.teams.invitations.team_links import make_join_link
from taskforge.teams.matrix import DEFAULT_MATRIX, Grant
from taskforge.teams.matrix_service import change_permissions, get_matrix, undo_permissions
from taskforge.teams.queries import get_team
from taskforge.teams.service import add_member, edit_team
from taskforge.teams.two_factor import require_two_factor
from taskforge.web.boards.picture_sheet import picture_sheet
from tests.factories import Person, Team, make_person, make_task, make_team
from tests.mail.posting import post
from tests.pictures import picture_file

# From nobody to everybody's boss of the team; the order in which the matrix lets them try. The heir is a member of the
# team through its parent alone.
PRINCIPALS = (
    "anonymous", "suspended", "outsider", "other_admin", "invited", "site_admin",
    "without_two_factor", "limited_guest", "guest", "heir", "member", "admin",
)  # fmt: skip


@dataclass(frozen=True)
class World:
    """A team with a board, a task of the admin and a comment, people around it, and one of each that is deleted."""

    people: dict[str, Person]
    team: Team
    ids: dict[str, str]
    deleted: dict[str, str]
    tokens: dict[str, LinkToken]


def make_world(app: Flask) -> World:
    """Fresh people and objects; the ids are named as the URL parameters are."""
    people = {name: make_person(app, name.replace("_", "").title()) for name in PRINCIPALS[1:]}
    admin = people["admin"]
    team = make_team(admin, member=people["member"], guest=people["guest"])
    make_team(people["other_admin"], name="Elsewhere")
    item = {"item_id": new_id(), "text": "A step", "done": False}
    member_id = people["member"].user_id
    task_id = make_task(admin, team, assignee_id=member_id, texts={"checklist": [item]})
    trashed_id = make_task(admin, team, "Thrown away")
    with app.app_context():
        comment = create_comment(Actor(user_id=admin.user_id), task_id, content="A word")
        spare = make_person(app, "Spare")
        add_member(admin.actor, team.team_id, role="guest", user_id=spare.user_id)
        delete_task(admin.actor, trashed_id)
        attachment_id = _attach(admin, task_id)
        deleted = {"task_id": trashed_id, **_delete_one_of_each(admin, team, task_id)}
        gone = make_team(admin, "Gone", member=people["member"], guest=people["guest"])
        delete_team(admin.actor, gone.team_id)
        deleted["team_id"] = gone.team_id
        batch = create_tasks(
            admin.actor,
            board_id=team.board_id,
            column_id=team.columns["todo"],
            new_tasks=[NewTask(title="One of two"), NewTask(title="Two of two")],
        )
        tokens = {"invitation": make_token(), "join": make_token()}
        invitation = invite_person(
            admin.actor,
            team.team_id,
            token=tokens["invitation"],
            role="member",
            per_day=1,
            email=people["invited"].email,
        )
        make_join_link(
            admin.actor, team.team_id, role="member", nonce=new_id(), token=tokens["join"]
        )
        deliver()
        add_limited_guest(admin, team, people["limited_guest"])
        without = people["without_two_factor"].user_id
        add_member(admin.actor, team.team_id, role="member", user_id=without)
        name_person(admin.actor, team.board_id, spare.user_id)
        _put_below_parent(admin, team, people["heir"])
        matrix_change = _change_rights_and_back(admin, team)
        notification_id = sql.scalar(
            text("SELECT notification_id FROM notifications WHERE user_id = :user_id LIMIT 1"),
            {"user_id": people["member"].user_id},
        )
        sql.execute_now(
            text("UPDATE users SET suspended_at = :at WHERE user_id = :user_id"),
            {"at": datetime.now(UTC), "user_id": people["suspended"].user_id},
        )
        sql.execute_now(
            text("UPDATE users SET is_site_admin = true WHERE user_id = :user_id"),
            {"user_id": people["site_admin"].user_id},
        )
        change_picture(spare.actor, picture_file(), version=1)
        picture_name = sql.scalar(
            text("SELECT picture FROM users WHERE user_id = :id"), {"id": spare.user_id}
        )
        sheet_name = picture_sheet(get_board(admin.actor, team.board_id)).name
        _require_two_factor(admin, team, [*people.values(), spare], people["without_two_factor"])
        post(admin.actor)
        mail_id = str(sql.scalar(text("SELECT mail_id FROM mail_intents LIMIT 1")))
        job = queues.queue(queues.NOTIFICATIONS, redis_client()).enqueue(
            queues.PROCESSORS[queues.NOTIFICATIONS]
        )
        admin_claim = issue_admin_claim()
        # However slow the machine is, no request notes meanwhile that its session is used: it would be a trace of it.
        sql.execute_now(text("UPDATE user_sessions SET last_seen_at = now() + interval '1 hour'"))
        event_id = sql.scalar(
            text(
                "SELECT event_id FROM audit_logs WHERE entity_id = :task_id AND event = 'task.created'"
            ),
            {"task_id": task_id},
        )
    ids = {
        "team_id": team.team_id,
        "board_id": team.board_id,
        "column_id": team.columns["in_review"],
        "task_id": task_id,
        "comment_id": comment.entity_id,
        "attachment_id": attachment_id,
        "user_id": spare.user_id,
        "session_id": spare.session_id,
        "person_id": spare.user_id,
        "picture_name": str(picture_name),
        "sheet_name": sheet_name,
        "size": "large",
        "field": "title",
        "item_id": item["item_id"],
        "notification_id": str(notification_id),
        "event_id": str(event_id),
        "batch_id": str(batch.event_id),
        "change_id": matrix_change,
        "job_id": job.id,
        "queue_name": queues.NOTIFICATIONS,
        "registry_name": "queued",
        "order": "asc",
        "invitation_id": invitation.extra["invitation_id"],
        "role": "member",
        "join_token": tokens["join"].secret,
        "mail_id": mail_id,
        "report": "throughput",
        "admin_claim": admin_claim,
    }
    return World(people, team, ids, deleted, tokens)


def _require_two_factor(
    admin: Person, team: Team, people: Sequence[Person], without: Person
) -> None:
    """From now on the team requires two-factor log-in, and its people have it, but one who is `without` it."""
    sql.execute_now(
        text("UPDATE users SET two_factor_at = now() WHERE user_id = ANY(CAST(:ids AS uuid[]))"),
        {"ids": [person.user_id for person in people if person is not without]},
    )
    require_two_factor(admin.actor, team.team_id, grace_days=0)


def add_limited_guest(admin: Person, team: Team, guest: Person) -> None:
    """A guest who sees one board of the team that is not its first."""
    add_member(admin.actor, team.team_id, role="guest", user_id=guest.user_id)
    other_id = create_board(admin.actor, team.team_id, name="For guests").entity_id
    limit_guest(admin.actor, team.team_id, guest.user_id, board_ids=[other_id])


def _put_below_parent(admin: Person, team: Team, heir: Person) -> None:
    """The team takes over the members of a parent, of whom one is not in it otherwise."""
    parent = make_team(admin, "Parent", member=heir)
    changes = {"parent_team_id": parent.team_id, "inherits_members": True}
    version = get_team(admin.actor, team.team_id)["version"]
    edit_team(admin.actor, team.team_id, version=version, changes=changes)


def _change_rights_and_back(admin: Person, team: Team) -> str:
    """The id of a change of the matrix; the rights are the default ones again."""
    version = get_matrix(admin.actor, team.team_id).version
    grants = DEFAULT_MATRIX | {Grant("member", "board.delete")}
    change = change_permissions(admin.actor, team.team_id, version=version, grants=grants)
    undo_permissions(admin.actor, team.team_id, str(change.event_id))
    return str(change.event_id)


def _delete_one_of_each(admin: Person, team: Team, task_id: str) -> dict[str, str]:
    comment_id = create_comment(admin.actor, task_id, content="Taken back").entity_id
    delete_comment(admin.actor, comment_id)
    column_id = team.columns["done"]
    delete_column(admin.actor, team.board_id, column_id)
    board_id = create_board(admin.actor, team.team_id, name="Put away").entity_id
    delete_board(admin.actor, board_id)
    attachment_id = _attach(admin, task_id)
    delete_attachment(admin.actor, attachment_id)
    return {
        "comment_id": comment_id,
        "column_id": column_id,
        "board_id": board_id,
        "attachment_id": attachment_id,
    }


def _attach(admin: Person, task_id: str) -> str:
    """An image of a task, with a thumbnail and a page that nobody has drawn."""
    file = picture_file()
    sent = SentFile("photo.png", BytesIO(file), len(file))
    attachment_id = attach_to_task(admin.actor, task_id, sent).entity_id
    for key in (thumbnail_key(attachment_id), page_key(attachment_id, 1)):
        blobs.store().write(key, [file])
    sql.execute_now(
        text("UPDATE attachments SET thumbnail = 'ready', page_count = 1, page_sizes = '[[9, 9]]'")
    )
    return attachment_id
