"""Writing a task inside a unit of work: its row, the copy for MongoDB, the audit event and the notifications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from taskforge.boards.access import LockedBoard
from taskforge.boards.models import MAX_RANK_LENGTH
from taskforge.events import Event
from taskforge.notification_kinds import NotificationKind
from taskforge.stores.outbox import Message
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.documents import mirror_message
from taskforge.tasks.editing.placement import Place
from taskforge.tasks.editing.queries import insert_task_row, update_task_row
from taskforge.tasks.editing.ranks import spread_ranks
from taskforge.tasks.fields import (
    CONTENT_NAMES,
    COPIED_COLUMNS,
    CORE_NAMES,
    PLACE_NAMES,
    denormalised_columns,
    plain_state,
)
from taskforge.tasks.row_columns import ROW_COLUMNS, row_columns

WRITTEN_COLUMNS = (
    *ROW_COLUMNS, *PLACE_NAMES, *COPIED_COLUMNS, "version", "doc_version", "updated_at", "deleted_at",
)  # fmt: skip


def insert_task(
    uow: UnitOfWork,
    board: LockedBoard,
    place: Place,
    message: Message,
    *,
    core: Mapping[str, Any],
    texts: Mapping[str, Any],
    mentioned: Sequence[str] = (),
) -> None:
    """Insert a task; `message` is its content, which holds `texts`, and `core` its row fields (`new_core`).

    `mentioned` are the members whom its texts name.
    """
    placed = asdict(place)
    over_limit = placed.pop("over_limit")
    row = {
        "task_id": message.entity_id,
        "team_id": board.team_id,
        "board_id": board.board_id,
        "number": board.next_number,
        **placed,
        **core,
        "created_by": uow.actor.user_id,
        "version": 1,
        "doc_version": 1,
        "doc_sha": message.sha,
        **denormalised_columns(texts),
        "created_at": uow.at,
        "updated_at": uow.at,
        "deleted_at": None,
    }
    stored = {name: value for name, value in row.items() if name not in core} | row_columns(core)
    uow.change_reference(insert_task_row(tuple(stored)), stored)
    uow.stage(mirror_message(row))
    uow.stage(message)
    recorded = (*CORE_NAMES, *PLACE_NAMES, "number", "created_by")
    state = plain_state({**{name: row[name] for name in recorded}, **texts})
    if over_limit is not None:
        state["over_limit"] = over_limit
    event_id = _record(uow, board, Event.TASK_CREATED, row, None, state)
    if row["assignee_id"] is not None:
        uow.notify(event_id, [row["assignee_id"]], NotificationKind.ASSIGNED, _subject(row, board))
    uow.notify(event_id, mentioned, NotificationKind.MENTIONED, _subject(row, board))


def update_task(
    uow: UnitOfWork,
    board: LockedBoard,
    event: Event,
    row: Mapping[str, Any],
    after: dict[str, Any],
    *,
    old_content: Mapping[str, Any] | None = None,
    new_content: Mapping[str, Any] | None = None,
    undoes: str | None = None,
    mentioned: Sequence[str] = (),
    notifies: bool = True,
) -> None:
    """Update the reference row from `row` to `after`, stage its copy, write the audit event, notify whom it concerns.

    `undoes` is the event that this change takes back; the new state of the audit event names it, and the `over_limit`
    that a new place in `after` may have. `mentioned` are the members whom the new texts name and the old ones did not.
    Without `notifies` the caller tells people of the change themselves.
    All of it is written at the end of the unit of work, which raises StaleVersion if another change came first.
    """
    over_limit = after.pop("over_limit", None)
    after |= {"version": row["version"] + 1, "updated_at": uow.at}
    _update_row(uow, row, after)
    uow.stage(mirror_message(after))
    before, now = _difference(_state(row, old_content), _state(after, new_content))
    changed = frozenset(now)
    if len(after["rank"]) > MAX_RANK_LENGTH:
        now["spread_ranks"] = spread_ranks(uow, board, after["column_id"])
    if undoes is not None:
        now["undoes"] = undoes
    if over_limit is not None:
        now["over_limit"] = over_limit
    event_id = _record(uow, board, event, after, before, now)
    uow.notify(event_id, mentioned, NotificationKind.MENTIONED, _subject(after, board))
    if notifies:
        _notify(uow, board, event_id, after, changed)


def _update_row(uow: UnitOfWork, row: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    columns = (*WRITTEN_COLUMNS, "doc_sha") if "doc_sha" in after else WRITTEN_COLUMNS
    stored = {**after, **row_columns(after)}
    parameters = {name: stored[name] for name in (*columns, "task_id")}
    uow.change_reference(update_task_row(columns), {**parameters, "expected": row["version"]})


def _state(row: Mapping[str, Any], texts: Mapping[str, Any] | None) -> dict[str, Any]:
    """A task as the audit log keeps it; without its texts where they stay as they are."""
    core = {name: row[name] for name in (*CORE_NAMES, *PLACE_NAMES)}
    written = {name: texts[name] for name in CONTENT_NAMES if texts and name in texts}
    return plain_state({**core, "deleted": row["deleted_at"] is not None, **written})


def _difference(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Those fields of two states that differ, in each of them."""
    changed = [name for name in after if before.get(name) != after[name]]
    return {name: before[name] for name in changed}, {name: after[name] for name in changed}


def _notify(
    uow: UnitOfWork,
    board: LockedBoard,
    event_id: str,
    task: Mapping[str, Any],
    changed: frozenset[str],
) -> None:
    """Notify a new assignee, and of a new column those who watch the task."""
    subject = _subject(task, board)
    if "assignee_id" in changed and task["assignee_id"]:
        uow.notify(event_id, [task["assignee_id"]], NotificationKind.ASSIGNED, subject)
    if "column_id" in changed:
        place = {name: task[name] for name in ("status", "column_id")}
        uow.notify_watchers(event_id, NotificationKind.STATUS_CHANGED, subject | place)


def _record(
    uow: UnitOfWork,
    board: LockedBoard,
    event: Event,
    row: Mapping[str, Any],
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
) -> str:
    return uow.record(
        event,
        entity_type="task",
        entity_id=row["task_id"],
        version=row["version"],
        before=before,
        after=after,
        team_id=board.team_id,
        board_id=board.board_id,
        board_seq=board.seq,
    )


def _subject(row: Mapping[str, Any], board: LockedBoard) -> dict[str, Any]:
    """What a notification stores of a task: enough to be read after the task was purged."""
    return {
        "task_id": row["task_id"],
        "key": f"{board.key_prefix}-{row['number']}",
        "title": row["title"],
    }
