"""Changing a checklist item by item: concurrent changes of different items do not conflict."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from taskforge.errors import InvalidInput, NotFound
from taskforge.ids import new_id
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent, retry_on_stale_preloaded
from taskforge.tasks.access import TaskAccess, access_task
from taskforge.tasks.content import read_task_content
from taskforge.tasks.documents import MAX_CHECKLIST_ITEMS
from taskforge.tasks.editing.changes import change_fields
from taskforge.tasks.fields import EMPTY_CONTENT
from taskforge.teams.permissions import Permission

Items = list[dict[str, Any]]


def tick_item(
    actor: Actor,
    task_id: str,
    item_id: str,
    *,
    done: bool,
    preloaded: TaskAccess | None = None,
) -> Change:
    """Mark one line of a checklist as done, or as not done.

    `preloaded` is what `access_task` would answer, if the request has read it.

    Raises:
        NotFound, Forbidden: no access, no such item, or no permission ``task.edit``.
        Unavailable: the checklist can't be read now.
    """

    def tick(items: Items) -> Items:
        return [
            {**item, "done": done} if item["item_id"] == item_id else item
            for item in _holding(items, item_id)
        ]

    return _change(actor, task_id, tick, preloaded)


def remove_item(
    actor: Actor, task_id: str, item_id: str, *, preloaded: TaskAccess | None = None
) -> Change:
    """Take one line out of a checklist. `preloaded` and what is raised: like `tick_item`."""
    return _change(
        actor,
        task_id,
        lambda items: [item for item in _holding(items, item_id) if item["item_id"] != item_id],
        preloaded,
    )


def add_item(
    actor: Actor, task_id: str, *, words: str, preloaded: TaskAccess | None = None
) -> Change:
    """Add a line at the end of a checklist; `preloaded` as for `tick_item`.

    Raises:
        NotFound, Forbidden, Unavailable: like `tick_item`.
        InvalidInput: the checklist is full.
    """
    item = {"item_id": new_id(), "text": words, "done": False}

    def add(items: Items) -> Items:
        if len(items) >= MAX_CHECKLIST_ITEMS:
            raise InvalidInput.about("text", f"is one too many: {MAX_CHECKLIST_ITEMS} are the most")
        return [*items, item]

    return _change(actor, task_id, add, preloaded)


def bring_steps_back(present: Items, earlier: Items, later: Items) -> Items:
    """The present steps with those that one change took out, which made the checklist `later` of `earlier`.

    Each comes behind the nearest one that it followed and that is there. What is there already stays as it is.

    Raises:
        InvalidInput: the checklist would be too long.
    """
    items = list(present)
    kept = {step["item_id"] for step in later}
    place = 0
    for step in earlier:
        ids = [item["item_id"] for item in items]
        if step["item_id"] in ids:
            place = ids.index(step["item_id"]) + 1
        elif step["item_id"] not in kept:
            items.insert(place, step)
            place += 1
    if len(items) > MAX_CHECKLIST_ITEMS:
        raise InvalidInput.about("checklist", f"can hold at most {MAX_CHECKLIST_ITEMS} steps")
    return items


@idempotent  # a repeated request would find its line missing, or the list full
def _change(
    actor: Actor,
    task_id: str,
    change: Callable[[Items], Items],
    preloaded: TaskAccess | None,
) -> Change:
    """Apply a change to the current items, and again to newer ones if another change came first."""

    def attempt(found: TaskAccess | None) -> Change:
        row, _ = access_task(actor.user_id, task_id, Permission.TASK_EDIT, preloaded=found)
        row, texts = read_task_content(actor, row)
        items = change({**EMPTY_CONTENT, **texts}["checklist"])
        return change_fields(
            actor, row, permission=Permission.TASK_EDIT, changes={"checklist": items}
        )

    return retry_on_stale_preloaded(attempt, preloaded)


def _holding(items: Items, item_id: str) -> Items:
    if all(item["item_id"] != item_id for item in items):
        raise NotFound("This line of the checklist is gone.")
    return items
