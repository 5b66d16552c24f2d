"""The history of a task for its pages: the changes of each event, and whether it can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from taskforge import clock
from taskforge.comments.queries import may_restore
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import as_json
from taskforge.stores.retention import RESTORABLE_FOR
from taskforge.tasks.fields import BY_NAME, RESTORABLE, earlier_value, plain_state
from taskforge.tasks.history.events import PERMISSIONS, TRASH, AuditEvent, find_obstacle, list_later
from taskforge.tasks.history.undo import describe_obstacle
from taskforge.tasks.queries import list_names
from taskforge.teams.access import Membership
from taskforge.teams.permissions import Permission
from taskforge.text.people import person_of
from taskforge.web.tasks.history_entries import TextComparison, mentioned_people, show_entry

_UNKNOWN = object()  # the present value of content is in MongoDB, which is not read here


def show_history(
    actor: Actor,
    row: sql.Row,
    membership: Membership,
    entries: Sequence[sql.Row],
    *,
    whole: bool = False,
) -> list[dict[str, Any]]:
    """The audit events of a task with `row`, for templates; with ``whole=True`` their texts are not shortened."""
    names = list_names(row["board_id"], mentioned_people(entries))
    audit_events = list_later(row["task_id"], 0)
    by_event = {audit_event.event_id: audit_event for audit_event in audit_events}
    comparison = TextComparison(whole=whole)
    shown = []
    for entry in entries:
        one = show_entry(entry, names, comparison)
        audit_event = by_event.get(entry["event_id"])
        one |= _undo_state(row, membership, audit_event, audit_events)
        one["restore_comment_id"] = _restorable_comment(actor, row, membership, entry)
        is_editable = (
            audit_event is not None
            and row["deleted_at"] is None
            and membership.may(Permission.TASK_EDIT)
        )
        # A single change that can be undone needs no second button that does the same.
        needed = whole or len(one["changes"]) > 1 or one["obstacle"] is not None
        undone = one["obstacle"] is not None and one["obstacle"]["is_undoing"]
        for change in one["changes"]:
            name, before = change["name"], (entry["previous_state"] or {}).get(change["name"])
            change["may_restore"] = (
                is_editable
                and (name != "column_id" or membership.may(Permission.TASK_MOVE))
                and needed
                and not undone
                and name in RESTORABLE
                and as_json(_present(row, name)) != as_json(_logged(name, before))
            )
        shown.append(one)
    return shown


def _restorable_comment(
    actor: Actor, row: sql.Row, membership: Membership, entry: sql.Row
) -> str | None:
    """The id of the comment whose last deletion an entry is, if the actor may take that back; else None."""
    deleted_at = entry["comment_deleted_at"]
    if deleted_at is None or entry["entity_version"] != entry["comment_version"]:
        return None
    if row["deleted_at"] is not None or deleted_at < clock.now() - RESTORABLE_FOR:
        return None
    author_id, deleter_id = entry["comment_author_id"], entry["actor_id"]
    allowed = may_restore(actor.user_id, membership.permissions, author_id, deleter_id)
    return str(entry["entity_id"]) if allowed else None


def _present(row: sql.Row, name: str) -> dict[str, Any]:
    return plain_state({name: row[name]}) if name in row else {name: _UNKNOWN}


def _logged(name: str, value: Any) -> dict[str, Any]:
    """A value of the audit log as it would be written now: older versions wrote some of them otherwise."""
    return plain_state({name: earlier_value(name, value)}) if name in BY_NAME else {name: value}


def _undo_state(
    row: sql.Row,
    membership: Membership,
    audit_event: AuditEvent | None,
    audit_events: Sequence[AuditEvent],
) -> dict[str, Any]:
    """Whether an audit event may be undone now, or the later event that prevents it."""
    refused = {"may_undo": False, "obstacle": None}
    if (
        audit_event is None
        or not audit_event.undoable
        or not membership.may(PERMISSIONS[audit_event.event])
    ):
        return refused
    obstacle = find_obstacle(audit_event, audit_events)
    if obstacle is not None:
        found = {
            "who": person_of(
                obstacle.actor_id, obstacle.actor_name, picture=obstacle.actor_picture
            ),
            "did": describe_obstacle(audit_event, obstacle),
            "at": obstacle.at,
            "is_undoing": obstacle.undoes == audit_event.event_id,
        }
        return {**refused, "obstacle": found}
    in_trash = row["deleted_at"] is not None
    return {**refused, "may_undo": not in_trash or audit_event.undoable == {TRASH}}
