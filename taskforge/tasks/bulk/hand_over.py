"""The open cards of somebody who goes from a team: handed over with the removal, and given back with its Undo.

Both are part of the team's unit of work (`taskforge.teams.departures.Cards`): its boards are locked, in one order,
before any membership changes, so that who writes on one of them at that moment is waited for, or waits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from taskforge import faults
from taskforge.boards.access import LockedBoard, lock_board
from taskforge.boards.people import keep_viewers
from taskforge.boards.queries import LOCK_VISIBLE_BOARDS
from taskforge.errors import Conflict, InvalidInput
from taskforge.events import Event
from taskforge.notification_kinds import NotificationKind
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, find_operation, retry_on_stale
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.access import task_rows
from taskforge.tasks.bulk.queries import (
    BOARDS_SEEN_BY,
    HANDED_OVER,
    OPEN_CARD_COUNT,
    OPEN_CARDS_OF,
    ROWS_OF_TASKS,
)
from taskforge.tasks.bulk.undo import NAMED
from taskforge.tasks.editing.writer import update_task
from taskforge.tasks.history.events import AuditEvent, list_audit_events, list_later_of
from taskforge.tasks.history.undo import find_refusal
from taskforge.tasks.row_columns import compose_row
from taskforge.teams import departures, service
from taskforge.teams.access import access_team
from taskforge.teams.departures import Departure, get_departure
from taskforge.teams.permissions import Permission
from taskforge.teams.queries import get_standing

MAX_CARDS = 500  # that go with one person: each is written under the locks of the boards
NOBODY = "nobody"
NOT_IN_TEAM = "must be somebody else in this team"
TOO_MANY = (
    f"They have more than {MAX_CARDS} open cards here, and at most {MAX_CARDS} are handed over at once."
    " Give some of them to others first."
)
MAY_NOT_EDIT = "Your role may not change cards."
SEES_IT_NO_MORE = "They do not see this board any more."

AuditEvents = Mapping[str, tuple[AuditEvent, Mapping[str, Any]]]
Row = dict[str, Any]


def remove_member(
    actor: Actor, team_id: str, user_id: str, *, hand_over_to: str | None = None
) -> Change:
    """Take a member out of a team, or oneself. Their open cards stay theirs, or go to a person, or to `NOBODY`.

    Of the open cards, only those go that are on boards which the actor sees, and who gets them. ``extra`` holds the
    number of ``cards`` that went.

    Raises:
        NotFound, Forbidden: like `teams.service.remove_member`; or no permission ``task.edit``, if cards are to go.
        InvalidInput: `hand_over_to` is nobody else of the team.
        Conflict: the last admin can't leave, or there are too many cards.
    """
    cards = None
    if hand_over_to is not None:
        cards = HandOver(None if hand_over_to == NOBODY else hand_over_to)
    return service.remove_member(actor, team_id, user_id, cards=cards)


def restore_member(actor: Actor, team_id: str, user_id: str) -> Change:
    """Take the removal of a member back, with the cards that were handed over and that nobody gave to others since.

    ``extra`` holds the number of ``cards`` that are theirs again, ``refused``: sentences about those that are not,
    ``refused_count`` of them, and ``handed_over_to``, which would remove them again in the same way.

    Raises:
        NotFound, Forbidden, Conflict: like `teams.departures.restore_member`.
        StaleVersion: others change these cards again and again at this moment.
    """
    return retry_on_stale(lambda: _restore(actor, team_id, user_id))


def count_open_cards(actor: Actor, team_id: str, user_id: str) -> int:
    """How many open cards somebody has on the boards of a team that the actor sees."""
    access_team(actor.user_id, team_id)
    parameters = {"team_id": team_id, "user_id": actor.user_id, "assignee_id": user_id}
    return int(sql.scalar(OPEN_CARD_COUNT, parameters))


class HandOver:
    """Gives the open cards of who goes to another person, or (None) to nobody.

    The audit event of the removal says of it: to whom, how many ``cards``, and by board the first of their sequence
    numbers and how many they are.
    """

    def __init__(self, to: str | None) -> None:
        self._to = to
        self._team_id = self._user_id = ""
        self._cards: Sequence[tuple[LockedBoard, Sequence[Row]]] = ()

    def lock(self, uow: UnitOfWork, team_id: str, user_id: str) -> Mapping[str, Any]:
        """Lock the boards, and find the cards on those that the actor and the other person see."""
        if self._to == user_id or (self._to and get_standing(uow, team_id, self._to) is None):
            raise InvalidInput.about("hand_over_to", NOT_IN_TEAM)
        board_ids = _lock_boards(uow, team_id)
        if self._to:
            seen = {"board_ids": board_ids, "user_id": self._to}
            board_ids = list(uow.execute(BOARDS_SEEN_BY, seen).scalars())
        wanted = {"board_ids": board_ids, "assignee_id": user_id, "limit": MAX_CARDS + 1}
        rows = [compose_row(dict(row)) for row in uow.execute(OPEN_CARDS_OF, wanted).mappings()]
        if len(rows) > MAX_CARDS:
            raise Conflict(TOO_MANY)
        self._team_id, self._user_id = team_id, user_id
        self._cards = [
            (lock_board(uow, board_id, Permission.TASK_EDIT, changes=len(cards)), cards)
            for board_id, cards in _by_board(rows).items()
        ]
        uow.answer(cards=len(rows))
        boards = {board.board_id: [board.seq, len(cards)] for board, cards in self._cards}
        return {"handed_over": {"to": self._to, "cards": len(rows), "boards": boards}}

    def write(self, uow: UnitOfWork, event_id: str) -> None:
        """Change the assignee of the cards, and tell who gets them, with one notification for all."""
        for board, rows in self._cards:
            for step, row in enumerate(rows):
                after = {**row, "assignee_id": self._to}
                update_task(uow, board.at(step), Event.TASK_ASSIGNED, row, after, notifies=False)
        number = sum(len(rows) for _, rows in self._cards)
        if self._to and number:
            payload = {"team_id": self._team_id, "cards": number, "person_id": self._user_id}
            uow.notify(event_id, [self._to], NotificationKind.HANDED_OVER, payload)


class GiveBack:
    """Gives cards back to who comes back: `audit_events` are those that took the cards from them.

    Of these, the ones that stand in `refused` stay as they are, for the reason that stands there.
    """

    def __init__(
        self, rows: Sequence[Row], audit_events: AuditEvents, refused: Mapping[str, str], to: str
    ) -> None:
        self._rows, self._audit_events, self._refused = rows, audit_events, dict(refused)
        self._to = to
        self._user_id = ""
        self._board_ids: Collection[str] = ()

    def lock(self, uow: UnitOfWork, team_id: str, user_id: str) -> Mapping[str, Any]:
        """Lock the boards."""
        self._user_id, self._board_ids = user_id, _lock_boards(uow, team_id)
        return {}

    def write(self, uow: UnitOfWork, event_id: str) -> None:
        """Give the cards back on the boards that the person sees again."""
        back = 0
        for board_id, rows in _by_board(self._rows).items():
            if board_id not in self._board_ids or not keep_viewers(uow, board_id, [self._user_id]):
                self._refused |= {row["task_id"]: SEES_IT_NO_MORE for row in rows}
            cards = [row for row in rows if row["task_id"] not in self._refused]
            if not cards:
                continue
            back += len(cards)
            board = lock_board(uow, board_id, Permission.TASK_EDIT, changes=len(cards))
            for step, row in enumerate(cards):
                update_task(
                    uow,
                    board.at(step),
                    Event.TASK_ASSIGNED,
                    row,
                    {**row, "assignee_id": self._user_id},
                    undoes=self._audit_events[row["task_id"]][0].event_id,
                    notifies=False,
                )
        sentences = [
            f"{row['key']}: {self._refused[row['task_id']]}"
            for row in self._rows
            if row["task_id"] in self._refused
        ]
        uow.answer(
            cards=back,
            refused=sentences[:NAMED],
            refused_count=len(sentences),
            handed_over_to=self._to,
        )


def _restore(actor: Actor, team_id: str, user_id: str) -> Change:
    membership = access_team(actor.user_id, team_id, Permission.TEAM_MANAGE_MEMBERS)
    try:
        departure = get_departure(team_id, user_id)
    except Conflict:
        stored = find_operation(actor)
        if stored is None:
            raise
        return stored
    cards = _find_cards(departure, may_edit=membership.may(Permission.TASK_EDIT))
    faults.point("read.done")
    return departures.restore_member(
        actor, team_id, user_id, removal_id=departure.event_id, cards=cards
    )


def _find_cards(departure: Departure, *, may_edit: bool) -> GiveBack:
    """The cards that went with a removal, and why some of them can't come back."""
    if departure.handed_over is None:
        return GiveBack((), {}, {}, "")
    to = departure.handed_over["to"] or NOBODY
    boards: Mapping[str, Sequence[int]] = departure.handed_over["boards"]
    if not boards:
        return GiveBack((), {}, {}, to)
    firsts, counts = zip(*boards.values(), strict=True)
    parameters = {"board_ids": list(boards), "firsts": list(firsts), "counts": list(counts)}
    ids = [row["event_id"] for row in sql.rows(HANDED_OVER, parameters)]
    audit_events = list_audit_events(ids)
    rows = task_rows(ROWS_OF_TASKS, {"ids": list(audit_events)})
    later = list_later_of({one: event.version for one, (event, _) in audit_events.items()})
    refused = {}
    for row in rows:
        task_id = row["task_id"]
        why = find_refusal(audit_events[task_id][0], row, later.get(task_id, []))
        if why is None and not may_edit:
            why = MAY_NOT_EDIT
        if why is not None:
            refused[task_id] = why
    return GiveBack(rows, audit_events, refused, to)


def _lock_boards(uow: UnitOfWork, team_id: str) -> list[str]:
    """Lock the live boards of a team that the actor sees; their ids."""
    of_actor = {"team_id": team_id, "user_id": uow.actor.user_id}
    return list(uow.execute(LOCK_VISIBLE_BOARDS, of_actor).scalars())


def _by_board(rows: Sequence[Row]) -> dict[str, list[Row]]:
    by_board: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_board[row["board_id"]].append(row)
    return by_board
