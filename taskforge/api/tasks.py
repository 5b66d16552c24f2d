"""Tasks: create, read, replace, change, move, delete, restore, and their history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from taskforge.api import serialising
from taskforge.api.blueprints import ApiBlueprint, no_content, takes_version
from taskforge.api.field_schemas import query_terms
from taskforge.api.paging import as_number, read_page
from taskforge.api.schemas import tasks as schemas
from taskforge.api.schemas.base import Nothing, OptionalVersion, Page
from taskforge.api.versions import requested_version, showing_current, tagged
from taskforge.history import task_history as audit
from taskforge.identity.current import current_actor, current_actor_and_preloaded
from taskforge.identity.preload import preload
from taskforge.stores.actor import Actor
from taskforge.tasks import list_queries, queries, service
from taskforge.tasks.access import preloaded_task, task_query
from taskforge.tasks.fields import CONTENT_NAMES, INPUT_FIELDS
from taskforge.tasks.history import undo
from taskforge.tasks.query.errors import PARAMETER
from taskforge.tasks.query.parser import read_query
from taskforge.tasks.task_field import Store

# What a replaced task gets where the request says nothing. Its place has no empty value, so it stays.
DEFAULTS: dict[str, Any] = {
    field.name: field.initial
    for field in INPUT_FIELDS
    if field.store is not Store.PLACE and field.name != "title"
}
# Where null can't mean an empty value, it means: not given.
NEVER_EMPTY = frozenset(
    {field.name for field in INPUT_FIELDS if not field.kind.may_be_empty} | {"board_id"}
)

TERM_PARAMETERS = frozenset(query_terms()) - {PARAMETER}
NO_FILTERS = ("limit", "cursor", "sort")

blueprint = ApiBlueprint("tasks", __name__, topic="Tasks", prefix="/tasks")


@blueprint.get("")
@blueprint.arguments(schemas.TaskFilter, location="query")
@blueprint.response(200, schemas.TaskList)
def list_tasks(query: dict[str, Any]) -> Any:
    """The tasks that somebody sees, without their long texts."""
    actor = current_actor()
    selected = read_query(query.pop(PARAMETER, ""), _pop_terms(query))
    filters = {name: value for name, value in query.items() if name not in NO_FILTERS}
    order = list_queries.read_order(query.get("sort"), selected)
    items, cursor = read_page(
        query,
        lambda after, limit: list_queries.list_tasks(
            actor,
            **filters,
            order=order,
            query=selected,
            after=list_queries.read_place(after, order),
            limit=limit,
        ),
        lambda row: list_queries.place_text(row, order),
        longest=list_queries.MAX_PAGE,
    )
    return {"items": items, "next_cursor": cursor}


@blueprint.post("")
@blueprint.arguments(schemas.NewTask)
@blueprint.response(201, schemas.Task)
def create_task(data: dict[str, Any]) -> Any:
    """Create a task at the end of a column."""
    actor = current_actor()
    fields = _fields(data)
    texts = {name: fields.pop(name) for name in CONTENT_NAMES if name in fields}
    change = service.create_task(actor, **fields, texts=texts)
    return _answer(actor, change.entity_id)


@blueprint.get("/<any_id:task_id>")
@preload(task_query)
@blueprint.response(200, schemas.Task)
def get_task(task_id: str) -> Any:
    """One task. What lies in the trash is not found."""
    actor, found = current_actor_and_preloaded(task_query(task_id))
    return tagged(
        serialising.task(queries.get_task(actor, task_id, preloaded=preloaded_task(found)))
    )


@blueprint.put("/<any_id:task_id>")
@preload(task_query)
@takes_version
@blueprint.arguments(schemas.WholeTask)
@blueprint.response(200, schemas.Task)
def replace_task(data: dict[str, Any], task_id: str) -> Any:
    """Replace all fields of a task; those left out become empty, but status and column stay."""
    return _change(task_id, {**DEFAULTS, **_fields(data)}, requested_version(data))


@blueprint.patch("/<any_id:task_id>")
@preload(task_query)
@takes_version
@blueprint.arguments(schemas.TaskChanges)
@blueprint.response(200, schemas.Task)
def edit_task(data: dict[str, Any], task_id: str) -> Any:
    """Change some fields of a task."""
    return _change(task_id, _fields(data), requested_version(data))


@blueprint.delete("/<any_id:task_id>")
@takes_version
@blueprint.arguments(OptionalVersion, required=False)
@blueprint.response(204)
def delete_task(data: dict[str, Any], task_id: str) -> Response:
    """Put a task into the trash."""
    actor = current_actor()
    with _showing_current(actor, task_id):
        service.delete_task(actor, task_id, version=requested_version(data))
    return no_content()


@blueprint.post("/<any_id:task_id>/move")
@preload(task_query)
@takes_version
@blueprint.arguments(schemas.TaskPlace)
@blueprint.response(200, schemas.Task)
def move_task(data: dict[str, Any], task_id: str) -> Any:
    """Move a task within or between the columns of its board."""
    actor, found = current_actor_and_preloaded(task_query(task_id))
    place = {**data, "version": requested_version(data)}
    with _showing_current(actor, task_id):
        service.move_task(actor, task_id, preloaded=preloaded_task(found), **place)
    return _answer(actor, task_id)


@blueprint.post("/<any_id:task_id>/restore")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, schemas.Task)
def restore_task(_data: dict[str, Any], task_id: str) -> Any:
    """Take a task out of the trash."""
    actor = current_actor()
    with _showing_current(actor, task_id):
        service.restore_task(actor, task_id)
    return _answer(actor, task_id)


@blueprint.post("/<any_id:task_id>/undo")
@blueprint.arguments(schemas.TaskUndo)
@blueprint.response(200, schemas.Task)
def undo_change(data: dict[str, Any], task_id: str) -> Any:
    """Take one change of a task back, if no later one touched the same fields."""
    actor = current_actor()
    undo.undo_change(actor, task_id, data["event_id"])
    return _answer(actor, task_id)


@blueprint.get("/<any_id:task_id>/history")
@blueprint.arguments(Page, location="query")
@blueprint.response(200, schemas.History)
def list_history(query: dict[str, Any], task_id: str) -> Any:
    """What happened to a task and its comments, latest first."""
    actor = current_actor()
    items, cursor = read_page(
        query,
        lambda after, limit: audit.list_history(
            actor, task_id, before_log_id=as_number(after), limit=limit
        ),
        lambda row: row["log_id"],
        longest=audit.PAGE,
    )
    return {"items": map(serialising.history_entry, items), "next_cursor": cursor}


def _pop_terms(query: dict[str, Any]) -> dict[str, str]:
    """The parameters that are terms of queries, taken out of the others."""
    names = [name for name in query if name in TERM_PARAMETERS]
    return {name: query.pop(name) for name in names}


def _change(task_id: str, changes: dict[str, Any], version: int | None) -> Any:
    actor, found = current_actor_and_preloaded(task_query(task_id))
    with _showing_current(actor, task_id):
        service.edit_task(
            actor, task_id, changes=changes, version=version, preloaded=preloaded_task(found)
        )
    return _answer(actor, task_id)


def _answer(actor: Actor, task_id: str) -> Any:
    """The task after a change; a repeated one may find it in the trash by now."""
    return tagged(serialising.task(queries.get_task(actor, task_id, deleted=True)))


def _showing_current(actor: Actor, task_id: str) -> Any:
    return showing_current(
        schemas.Task(), lambda: serialising.task(queries.get_task(actor, task_id, deleted=True))
    )


def _fields(data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a body that are given."""
    return {
        name: value
        for name, value in data.items()
        if name != "version" and not (value is None and name in NEVER_EMPTY)
    }
