"""Keeps the ways of tasks: reads what is new of the audit log of boards, a page at a time.

The relay does it after the commit, some seconds of changes at once; whoever reads a report adds what it has not done
yet (`taskforge.reports.reading`). Each page is one transaction with the progress that it makes, so that it may be
killed at any moment, and any number may run. What it costs depends on what is new, not on the length of the log.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection

from taskforge.reports import queries
from taskforge.reports.transitions import BEGINNING, Fold, Period
from taskforge.stores import sql
from taskforge.stores.unit_of_work import UnitOfWork

EVENTS_PER_PAGE = 2_000
BOARDS_PER_TURN = 50
TURN_SECONDS = 1.0
_NAMES = Period._fields


def keep_transitions(*, seconds: float = TURN_SECONDS) -> int:
    """Read what is new of all boards, for at most some seconds; answers how many events made a difference."""
    deadline, read = time.monotonic() + seconds, 0
    for board in sql.rows(queries.DUE, {"boards": BOARDS_PER_TURN}):
        found: int | None = EVENTS_PER_PAGE
        while found == EVENTS_PER_PAGE and time.monotonic() < deadline:
            again = board["is_stale"]
            found = make_again(board["board_id"]) if again else _read_page(board["board_id"])
            read += found or 0
    return read


def has_due() -> bool:
    """Whether something of a board is to be read."""
    return sql.row(queries.DUE, {"boards": 1}) is not None


def list_due() -> Sequence[sql.Row]:
    """Boards of which something is to be read: ``board_id``, and how many ``events`` at most."""
    return sql.rows(queries.DUE, {"boards": None})


def make_again(board_id: str, told: Callable[[int], None] | None = None) -> int | None:
    """Make the ways of a board's tasks from its whole log, in one transaction: until COMMIT the old ones are read.

    `told` is called with the number of events that each page went past. None while another process is at it.
    """
    with sql.transaction() as connection:
        held = _hold(connection, board_id)
        if held is None:
            return None
        up_to, _ = held
        connection.execute(queries.DROP_PERIODS, {"board_id": board_id})
        fold, begun = Fold(), 0
        while fold.seq < up_to:
            previous = fold.seq
            events = _events(connection, board_id, previous, up_to)
            fold.add(events)
            if len(events) < EVENTS_PER_PAGE:
                fold.seq = up_to
            begun += len(fold.begun)
            _write(connection, board_id, fold)
            fold = Fold(latest=fold.latest, at=fold.at, seq=fold.seq)
            if told is not None:
                told(fold.seq - previous)
        _note(connection, board_id, fold)
    return begun


def mark_stale(board_ids: Sequence[str] | None) -> None:
    """Have the ways of some boards made again, by the relay or a command; None: of all."""
    ids = None if board_ids is None else list(board_ids)
    sql.execute_now(queries.MARK_STALE, {"ids": ids})


def forget_board(uow: UnitOfWork, board_id: str) -> None:
    """Drop the ways of a board that is about to be purged. Its lock must be held."""
    uow.execute(queries.DROP_PROGRESS, {"board_id": board_id})
    uow.execute(queries.DROP_PERIODS, {"board_id": board_id})


def pages_of_ways(board_id: str, after: int, up_to: int) -> Iterator[Sequence[sql.Row]]:
    """The audit events of a board that make periods, behind number `after`, in pages."""
    while after < up_to:
        place = {"board_id": board_id, "after": after, "up_to": up_to, "page": EVENTS_PER_PAGE}
        events = sql.rows(queries.EVENTS_OF_WAYS, place)
        if events:
            yield events
        if len(events) < EVENTS_PER_PAGE:
            return
        after = events[-1]["board_seq"]


def _read_page(board_id: str) -> int | None:
    """Read one page of a board's log; how many events were in it.

    None while another process is at it, and where all of it is to be read again since it was found.
    """
    with sql.transaction() as connection:
        held = _hold(connection, board_id)
        if held is None:
            return None
        up_to, progress = held
        if progress["is_stale"]:
            return None
        events = _events(connection, board_id, progress["seq"], up_to)
        task_ids = list({event["entity_id"] for event in events})
        latest = [
            Period(*row)
            for row in connection.execute(
                queries.LATEST_PERIODS, {"board_id": board_id, "task_ids": task_ids}
            )
        ]
        fold = Fold(latest={one.task_id: one for one in latest}, at=progress["at"] or BEGINNING)
        fold.add(events)
        if len(events) < EVENTS_PER_PAGE:
            fold.seq = up_to
        _write(connection, board_id, fold)
        _note(connection, board_id, fold)
    return len(events)


def _hold(connection: Connection, board_id: str) -> tuple[int, Any] | None:
    """How far a board's log goes, and its locked progress; None where it is gone, or another process has the lock."""
    place = {"board_id": board_id}
    up_to = connection.execute(queries.HOLD_FOR_WAYS, place).scalar()
    if up_to is None:
        return None
    connection.execute(queries.BEGIN_PROGRESS, place)
    progress = connection.execute(queries.LOCK_PROGRESS, place).mappings().first()
    return None if progress is None else (up_to, progress)


def _events(connection: Connection, board_id: str, after: int, up_to: int) -> Sequence[Any]:
    place = {"board_id": board_id, "after": after, "up_to": up_to, "page": EVENTS_PER_PAGE}
    return connection.execute(queries.EVENTS_OF_WAYS, place).mappings().all()


def _write(connection: Connection, board_id: str, fold: Fold) -> None:
    if fold.ended:
        ended = [
            {"task_id": task_id, "seq": seq, "left_at": at.isoformat()}
            for (task_id, seq), at in fold.ended.items()
        ]
        connection.execute(queries.END_PERIODS, {"board_id": board_id, "ended": json.dumps(ended)})
    if fold.begun:
        begun = [dict(zip(_NAMES, period, strict=True)) for period in fold.begun.values()]
        parameters = {"board_id": board_id, "begun": json.dumps(begun, default=str)}
        connection.execute(queries.BEGIN_PERIODS, parameters)


def _note(connection: Connection, board_id: str, fold: Fold) -> None:
    at = None if fold.at == BEGINNING else fold.at
    connection.execute(queries.SET_PROGRESS, {"board_id": board_id, "seq": fold.seq, "at": at})
