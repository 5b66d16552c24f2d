"""Reads of a board as it was at a step of its past: its columns and cards there, and the audit event of the step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from taskforge import clock
from taskforge.accounts.queries import list_display_names
from taskforge.boards.access import access_board
from taskforge.errors import NotFound
from taskforge.history.past_filter import PastFilter
from taskforge.history.queries import (
    ACTIVITY,
    EVENT_OF_BOARD,
    FIRST_INSTANT_FROM,
    LAST_EVENT_BEFORE,
)
from taskforge.history.replay import Item, ReplayedBoard
from taskforge.history.snapshots import board_at
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.fields import CARD_FIELDS, earlier_value

BUCKETS = 96
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of a board's past: after its audit event number `seq`, at an instant between that event and the next.

    ``first_at`` and ``last_at`` are the instants of the first and the last event, ``day_before`` and ``day_after`` the
    last steps of the nearest days with an event, None where there is none. ``missed`` says that the requested place
    lies "before" or "after" the past.
    """

    seq: int
    at: datetime
    last_seq: int
    first_at: datetime
    last_at: datetime
    day_before: int | None
    day_after: int | None
    missed: str | None

    @property
    def is_now(self) -> bool:
        """Whether the board has not changed since."""
        return self.seq == self.last_seq


@dataclass(frozen=True, kw_only=True)
class PastBoard:
    """A board at a step: its row as it is today, its state there, the step's audit event, and today's names of people.

    ``cards`` holds, by column, those that fit the filter, from top to bottom; ``columns`` carry ``task_count`` (all)
    and ``shown_count`` (those that fit).
    """

    row: sql.Row
    step: Step
    state: ReplayedBoard
    event: sql.Row
    columns: Sequence[Item]
    cards: Mapping[str, Sequence[Item]]
    names: Mapping[str, str]


def get_past_board(
    actor: Actor,
    board_id: str,
    *,
    at: datetime | None = None,
    seq: int | None = None,
    card_filter: PastFilter | None = None,
) -> PastBoard:
    """A board as it was at an instant, or after an audit event; without both, as it is now.

    Raises:
        NotFound: no such board, not a member of its team today, or it has no audit events.
    """
    row, _ = access_board(actor.user_id, board_id)
    step, event = _find_step(row, at, seq)
    state = board_at(board_id, step.seq)
    chosen, at_step = card_filter or PastFilter(), clock.reader_time(step.at)
    all_cards = state.cards_by_column()
    of_board = [card for found in all_cards.values() for card in found]
    shown = chosen.select(of_board, row, actor, at_step)
    cards = {
        column_id: [card for card in found if card["task_id"] in shown]
        for column_id, found in all_cards.items()
    }
    columns = [
        {
            **column,
            "board_id": board_id,
            "task_count": len(all_cards[column["column_id"]]),
            "shown_count": len(cards[column["column_id"]]),
        }
        for column in state.ordered_columns()
    ]
    people = {card["assignee_id"] for found in cards.values() for card in found}
    people.add((event["new_state"] or {}).get("assignee_id"))
    return PastBoard(
        row=row,
        step=step,
        state=state,
        event=event,
        columns=columns,
        cards=cards,
        names=list_display_names(people),
    )


def count_activity(board_id: str, step: Step) -> list[int]:
    """How many changes fall into each of 96 equal parts of a board's past."""
    counts = [0] * BUCKETS
    found = sql.rows(
        ACTIVITY,
        {
            "board_id": board_id,
            "first_at": step.first_at,
            "last_at": step.last_at,
            "buckets": BUCKETS,
        },
    )
    for part in found:
        counts[max(0, part["bucket"])] = part["changes"]
    return counts


def card_row(past: PastBoard, card: Item) -> dict[str, Any]:
    """A card as a row like those of `taskforge.tasks.board.queries`, which the board's presenter takes."""
    return {
        **card,
        **{field.name: earlier_value(field.name, card[field.name]) for field in CARD_FIELDS},
        "key": f"{past.state.key_prefix}-{card['number']}",
        "assignee_name": past.names.get(card["assignee_id"]),
        "assignee_picture": None,  # the past shows initials: the picture is of today
    }


def _find_step(row: sql.Row, at: datetime | None, seq: int | None) -> tuple[Step, sql.Row]:
    board_id, last_seq = row["board_id"], row["seq"]
    missed = None
    if seq is not None:
        missed = "before" if seq < 1 else "after" if seq > last_seq else None
        found_seq = max(1, min(seq, last_seq))
    elif at is not None:
        missed = "after" if at > clock.now() else None
        earlier = _last_before(board_id, at + timedelta(milliseconds=1))
        missed, found_seq = ("before", 1) if earlier is None else (missed, earlier)
    else:
        found_seq = last_seq
    event = sql.row(EVENT_OF_BOARD, {"board_id": board_id, "seq": found_seq})
    if event is None:
        raise NotFound("Nothing of this board's past is on record.")
    shown = event["at"] if at is None or missed else max(at, event["at"])
    midnight = shown.replace(hour=0, minute=0, second=0, microsecond=0)
    step = Step(
        seq=found_seq,
        at=shown,
        last_seq=last_seq,
        first_at=event["first_at"],
        last_at=event["last_at"],
        day_before=_last_before(board_id, midnight),
        day_after=_end_of_next_day(board_id, midnight + DAY),
        missed=missed,
    )
    return step, event


def _last_before(board_id: str, at: datetime) -> int | None:
    """The number of a board's last audit event before an instant."""
    found: int | None = sql.scalar(LAST_EVENT_BEFORE, {"board_id": board_id, "at": at})
    return found


def _end_of_next_day(board_id: str, midnight: datetime) -> int | None:
    """The number of the last audit event of the first day from `midnight` on that has one."""
    first: datetime | None = sql.scalar(FIRST_INSTANT_FROM, {"board_id": board_id, "at": midnight})
    if first is None:
        return None
    return _last_before(board_id, first.replace(hour=0, minute=0, second=0, microsecond=0) + DAY)
