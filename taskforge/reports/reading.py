"""Reads the ways of the tasks that somebody may see: those of a board, or of all boards of a team that they see.

What the relay has not read of the log yet is read here and added, so that a report is exact to the last change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import text

from taskforge import clock
from taskforge.boards.access import access_board
from taskforge.boards.queries import list_boards
from taskforge.clock import ReaderTime
from taskforge.errors import TooLarge, Unavailable
from taskforge.events import Event
from taskforge.history.replay import COLUMN_FIELDS
from taskforge.reports import queries
from taskforge.reports.projection import pages_of_ways
from taskforge.reports.transitions import BEGINNING, Fold, Period
from taskforge.reports.ways import ReportColumn, Ways, cut
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.query.compiler import compile_query
from taskforge.tasks.query.nodes import Query

MAX_PERIODS = 400_000
MAX_UNREAD = 20_000  # events that a reader adds to what the relay has read
FILLING = "The figures of this board are being prepared. Please try again in a minute."
TOO_MUCH = "More has happened here than one report can hold. Look at the boards one by one."


def read_board(actor: Actor, board_id: str, at: datetime) -> tuple[sql.Row, Ways]:
    """A board as `access_board` answers it, and the ways of its tasks up to an instant.

    Raises:
        NotFound: no such board, or the actor may not see it.
        Unavailable: its log has not been read yet.
    """
    board, _ = access_board(actor.user_id, board_id)
    periods = _read_periods([board_id], at)
    last_seq = max((period.seq for period in periods), default=0)
    columns = _read_columns(board_id, at, last_seq)
    return board, Ways(at, periods, columns, board_ids=[board_id])


def read_team(actor: Actor, team_id: str, at: datetime) -> tuple[Sequence[sql.Row], Ways]:
    """The boards of a team that the actor sees, without archived ones, and the ways of their tasks.

    Raises like `read_board`, of the team.
    """
    boards = list_boards(actor, team_id)
    ids = [board["board_id"] for board in boards]
    return boards, Ways(at, _read_periods(ids, at), board_ids=ids)


def name_tasks(board_ids: Sequence[str], task_ids: Iterable[str]) -> Mapping[str, sql.Row]:
    """The ``key`` and ``title`` of tasks as they are now, by id; those deleted for good are not among them."""
    ids = list(dict.fromkeys(task_ids))
    found = sql.rows(queries.NAMES_OF_TASKS, {"ids": ids, "board_ids": list(board_ids)})
    return {row["task_id"]: row for row in found}


def select(actor: Actor, ways: Ways, query: Query, zone: ZoneInfo) -> Ways:
    """The ways of those tasks that fit a query as they are now, in the trash too; of purged ones nothing is known.

    Raises:
        QueryError: a day that the query names does not exist any more.
    """
    at = ReaderTime(clock.reader_time().minute, zone)
    fitting = compile_query(query, actor, at=at)
    statement = text(queries.FITTING.replace("{condition}", fitting.sql))
    found = sql.rows(statement, {**fitting.parameters, "board_ids": list(ways.board_ids)})
    fits = {row["task_id"] for row in found}
    kept = [period for period in ways.periods if period[0] in fits]
    return Ways(ways.at, kept, ways.columns, ways.board_ids)


def _read_periods(board_ids: Sequence[str], at: datetime) -> list[Period]:
    found: list[Period] = []
    for progress in sql.rows(queries.READ_SO_FAR, {"board_ids": list(board_ids)}):
        found += _read_board_periods(progress, at)
        if len(found) > MAX_PERIODS:
            raise TooLarge(TOO_MUCH)
    return found


def _read_board_periods(progress: sql.Row, at: datetime) -> Sequence[Period]:
    board_id, seq, last = progress["board_id"], progress["seq"], progress["board_seq"]
    read_until = progress["at"] or BEGINNING
    place = {"board_id": board_id, "seq": seq, "at": at}
    # Rows have the names of a period; making one of each of them would take a third of a report's time.
    stored = cast(Sequence[Period], sql.records(queries.PERIODS, place))
    if read_until > at:
        return cut(stored, at)
    if seq == last:
        # The relay may have read a later event in between; what that one ended lasts in what was read so far.
        return cut(stored, read_until)
    return cut(_with_unread(board_id, seq, last, read_until, stored), at)


def _with_unread(
    board_id: str, seq: int, last: int, at: datetime, periods: Sequence[Period]
) -> Sequence[Period]:
    """The periods, and those that began since number `seq`; what they end ends."""
    if last - seq > MAX_UNREAD:
        raise Unavailable(FILLING, retry_after=30)
    fold = Fold(latest={period[0]: period for period in periods}, at=at)
    for events in pages_of_ways(board_id, seq, last):
        fold.add(events)
    if not (fold.begun or fold.ended):
        return periods
    ended = fold.ended
    whole = [
        period._replace(left_at=ended[period[:2]]) if period[:2] in ended else period
        for period in periods
    ]
    return sorted([*whole, *fold.begun.values()], key=itemgetter(0, 1))


def _read_columns(board_id: str, at: datetime, last_seq: int) -> list[ReportColumn]:
    """The columns of a board at an instant, from left to right; those deleted by then too.

    A column that a task was in by number `last_seq` is there, even if its event is a moment younger.
    """
    columns: dict[str, dict[str, Any]] = {}
    for event in sql.rows(queries.COLUMN_EVENTS, {"board_id": board_id}):
        if event["at"] > at and event["board_seq"] > last_seq:
            break
        _apply(columns, event["event"], event["new_state"])
    found = [
        ReportColumn(
            column_id, one["name"], one["status"], one["rank"], one.get("is_deleted", False)
        )
        for column_id, one in columns.items()
    ]
    return sorted(found, key=lambda column: column.rank)


def _apply(columns: dict[str, dict[str, Any]], event: str, new: Mapping[str, Any]) -> None:
    for column in new.get("columns", ()) if event == Event.BOARD_CREATED else ():
        columns[column["column_id"]] = {name: column.get(name) for name in COLUMN_FIELDS}
    if "column_id" in new:
        column = columns.setdefault(new["column_id"], {})
        column |= {name: new[name] for name in COLUMN_FIELDS if name in new}
        column["is_deleted"] = event == Event.BOARD_COLUMN_DELETED
    for column_id, rank in new.get("spread_ranks", {}).items():
        columns[column_id]["rank"] = rank
