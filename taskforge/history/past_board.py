"""Reads of a board as it was: the step of its past that is meant, its state there, and what happened at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from taskforge import clock
from taskforge.boards.access import access_board
from taskforge.errors import NotFound
from taskforge.history.past_filter import PastFilter
from taskforge.history.replay import BoardState, Item
from taskforge.history.snapshots import state_at, without_texts
from taskforge.stores import sql
from taskforge.stores.actor import Actor

BUCKETS = 96
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Step:
    """A place in a board's past: behind its fact number `seq`, at an instant not before that and not after the next.

    ``first_at`` and ``last_at`` are the instants of the first and the last fact, ``day_before`` and ``day_after`` the
    last steps of the nearest days on which something happened, None where there is none. ``missed`` says that the
    wanted place lies "before" or "after" the past.
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
        """Whether nothing has happened since."""
        return self.seq == self.last_seq


@dataclass(frozen=True, kw_only=True)
class PastBoard:
    """A board at a step: its row as it is today, its state there, what happened last, and today's names of people.

    ``cards`` holds, by column, those that fit the filter, from top to bottom; ``columns`` carry ``task_count`` (all)
    and ``shown_count`` (those that fit).
    """

    row: sql.Row
    step: Step
    state: BoardState
    fact: sql.Row
    columns: Sequence[Item]
    cards: Mapping[str, Sequence[Item]]
    names: Mapping[str, str]


def get_past_board(
    actor: Actor,
    board_id: str,
    *,
    at: datetime | None = None,
    seq: int | None = None,
    wanted: PastFilter | None = None,
) -> PastBoard:
    """A board as it was at an instant, or behind a fact; without both, as it is now.

    Raises:
        NotFound: no such board, not a member of its team today, or nothing of it is on record.
    """
    row, _ = access_board(actor.user_id, board_id)
    step, fact = _find_step(row, at, seq)
    state = state_at(board_id, step.seq)
    chosen, today = wanted or PastFilter(), step.at.date()
    all_cards = state.cards_by_column()
    cards = {
        column_id: [card for card in found if chosen.fits(card, today)]
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
    people.add((fact["new_state"] or {}).get("assignee_id"))
    return PastBoard(
        row=row,
        step=step,
        state=state,
        fact=fact,
        columns=columns,
        cards=cards,
        names=_read_names(people),
    )


def count_activity(board_id: str, step: Step) -> list[int]:
    """How many changes fall into each of 96 equal parts of a board's past."""
    counts = [0] * BUCKETS
    found = sql.rows(
        text(
            "SELECT least(floor(extract(epoch FROM action_timestamp - :first_at)"
            " / greatest(extract(epoch FROM CAST(:last_at AS timestamptz) - :first_at), 0.001) * :buckets),"
            " :buckets - 1)::int AS bucket, count(*) AS changes FROM audit_logs"
            " WHERE board_id = :board_id GROUP BY bucket"
        ),
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
    """A card as a row that `taskforge.web.boards.cards.show_card` draws."""
    return {
        **card,
        "key": f"{past.state.key_prefix}-{card['number']}",
        "assignee_name": past.names.get(card["assignee_id"]),
        "due_at": datetime.fromisoformat(card["due_at"]) if card["due_at"] else None,
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
    fact = sql.row(_FACT, {"board_id": board_id, "seq": found_seq})
    if fact is None:
        raise NotFound("Nothing of this board's past is on record.")
    shown = fact["at"] if at is None or missed else max(at, fact["at"])
    midnight = shown.replace(hour=0, minute=0, second=0, microsecond=0)
    step = Step(
        seq=found_seq,
        at=shown,
        last_seq=last_seq,
        first_at=fact["first_at"],
        last_at=fact["last_at"],
        day_before=_last_before(board_id, midnight),
        day_after=_end_of_next_day(board_id, midnight + DAY),
        missed=missed,
    )
    return step, fact


def _last_before(board_id: str, at: datetime) -> int | None:
    """The number of a board's last fact before an instant."""
    found: int | None = sql.scalar(
        text(
            "SELECT board_seq FROM audit_logs WHERE board_id = :board_id AND action_timestamp < :at"
            " ORDER BY action_timestamp DESC, board_seq DESC LIMIT 1"
        ),
        {"board_id": board_id, "at": at},
    )
    return found


def _end_of_next_day(board_id: str, midnight: datetime) -> int | None:
    """The number of the last fact of the first day from `midnight` on that has one."""
    first: datetime | None = sql.scalar(
        text(
            "SELECT action_timestamp FROM audit_logs WHERE board_id = :board_id"
            " AND action_timestamp >= :at ORDER BY action_timestamp LIMIT 1"
        ),
        {"board_id": board_id, "at": midnight},
    )
    if first is None:
        return None
    return _last_before(board_id, first.replace(hour=0, minute=0, second=0, microsecond=0) + DAY)


def _read_names(user_ids: set[str | None]) -> dict[str, str]:
    found = sql.rows(
        text("SELECT user_id, display_name FROM users WHERE user_id = ANY(CAST(:ids AS uuid[]))"),
        {"ids": [user_id for user_id in user_ids if user_id]},
    )
    return {row["user_id"]: row["display_name"] for row in found}


_EDGE = (
    "(SELECT action_timestamp FROM audit_logs WHERE board_id = :board_id"
    " ORDER BY action_timestamp {order} LIMIT 1)"
)
_FACT = text(
    "SELECT l.event, l.entity_type, l.entity_id, l.actor_id, u.display_name AS actor_name,"
    f" l.action_timestamp AS at, {without_texts('l.new_state')} AS new_state,"
    " CASE WHEN l.entity_type = 'board' THEN l.previous_state ->> 'name' END AS old_name,"
    f" {_EDGE.format(order='ASC')} AS first_at, {_EDGE.format(order='DESC')} AS last_at"
    " FROM audit_logs l LEFT JOIN users u ON u.user_id = l.actor_id"
    " WHERE l.board_id = :board_id AND l.board_seq = :seq"
)
