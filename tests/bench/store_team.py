"""The people, teams and boards of a realistic store: who is there before the work begins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from taskforge import clock
from taskforge.accounts import passwords
from taskforge.accounts.documents import (
    content_message,
    denormalised_columns,
    mirror_message,
    new_profile,
)
from taskforge.boards import queries as board_queries
from taskforge.boards import service as boards
from taskforge.boards.access import access_board
from taskforge.demo.words import BOARDS, PEOPLE
from taskforge.events import Event
from taskforge.notification_kinds import NotificationKind
from taskforge.stores.actor import Actor
from taskforge.stores.outbox import Message
from taskforge.teams.permissions import Role
from taskforge.teams.queries import MEMBERS_PER_TEAM
from tests.bench.store_events import Told, audit_event, id_at
from tests.bench.store_rows import insert_documents, insert_events, insert_rows, update_rows
from tests.bench.store_state import BoardState

PASSWORD = "correct horse battery staple"
ONE_GUEST_IN = 12
STEP = timedelta(seconds=1)


def write_people(chance: Random, number: int, since: datetime) -> list[str]:
    """Accounts with profiles, made one a second; their ids."""
    password_hash = passwords.hash_password(PASSWORD)
    rows: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    messages: list[Message] = []
    for index in range(number):
        at = since + index * STEP
        user_id = id_at(at, chance)
        email = f"person{index}@works.example"
        profile = new_profile(chance.choice(PEOPLE)[0], f"{chance.choice(PEOPLE)[1]} {index}")
        content = content_message(user_id, 1, profile)
        row = {
            "user_id": user_id,
            "email": email,
            "password_hash": password_hash,
            "password_changed_at": at,
            **denormalised_columns(profile),
            "is_site_admin": False,
            "version": 1,
            "doc_version": 1,
            "doc_sha": content.sha,
            "core_version": 1,
            "created_at": at,
            "updated_at": at,
            "last_login": None,
        }
        rows.append(row)
        messages += [content, mirror_message(row)]
        events.append(
            audit_event(
                Event.USER_REGISTERED,
                "user",
                user_id,
                event_id=id_at(at, chance),
                version=1,
                actor_id=user_id,
                at=at,
                before=None,
                after={"email": email, **profile},
            )
        )
    insert_rows("users", rows)
    insert_events(events)
    insert_documents(messages)
    return [row["user_id"] for row in rows]


def write_teams(
    chance: Random, people: list[str], *, teams: int, boards_each: int, since: datetime
) -> list[BoardState]:
    """Teams of about equally many people, each with its boards; the first person leads all of them."""
    leader = Actor(user_id=people[0])
    made: list[BoardState] = []
    for number in range(teams):
        name = f"{BOARDS[number % len(BOARDS)][0]} works {number + 1}"
        with clock.frozen(since + number * timedelta(minutes=20)):
            team = boards.create_team(leader, name=name)
            board_ids = [team.extra["board_id"]] + [
                boards.create_board(
                    leader, team.entity_id, name=f"{BOARDS[index % len(BOARDS)][0]} {index}"
                ).entity_id
                for index in range(1, boards_each)
            ]
        others = people[1 + number :: teams][: MEMBERS_PER_TEAM - 1]
        joined_at = since + number * timedelta(minutes=20) + timedelta(minutes=1)
        _add_members(chance, team.entity_id, name, leader.user_id, others, joined_at)
        writers = [one for index, one in enumerate(others) if index % ONE_GUEST_IN]
        made += [
            _state(leader, board_id, name, [leader.user_id, *writers]) for board_id in board_ids
        ]
    return made


def _add_members(
    chance: Random, team_id: str, name: str, leader: str, others: list[str], since: datetime
) -> None:
    told, events, rows = Told(chance), [], []
    for index, user_id in enumerate(others):
        at = since + index * STEP
        role = Role.MEMBER if index % ONE_GUEST_IN else Role.GUEST
        rows.append({"team_id": team_id, "user_id": user_id, "role": role, "joined_at": at})
        event = audit_event(
            Event.TEAM_MEMBER_ADDED,
            "team",
            team_id,
            event_id=id_at(at, chance),
            version=index + 2,
            actor_id=leader,
            at=at,
            before={"members": {user_id: None}},
            after={"members": {user_id: role}},
            team_id=team_id,
        )
        events.append(event)
        told.tell(
            event, at, [user_id], NotificationKind.ADDED_TO_TEAM, {"team_id": team_id}, team=name
        )
    if not rows:
        return
    insert_rows("team_memberships", rows)
    insert_events(events)
    told.write()
    version = {"team_id": team_id, "version": len(rows) + 1, "updated_at": rows[-1]["joined_at"]}
    update_rows("teams", "team_id", [version])


def _state(leader: Actor, board_id: str, team_name: str, members: list[str]) -> BoardState:
    row, _ = access_board(leader.user_id, board_id)
    columns = [dict(column) for column in board_queries.list_columns([board_id])]
    return BoardState(board_id, row["team_id"], team_name, row["key_prefix"], columns, members)


def board_updates(made: list[BoardState]) -> Iterator[dict[str, Any]]:
    """What the history of the boards leaves in their rows."""
    for board in made:
        yield {"board_id": board.board_id, "seq": board.seq, "next_number": board.next_number}
