"""Undoing single changes of a task, each as a new change of its own; and bringing earlier values back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from taskforge.accounts.queries import list_display_names
from taskforge.errors import Conflict, InvalidInput
from taskforge.events import EVENTS, Event
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent, retry_on_stale
from taskforge.tasks.access import access_task
from taskforge.tasks.content import read_task_content
from taskforge.tasks.editing.changes import (
    FindPlace,
    change_fields,
)
from taskforge.tasks.editing.checklist import bring_steps_back
from taskforge.tasks.editing.placement import place_back
from taskforge.tasks.editing.trash import put_into_trash, take_from_trash
from taskforge.tasks.fields import (
    CONTENT_NAMES,
    CORE_NAMES,
    EMPTY_CONTENT,
    RESTORABLE,
    earlier_value,
    name_fields,
)
from taskforge.tasks.history.events import (
    CHECKLIST,
    IN_AND_OUT,
    MAX_LATER,
    PERMISSIONS,
    PLACE,
    STEPS,
    AuditEvent,
    find_obstacle,
    get_audit_event,
    get_checklist_after,
    list_later,
)
from taskforge.tasks.service import edit_task
from taskforge.teams.access import Membership
from taskforge.teams.permissions import Permission
from taskforge.text.moments import show_when

TRASHINGS: dict[str, str] = {
    Event.TASK_DELETED: "moved the task to the trash",
    Event.TASK_RESTORED: "restored the task",
}


def undo_change(actor: Actor, task_id: str, event_id: str) -> Change:
    """Take one change of a task back, made by anybody: a new change, whose audit event names the event that it undoes.

    Undoing a deletion restores, undoing a creation or a restoration deletes, undoing an undoing does it again.

    Raises:
        NotFound: the task is not visible to the actor, or the event is none of this task.
        Forbidden: no permission for what the undoing does.
        Conflict: a later change touched the same field; column or assignee are not available; the task is trashed.
        WipLimitReached: the column that it would go back to is full.
        Unavailable: a text is to change and its present state can't be read.
    """
    return retry_on_stale(lambda: _undo_change(actor, task_id, event_id=event_id))


def restore_value(
    actor: Actor, task_id: str, *, event_id: str, field: str, version: int | None
) -> Change:
    """Give a field the value again that it had before a change: an edit like any other.

    Raises:
        NotFound: the task is not visible to the actor, or the event is none of this task.
        InvalidInput: the change did not change that field.
        Forbidden: a column, and no permission ``task.move``.
        Everything that `taskforge.tasks.service.edit_task` raises.
    """
    _, membership = access_task(actor.user_id, task_id, Permission.TASK_EDIT, deleted=True)
    if field == "column_id":
        membership.require(Permission.TASK_MOVE)
    _, before = get_audit_event(task_id, event_id)
    if field not in RESTORABLE or field not in before:
        raise InvalidInput.about("field", "was not changed by that change")
    changes = {field: earlier_value(field, before[field])}
    try:
        return edit_task(actor, task_id, changes=changes, version=version)
    except InvalidInput as error:
        raise _explained(error, before) from error


def require_any_right(membership: Membership) -> None:
    """Raise Forbidden for those who may take nothing back at all."""
    if not any(membership.may(permission) for permission in PERMISSIONS.values()):
        membership.require(Permission.TASK_EDIT)


@idempotent
def _undo_change(actor: Actor, task_id: str, *, event_id: str) -> Change:
    row, membership = access_task(actor.user_id, task_id, deleted=True)
    require_any_right(membership)
    audit_event, before = get_audit_event(task_id, event_id)
    if not audit_event.undoable:
        raise Conflict("This changed nothing that could be undone.")
    membership.require(PERMISSIONS[audit_event.event])
    _refuse_if_too_late(audit_event, row)
    if audit_event.event == Event.TASK_DELETED:
        return take_from_trash(actor, row, undoes=event_id)
    if audit_event.event in IN_AND_OUT:
        return put_into_trash(actor, row, undoes=event_id)
    fields = [name for name in (*CORE_NAMES, *CONTENT_NAMES) if name in before]
    earlier = {name: earlier_value(name, before[name]) for name in fields}
    if audit_event.undoable == {STEPS}:
        row, texts = read_task_content(actor, row)
        present = {**EMPTY_CONTENT, **texts}[CHECKLIST]
        later = get_checklist_after(event_id)
        earlier = {CHECKLIST: bring_steps_back(present, earlier[CHECKLIST], later)}
    try:
        return change_fields(
            actor,
            row,
            permission=PERMISSIONS[audit_event.event],
            changes=earlier,
            version=row["version"],  # the check of later changes was made for this version
            find_place=_place_before(row, before) if PLACE in audit_event.undoable else None,
            event=EVENTS[audit_event.event],
            undoes=event_id,
        )
    except InvalidInput as error:
        raise _explained(error, before) from error


def find_refusal(audit_event: AuditEvent, row: sql.Row, later: Sequence[AuditEvent]) -> str | None:
    """Why an audit event can't be undone any more, as a sentence; `later` are those after it, latest first."""
    known = [one for one in later if one.version <= row["version"]]
    obstacle = find_obstacle(audit_event, known)
    if obstacle is not None:
        return _say_obstacle(audit_event, obstacle)
    if len(known) >= MAX_LATER:
        return "Too much has happened since to undo this safely. Change it by hand."
    if row["deleted_at"] is not None and audit_event.event != Event.TASK_DELETED:
        return "This task is in the trash. Restore it first."
    return None


def _refuse_if_too_late(audit_event: AuditEvent, row: sql.Row) -> None:
    refusal = find_refusal(audit_event, row, list_later(row["task_id"], audit_event.version))
    if refusal is not None:
        raise Conflict(refusal)


def describe_obstacle(audit_event: AuditEvent, obstacle: AuditEvent) -> str:
    """What somebody did later, so that an event can't be undone; completes a sentence that begins with their name."""
    if obstacle.undoes == audit_event.event_id:
        return "undid this"
    if obstacle.event in IN_AND_OUT:
        return TRASHINGS[obstacle.event]
    return f"changed the {name_fields(obstacle.touched & audit_event.undoable)}"


def _say_obstacle(audit_event: AuditEvent, obstacle: AuditEvent) -> str:
    who, did = obstacle.actor_name or "TaskForge", describe_obstacle(audit_event, obstacle)
    when = show_when(obstacle.at)
    if obstacle.undoes == audit_event.event_id:
        return f"{who} {did} already, {when}."
    return f"{who} {did} later, {when}. Undo that first, or change the task by hand."


def _place_before(row: sql.Row, before: Mapping[str, Any]) -> FindPlace:
    column_id = before.get("column_id", row["column_id"])
    rank = before.get("rank", row["rank"])
    return lambda uow, board: place_back(
        uow, board, task_id=row["task_id"], column_id=column_id, rank=rank
    )


def _explained(error: InvalidInput, before: Mapping[str, Any]) -> Conflict:
    """The conflict behind a refused earlier value: it was valid once, so that what it names was removed since."""
    if "assignee_id" in error.fields:
        assignee_id = before["assignee_id"]
        name = list_display_names([assignee_id]).get(assignee_id, "The assignee")
        return Conflict(
            f"{name} does not belong to this team any more. Assign the task to somebody else."
        )
    if "column_id" in error.fields:
        return Conflict("That column is gone. Move the card to another one.")
    return Conflict(error.message)
