"""The common part of all changes of a task: edits, and undoing them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from taskforge import faults
from taskforge.boards.access import LockedBoard, lock_board
from taskforge.boards.mentions import resolve_new_mentions
from taskforge.boards.people import keep_viewers
from taskforge.errors import InvalidInput, StaleVersion
from taskforge.events import Event
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, unchanged
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.content import read_task_content
from taskforge.tasks.documents import content_message
from taskforge.tasks.editing.placement import NO_MEMBER, Place, place_requested
from taskforge.tasks.editing.writer import update_task
from taskforge.tasks.fields import (
    BY_NAME,
    CONTENT_NAMES,
    CORE_NAMES,
    MENTIONING,
    PLACE_NAMES,
    denormalised_columns,
)
from taskforge.text.moments import begins_after, show_moment

FindPlace = Callable[[UnitOfWork, LockedBoard], Place]


def change_fields(
    actor: Actor,
    row: Mapping[str, Any],
    *,
    permission: str,
    changes: Mapping[str, Any],
    version: int | None = None,
    find_place: FindPlace | None = None,
    event: Event | None = None,
    undoes: str | None = None,
) -> Change:
    """Change fields of a task that was read as `row`; see `taskforge.tasks.service.edit_task` for `changes`.

    `find_place` gives the new place instead of `changes`; `event` is the audit event, which else follows from the
    changed fields; `undoes` is the event that this takes back.

    Raises:
        StaleVersion: the task is not at `version` any more, or another change came first.
        InvalidInput, WipLimitReached, Unavailable: like `taskforge.tasks.service.edit_task`.
    """
    texts = {name: changes[name] for name in CONTENT_NAMES if name in changes}
    row, old_content = read_task_content(actor, row) if texts else (row, {})
    check_version(row, version)
    new_content = {**old_content, **texts}
    message = (
        content_message(row["task_id"], row["doc_version"] + 1, new_content)
        if new_content != old_content
        else None
    )
    mentioned = find_new_mentions(row["board_id"], old_content, texts) if undoes is None else []
    faults.point("read.done")
    after = {**row, **_chosen_values(row, changes)}
    require_order(row, after)
    find_place = find_place or _place_of_edit(row, changes)
    if message is None and find_place is None and after == row:
        return unchanged(actor, entity_id=row["task_id"], version=row["version"])
    with UnitOfWork(actor, entity_id=row["task_id"], version=row["version"] + 1) as uow:
        board = lock_board(uow, row["board_id"], permission)
        if after["assignee_id"] != row["assignee_id"]:
            require_assignee(uow, board.board_id, after["assignee_id"])
        if find_place is not None:
            after |= asdict(find_place(uow, board))
        if message is not None:
            after |= {"doc_version": message.version, "doc_sha": message.sha}
            after |= denormalised_columns(new_content)
            uow.stage(message)
        event = event or _name_edit(row, after, message is not None)
        update_task(
            uow,
            board,
            event,
            row,
            after,
            old_content=old_content,
            new_content=new_content,
            undoes=undoes,
            mentioned=mentioned,
        )
    return uow.change


def may_mention(texts: Mapping[str, Any]) -> bool:
    """Whether one of some texts could name somebody, so that the members must be known."""
    return any("@" in texts.get(name, "") for name in MENTIONING)


def find_new_mentions(
    board_id: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[str]:
    """Those who see the board whom changed texts mention (`after` holds these alone) and did not mention before."""
    found: dict[str, None] = {}
    for name in MENTIONING:
        if name in after and after[name] != before.get(name):
            found |= dict.fromkeys(
                resolve_new_mentions(board_id, before.get(name, ""), after[name])
            )
    return list(found)


def check_version(row: Mapping[str, Any], version: int | None) -> None:
    """Raise StaleVersion unless a row is at the version that the caller has read (None: any)."""
    if version is not None and row["version"] != version:
        raise StaleVersion()


def require_assignee(uow: UnitOfWork, board_id: str, assignee_id: str | None) -> None:
    """Raise InvalidInput unless a new assignee sees the board now."""
    if assignee_id is not None and not keep_viewers(uow, board_id, [assignee_id]):
        raise InvalidInput.about("assignee_id", NO_MEMBER)


def require_order(row: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Raise InvalidInput if a task would now start after it is due. What is so already may stay so."""
    start, due = after["start_at"], after["due_at"]
    is_changed = (start, due) != (row.get("start_at"), row.get("due_at"))
    if is_changed and start is not None and due is not None and begins_after(start, due):
        name = "start_at" if start != row.get("start_at") else "due_at"
        sentence = (
            f"The start ({show_moment(start)}) would be after the due date ({show_moment(due)})."
        )
        raise InvalidInput(sentence, {name: sentence})


def _chosen_values(row: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The new values of the row's fields: what was chosen, as it replaces the present value."""
    return {
        name: BY_NAME[name].kind.replacing(changes[name], row[name])
        for name in CORE_NAMES
        if name in changes
    }


def _place_of_edit(row: Mapping[str, Any], changes: Mapping[str, Any]) -> FindPlace | None:
    """The place that an edit requests; None if it names neither another column or status, nor a neighbour."""
    requested = {name: changes[name] for name in ("column_id", "status") if name in changes}
    if "before_id" not in changes and all(row[name] == value for name, value in requested.items()):
        return None
    return lambda uow, board: place_requested(uow, board, row["task_id"], changes)


def _name_edit(row: Mapping[str, Any], after: Mapping[str, Any], text_changed: bool) -> Event:
    """The event of an edit: that of the one field, or of the place, which changed; else an edit."""
    changed = {name for name in (*CORE_NAMES, *PLACE_NAMES) if row[name] != after[name]}
    if text_changed or not changed:
        return Event.TASK_EDITED
    if changed <= set(PLACE_NAMES):
        return BY_NAME["status" if "status" in changed else "column_id"].event
    return BY_NAME[changed.pop()].event if len(changed) == 1 else Event.TASK_EDITED
