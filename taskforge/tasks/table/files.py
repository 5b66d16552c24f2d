"""A board's table as a CSV file, line by line, so that nothing holds all of it. Times are in the reader's zone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from taskforge.audit import security_events
from taskforge.events import Event
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks import moment_kind
from taskforge.tasks.board.filters import CardFilter
from taskforge.tasks.field_kinds import Reference
from taskforge.tasks.table.layout import TableLayout
from taskforge.tasks.table.queries import iterate_rows
from taskforge.tasks.task_field import TaskField
from taskforge.text.csv_lines import BYTE_ORDER_MARK, csv_line
from taskforge.text.moments import Moment

MAX_ROWS = 20_000
ROWS_AT_ONCE = 500
_NAMES = {"assignee_id": "assignee_name", "column_id": "column_name"}


def note_download(actor: Actor, board: sql.Row) -> None:
    """Note in the audit log who took the tasks of a board out."""
    details = {"team_id": board["team_id"], "board_id": board["board_id"]}
    security_events.report(
        Event.USER_TASKS_DOWNLOADED,
        user_id=actor.user_id,
        details=dict(actor.signed(details) or {}),
        ip=actor.ip,
        user_agent=actor.user_agent,
    )


def csv_lines(
    board_id: str, chosen: CardFilter, layout: TableLayout, *, zone: ZoneInfo
) -> Iterator[str]:
    """The lines of the file: what the columns are called, then at most 20,000 tasks. The caller has checked access."""
    yield BYTE_ORDER_MARK + csv_line(["Key", *(field.label for field in layout.fields)])
    rows = iterate_rows(board_id, chosen, layout, page=ROWS_AT_ONCE, most=MAX_ROWS)
    for row in rows:
        yield csv_line([row["key"], *(_text(field, row, zone) for field in layout.fields)])


def _text(field: TaskField, row: Mapping[str, Any], zone: ZoneInfo) -> str:
    value = row[field.name]
    if value is None:
        return ""
    if isinstance(field.kind, Reference):
        return row[_NAMES[field.name]] or ""
    if isinstance(field.kind, moment_kind.Moment):
        return _moment_text(value, zone)
    return field.kind.words(field.kind.plain(value), {}) or ""


def _moment_text(value: Moment, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
    return f"{value:%Y-%m-%d}"
