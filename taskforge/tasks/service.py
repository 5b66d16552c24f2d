"""Use cases that change tasks: create, edit, move, delete, restore."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, text

from taskforge import faults
from taskforge.boards.access import LockedBoard, access_board, lock_board
from taskforge.errors import InvalidInput, NotFound, StaleVersion
from taskforge.ids import new_id
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.unit_of_work import Change, UnitOfWork, once, unchanged
from taskforge.tasks.access import access_task
from taskforge.tasks.documents import EMPTY_TEXT, core_message, text_message
from taskforge.tasks.models import Task
from taskforge.tasks.placing import LONGEST_RANK, Place, place_at_end, place_between, spread_ranks
from taskforge.tasks.texts import read_task_text
from taskforge.teams.access import access_team, keep_members

CORE_FIELDS = ("title", "priority", "assignee_id", "start_at", "due_at")
TEXT_FIELDS = ("description", "tags", "custom_fields", "checklist")
PLACE_FIELDS = ("column_id", "status", "rank")
ATTEMPTS = 3


@once
def create_task(
    actor: Actor,
    *,
    team_id: str | None = None,
    board_id: str | None = None,
    title: str,
    column_id: str | None = None,
    status: str | None = None,
    priority: str = "medium",
    assignee_id: str | None = None,
    start_at: datetime | None = None,
    due_at: datetime | None = None,
    texts: Mapping[str, Any] | None = None,
) -> Change:
    """Create a task at the end of a column. `texts` may hold description, tags, custom_fields and checklist.

    Without a board it goes to the team's first one; without column and status to the board's first column.

    Raises:
        NotFound, Forbidden: no access to the board, or no permission ``task.create``.
        InvalidInput: column, status or assignee do not fit the board; a text is malformed.
        WipLimitReached: the column is full.
    """
    board_id = board_id or _first_board(actor, team_id)
    board_row, _ = access_board(actor.user_id, board_id, "task.create")
    if team_id is not None and board_row["team_id"] != team_id:
        raise InvalidInput.about("board_id", "belongs to another team")
    faults.point("read.done")
    task_id = new_id()
    stored_text = {**EMPTY_TEXT, **(texts or {})}
    message = text_message(task_id, 1, stored_text)
    with UnitOfWork(actor, entity_id=task_id, version=1) as uow:
        board = lock_board(uow, board_id, "task.create", numbers=1)
        _require_assignee(uow, board.team_id, assignee_id)
        place = place_at_end(uow, board, column_id=column_id, status=status)
        row = {
            "task_id": task_id,
            "team_id": board.team_id,
            "board_id": board_id,
            "column_id": place.column_id,
            "number": board.next_number,
            "rank": place.rank,
            "title": title,
            "status": place.status,
            "priority": priority,
            "assignee_id": assignee_id,
            "created_by": actor.user_id,
            "start_at": start_at,
            "due_at": due_at,
            "version": 1,
            "doc_version": 1,
            "doc_sha": message.sha,
            "tags": stored_text["tags"],
            **_checklist_counts(stored_text["checklist"]),
            "created_at": uow.at,
            "updated_at": uow.at,
            "deleted_at": None,
        }
        uow.update_reference(insert(Task), row)
        uow.stage(core_message(row))
        uow.stage(message)
        shown = (*CORE_FIELDS, *PLACE_FIELDS, "number", "created_by")
        event_id = _record(
            uow,
            board,
            "task.created",
            row,
            None,
            {**{name: row[name] for name in shown}, **stored_text},
        )
        if assignee_id is not None:
            uow.notify(event_id, [assignee_id], "assigned", _subject(row, board))
    return uow.change


def edit_task(
    actor: Actor, task_id: str, *, changes: Mapping[str, Any], version: int | None = None
) -> Change:
    """Change fields of a task; `changes` maps field names to checked values, absent fields stay.

    Fields: title, priority, assignee_id, start_at, due_at, status (moves it to the end of that status's first
    column), column_id, description, tags, custom_fields, checklist. Without `version` the change is made to
    whatever is current.

    Raises:
        NotFound, Forbidden: no access, or no permission ``task.edit``.
        StaleVersion: the task is not at `version` any more; ``current`` is its view.
        InvalidInput: status or assignee do not fit, or a text is malformed.
        WipLimitReached: the column is full.
        Unavailable: a text is to change and its present state can't be read.
    """
    return _retried(_edit_task, actor, task_id, changes=changes, version=version)


def move_task(
    actor: Actor,
    task_id: str,
    *,
    column_id: str,
    before_id: str | None = None,
    after_id: str | None = None,
    version: int | None = None,
) -> Change:
    """Move a task to a column of its board: above `before_id`, below `after_id`, or to the end.

    Raises:
        NotFound, Forbidden: no access, or no permission ``task.move``.
        StaleVersion: the task is not at `version` any more.
        InvalidInput: the column or a neighbour is not on the task's board.
        WipLimitReached: the column is full.
    """
    return _retried(
        _move_task,
        actor,
        task_id,
        column_id=column_id,
        before_id=before_id,
        after_id=after_id,
        version=version,
    )


def delete_task(actor: Actor, task_id: str, *, version: int | None = None) -> Change:
    """Put a task into the trash, from which it can be restored for 30 days.

    Raises:
        NotFound, Forbidden: no access, or no permission ``task.delete``.
        StaleVersion: the task is not at `version` any more.
    """
    return _retried(_delete_task, actor, task_id, version=version)


@once
def restore_task(actor: Actor, task_id: str) -> Change:
    """Take a task out of the trash, to the end of its column (or of the first with its status, if that is gone).

    Raises:
        NotFound, Forbidden: no access, not in the trash, or no permission ``task.restore``.
        WipLimitReached: the column is full.
    """
    row, _ = access_task(actor.user_id, task_id, "task.restore", deleted=True)
    if row["deleted_at"] is None:
        raise NotFound("This task is not in the trash.")
    with UnitOfWork(actor, entity_id=task_id, version=row["version"] + 1) as uow:
        board = lock_board(uow, row["board_id"], "task.restore")
        place = _place_of_restored(uow, board, row)
        after = {
            **row,
            "deleted_at": None,
            "column_id": place.column_id,
            "status": place.status,
            "rank": place.rank,
        }
        _write(uow, board, "task.restored", row, after, extra=("deleted",))
    return uow.change


@once
def _edit_task(
    actor: Actor, task_id: str, *, changes: Mapping[str, Any], version: int | None
) -> Change:
    row, _ = access_task(actor.user_id, task_id, "task.edit")
    _check_version(row, version)
    texts = {name: changes[name] for name in TEXT_FIELDS if name in changes}
    old_text = read_task_text(actor, row) if texts else {}
    row = old_text.pop("reference", row)
    _check_version(row, version)
    new_text = {**old_text, **texts}
    message = (
        text_message(task_id, row["doc_version"] + 1, new_text) if new_text != old_text else None
    )
    faults.point("read.done")
    after = {**row, **{name: changes[name] for name in CORE_FIELDS if name in changes}}
    moves = ("status" in changes and changes["status"] != row["status"]) or (
        "column_id" in changes and changes["column_id"] != row["column_id"]
    )
    if message is None and not moves and after == row:
        return unchanged(actor, entity_id=task_id, version=row["version"])
    with UnitOfWork(actor, entity_id=task_id, version=row["version"] + 1) as uow:
        board = lock_board(uow, row["board_id"], "task.edit")
        if after["assignee_id"] != row["assignee_id"]:
            _require_assignee(uow, board.team_id, after["assignee_id"])
        if moves:
            wanted = {name: changes[name] for name in ("column_id", "status") if name in changes}
            place = place_at_end(uow, board, task_id=task_id, **wanted)
            after |= {"column_id": place.column_id, "status": place.status, "rank": place.rank}
        if message is not None:
            after |= {
                "doc_version": message.version,
                "doc_sha": message.sha,
                "tags": new_text["tags"],
                **_checklist_counts(new_text["checklist"]),
            }
            uow.stage(message)
        _write(
            uow, board, _name_edit(row, after, message is not None), row, after, old_text, new_text
        )
    return uow.change


@once
def _move_task(
    actor: Actor,
    task_id: str,
    *,
    column_id: str,
    before_id: str | None,
    after_id: str | None,
    version: int | None,
) -> Change:
    row, _ = access_task(actor.user_id, task_id, "task.move")
    _check_version(row, version)
    if task_id in (before_id, after_id):
        raise InvalidInput.about("before_id", "must be another task")
    faults.point("read.done")
    with UnitOfWork(actor, entity_id=task_id, version=row["version"] + 1) as uow:
        board = lock_board(uow, row["board_id"], "task.move")
        place = place_between(
            uow, board, task_id=task_id, column_id=column_id, before_id=before_id, after_id=after_id
        )
        after = {**row, "column_id": place.column_id, "status": place.status, "rank": place.rank}
        _write(uow, board, "task.moved", row, after)
    return uow.change


@once
def _delete_task(actor: Actor, task_id: str, *, version: int | None) -> Change:
    row, _ = access_task(actor.user_id, task_id, "task.delete")
    _check_version(row, version)
    with UnitOfWork(actor, entity_id=task_id, version=row["version"] + 1) as uow:
        board = lock_board(uow, row["board_id"], "task.delete")
        _write(uow, board, "task.deleted", row, {**row, "deleted_at": uow.at}, extra=("deleted",))
    return uow.change


def _write(
    uow: UnitOfWork,
    board: LockedBoard,
    event: str,
    row: Mapping[str, Any],
    after: dict[str, Any],
    old_text: Mapping[str, Any] | None = None,
    new_text: Mapping[str, Any] | None = None,
    *,
    extra: tuple[str, ...] = (),
) -> None:
    """Update the reference row from `row` to `after`, stage its copy, write the fact, tell whom it concerns."""
    after |= {"version": row["version"] + 1, "updated_at": uow.at}
    columns = (*CORE_FIELDS, *PLACE_FIELDS, "version", "doc_version", "tags", "checklist_done", "checklist_total",
               "updated_at", "deleted_at")  # fmt: skip
    assignments = ", ".join(f"{name} = :{name}" for name in columns)
    if "doc_sha" in after:
        assignments += ", doc_sha = :doc_sha"
    uow.update_reference(
        text(f"UPDATE tasks SET {assignments} WHERE task_id = :task_id AND version = :expected"),
        {**after, "expected": row["version"]},
    )
    uow.stage(core_message(after))
    states = [
        {name: state[name] for name in (*CORE_FIELDS, *PLACE_FIELDS)}
        | ({"deleted": state["deleted_at"] is not None} if extra else {})
        | {name: texts[name] for name in TEXT_FIELDS if texts and name in texts}
        for state, texts in ((row, old_text), (after, new_text))
    ]
    changed = [name for name in states[1] if states[0].get(name) != states[1][name]]
    before, now = ({name: state[name] for name in changed} for state in states)
    if len(after["rank"]) > LONGEST_RANK:
        now["spread_ranks"] = spread_ranks(uow, board, after["column_id"])
    event_id = _record(uow, board, event, after, before, now)
    if "assignee_id" in changed and after["assignee_id"]:
        uow.notify(event_id, [after["assignee_id"]], "assigned", _subject(after, board))
    if "status" in changed:
        concerned = keep_members(uow, board.team_id, (after["assignee_id"], after["created_by"]))
        subject = _subject(after, board) | {"status": after["status"]}
        uow.notify(event_id, concerned, "status_changed", subject)


def _record(
    uow: UnitOfWork,
    board: LockedBoard,
    event: str,
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
    """What a notification keeps of a task: enough to be read when the task is gone."""
    return {
        "task_id": row["task_id"],
        "key": f"{board.key_prefix}-{row['number']}",
        "title": row["title"],
    }


def _retried(
    service: Any, actor: Actor, task_id: str, *, version: int | None, **wanted: Any
) -> Change:
    """Run a change; when the caller named no version, losing a race against another change means trying again."""
    for attempt in range(ATTEMPTS):
        try:
            change: Change = service(actor, task_id, version=version, **wanted)
        except StaleVersion:
            if version is not None or attempt == ATTEMPTS - 1:
                raise
        else:
            return change
    raise AssertionError("unreachable")


def _check_version(row: Mapping[str, Any], version: int | None) -> None:
    if version is not None and row["version"] != version:
        raise StaleVersion()


def _place_of_restored(uow: UnitOfWork, board: LockedBoard, row: Mapping[str, Any]) -> Place:
    alive = uow.execute(
        text("SELECT 1 FROM columns WHERE column_id = :column_id AND deleted_at IS NULL"),
        {"column_id": row["column_id"]},
    ).first()
    if alive is not None:
        return place_at_end(uow, board, column_id=row["column_id"])
    try:
        return place_at_end(uow, board, status=row["status"])
    except InvalidInput:
        return place_at_end(uow, board)


def _name_edit(row: Mapping[str, Any], after: Mapping[str, Any], text_changed: bool) -> str:
    changed = {name for name in (*CORE_FIELDS, *PLACE_FIELDS) if row[name] != after[name]}
    if text_changed:
        return "task.edited"
    if changed == {"assignee_id"}:
        return "task.assigned"
    if changed and changed <= set(PLACE_FIELDS):
        return "task.status_changed" if "status" in changed else "task.moved"
    return "task.edited"


def _checklist_counts(checklist: list[Mapping[str, Any]]) -> dict[str, int]:
    done = sum(1 for item in checklist if item["done"])
    return {"checklist_done": done, "checklist_total": len(checklist)}


def _require_assignee(uow: UnitOfWork, team_id: str, assignee_id: str | None) -> None:
    if assignee_id is not None and not keep_members(uow, team_id, [assignee_id]):
        raise InvalidInput.about("assignee_id", "must be a member of this team")


def _first_board(actor: Actor, team_id: str | None) -> str:
    if team_id is None:
        raise InvalidInput.about("team_id", "is required")
    access_team(actor.user_id, team_id, "task.create")
    board_id = sql.scalar(
        text(
            "SELECT board_id FROM boards WHERE team_id = :team_id AND deleted_at IS NULL ORDER BY created_at, board_id"
        ),
        {"team_id": team_id},
    )
    if board_id is None:
        raise InvalidInput.about(
            "board_id", "is missing: this team has no board yet, create one first"
        )
    return str(board_id)
