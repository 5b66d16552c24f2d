"""Plays the demo scenario: every step calls the services that a person's request calls, at the time of the step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from taskforge import clock
from taskforge.accounts.picture_service import change_picture
from taskforge.accounts.service import edit_profile, get_profile, register_user
from taskforge.boards.queries import list_boards
from taskforge.boards.service import create_board, create_team, edit_board
from taskforge.comments.service import create_comment
from taskforge.demo.portraits import draw_portrait
from taskforge.demo.scenario import HALF_YEAR, Step
from taskforge.demo.words import ABOUT, BOARDS, MAILS, PEOPLE, TEAM
from taskforge.errors import Conflict
from taskforge.ids import new_id
from taskforge.stores.actor import Actor
from taskforge.tasks.service import create_task, edit_task
from taskforge.teams.permissions import Role
from taskforge.teams.service import add_member

DOMAIN = "lantern.example"


class DemoExists(Exception):
    """The demo's accounts exist already."""


@dataclass
class DemoTeam:
    """The people, boards and cards of the demo that exist so far, by their numbers in the scenario."""

    people: list[Actor]
    team_id: str
    boards: list[str]
    cards: dict[int, str] = field(default_factory=dict)


def email_of(person: int) -> str:
    """The address that one of the demo's people logs in with."""
    return f"{PEOPLE[person][0].lower()}@{DOMAIN}"


def set_up(password: str, until: datetime) -> DemoTeam:
    """Create the people, their team and its boards, a day before the scenario begins.

    Raises:
        DemoExists: their accounts exist.
        InvalidInput: the password is too weak.
    """
    with clock.frozen(until - HALF_YEAR - timedelta(days=1)):
        people = [_register(person, password) for person in range(len(PEOPLE))]
        for person, actor in enumerate(people):
            _describe(person, actor)
        admin = people[0]
        made = create_team(admin, name=TEAM, description="We make lamps, and sell them.")
        for actor in people[1:]:
            add_member(admin, made.entity_id, role=Role.MEMBER, user_id=actor.user_id)
        first = list_boards(admin, made.entity_id)[0]
        edit_board(admin, first["board_id"], version=first["version"], name=BOARDS[0][0])
        others = [
            create_board(admin, made.entity_id, name=board[0]).entity_id for board in BOARDS[1:]
        ]
    return DemoTeam(people, made.entity_id, [first["board_id"], *others])


def play(team: DemoTeam, steps: Iterable[Step], *, done: Callable[[], object]) -> None:
    """Do all steps in their order; `done` is called after each."""
    for step in steps:
        with clock.frozen(step.at):
            _STEPS[step.kind](team, step)
        done()


def _register(person: int, password: str) -> Actor:
    actor = Actor(user_id=new_id())
    first_name, last_name = PEOPLE[person]
    try:
        register_user(
            actor,
            email=email_of(person),
            password=password,
            first_name=first_name,
            last_name=last_name,
        )
    except Conflict as error:
        raise DemoExists from error
    return actor


def _describe(person: int, actor: Actor) -> None:
    """Give somebody a picture and some words about themselves, if they have any."""
    portrait = draw_portrait(person)
    if portrait is not None:
        change_picture(actor, portrait, version=1)
    if about := ABOUT.get(person):
        version = 1 if portrait is None else 2
        edit_profile(
            actor, version=version, changes=dict(zip(("bio", "time_zone"), about, strict=True))
        )
    if mails := MAILS.get(person):
        changes = {"preferences": {"notifications": mails}}
        edit_profile(actor, version=get_profile(actor).row["version"], changes=changes)


def _create(team: DemoTeam, step: Step) -> None:
    details = step.details
    made = create_task(
        team.people[step.person],
        board_id=team.boards[details["board"]],
        title=details["title"],
        priority=details["priority"],
        due_at=details["due_at"],
        texts={
            "description": details["description"],
            "tags": details["tags"],
            "checklist": [
                {"item_id": new_id(), "text": line, "done": is_done}
                for line, is_done in details["checklist"]
            ],
        },
    )
    team.cards[step.card] = made.entity_id


def _assign(team: DemoTeam, step: Step) -> None:
    owner = team.people[step.details["owner"]]
    edit_task(
        team.people[step.person], team.cards[step.card], changes={"assignee_id": owner.user_id}
    )


def _move(team: DemoTeam, step: Step) -> None:
    edit_task(
        team.people[step.person],
        team.cards[step.card],
        changes={"status": step.details["status"]},
    )


def _edit(team: DemoTeam, step: Step) -> None:
    edit_task(team.people[step.person], team.cards[step.card], changes=step.details)


def _comment(team: DemoTeam, step: Step) -> None:
    create_comment(team.people[step.person], team.cards[step.card], content=step.details["text"])


_STEPS: dict[str, Callable[[DemoTeam, Step], None]] = {
    "create": _create,
    "assign": _assign,
    "move": _move,
    "edit": _edit,
    "comment": _comment,
}
