"""One act on many cards of a board: all of those that it changes or none, each with an audit event of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from taskforge import faults
from taskforge.boards.access import LockedBoard, access_board, lock_board
from taskforge.errors import InvalidInput
from taskforge.events import Event
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent, retry_on_stale, unchanged
from taskforge.stores.outbox import Message
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.access import task_rows
from taskforge.tasks.bulk.queries import TASKS_OF_BOARD
from taskforge.tasks.content import read_task_contents
from taskforge.tasks.documents import content_message
from taskforge.tasks.editing.changes import require_assignee, require_order
from taskforge.tasks.editing.placement import Place, places_at_end
from taskforge.tasks.editing.writer import update_task
from taskforge.tasks.field_kinds import Person
from taskforge.tasks.fields import IN_MENUS, denormalised_columns
from taskforge.tasks.task_field import Store, TaskField
from taskforge.teams.permissions import Permission
from taskforge.text.normal_form import fold
from taskforge.text.validation import MAX_TAGS

# Cards in one unit of work: the request guard refuses forms of more than 200 fields.
MAX_AT_ONCE = 150


@dataclass(frozen=True, kw_only=True)
class RowEdit:
    """What becomes of one task: its row as it was read, the core fields and the texts that change, the event undone."""

    row: sql.Row
    core: Mapping[str, Any] = field(default_factory=dict)
    old_content: Mapping[str, Any] | None = None
    message: Message | None = None
    new_content: Mapping[str, Any] | None = None
    undoes: str | None = None


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something that is done to many cards: to one field, or (without one) putting them into the trash.

    ``change`` makes the new value of a list from the row and what was chosen; all other fields get what was chosen.
    """

    event: Event
    permission: str
    sentence: str
    empty: str = ""
    field: TaskField | None = None
    value: Any = None
    change: Callable[[sql.Row, Sequence[str]], list[str]] | None = None

    @property
    def store(self) -> Store | None:
        """Where the field lives that it changes."""
        return self.field.store if self.field else None


def _add_tags(row: sql.Row, tags: Sequence[str]) -> list[str]:
    known = {fold(tag) for tag in row["tags"]}
    after = [*row["tags"], *(tag for tag in tags if fold(tag) not in known)]
    if len(after) > MAX_TAGS:
        raise InvalidInput(
            f"“{row['title']}” would have {len(after)} tags, and a card has at most {MAX_TAGS}. Nothing was changed."
        )
    return after


def _remove_tags(row: sql.Row, tags: Sequence[str]) -> list[str]:
    removed = {fold(tag) for tag in tags}
    return [tag for tag in row["tags"] if fold(tag) not in removed]


def _declared_acts() -> dict[str, Act]:
    """The acts that the fields declare; those that change the place of a card need the permission to move it."""
    return {
        act.name: Act(
            event=field.event,
            permission=Permission.TASK_MOVE if field.store is Store.PLACE else field.permission,
            sentence=act.sentence,
            empty=act.empty,
            field=field,
            value=act.value,
            change=CHANGES_OF_LISTS.get(act.name),
        )
        for field in IN_MENUS
        for act in field.bulk_acts
    }


CHANGES_OF_LISTS = {"add_tags": _add_tags, "remove_tags": _remove_tags}
ACTS = {
    **_declared_acts(),
    "delete": Act(
        event=Event.TASK_DELETED, permission=Permission.TASK_DELETE, sentence="put into the trash"
    ),
}


@idempotent
def edit_tasks(
    actor: Actor, *, board_id: str, task_ids: Sequence[str], act: str, value: Any = None
) -> Change:
    """Do one of `ACTS` to cards of a board, at any version; cards that have the value already are not changed.

    `value` is one of the field, or the tags to add or remove; done and delete need none.
    Cards that move keep their order among each other, at the end of the column. ``extra`` holds ``versions`` by task
    id of those that changed, the ids ``skipped`` and those ``gone``: in the trash, or not on this board.

    Raises:
        NotFound, Forbidden: no access to the board, or no permission for the act.
        InvalidInput: none or too many cards, no such column, no member of the team, or too many tags on a card.
        WipLimitReached: the column has no room for all of them.
        StaleVersion: others change these cards again and again at this moment.
        Unavailable: tags are to change, and the present text of a card can't be read.
    """
    chosen = ACTS[act]
    value = value if chosen.value is None else chosen.value
    access_board(actor.user_id, board_id, chosen.permission)
    ids = list(dict.fromkeys(task_ids))
    if not 1 <= len(ids) <= MAX_AT_ONCE:
        raise InvalidInput(f"Select between 1 and {MAX_AT_ONCE} cards.")
    return retry_on_stale(lambda: _edit(actor, board_id, ids, chosen, value))


def write_edits(
    uow: UnitOfWork,
    board: LockedBoard,
    event: Event,
    edits: Sequence[RowEdit],
    place_of: Callable[[sql.Row], Place | None] = lambda row: None,
) -> None:
    """Write edits under a lock that has a sequence number for each; `place_of` is called just before each write.

    Raises:
        StaleVersion: another change came first.
    """
    for step, edit in enumerate(edits):
        after = {**edit.row, **edit.core}
        if place := place_of(edit.row):
            after |= asdict(place)
        if edit.message is not None and edit.new_content is not None:
            after |= {"doc_version": edit.message.version, "doc_sha": edit.message.sha}
            after |= denormalised_columns(edit.new_content)
            uow.stage(edit.message)
        update_task(
            uow,
            board.at(step),
            event,
            edit.row,
            after,
            old_content=edit.old_content,
            new_content=edit.new_content,
            undoes=edit.undoes,
        )


def with_texts(
    rows: Sequence[sql.Row], changes: Mapping[str, Mapping[str, Any]]
) -> dict[str, RowEdit]:
    """The edits, by task id, that change texts; `changes` holds the new fields by task id.

    Raises:
        StaleVersion, Unavailable: like `read_task_contents`.
    """
    changed = [row for row in rows if row["task_id"] in changes]
    texts = read_task_contents(changed) if changed else {}
    edits = {}
    for row in changed:
        task_id = row["task_id"]
        old = texts[task_id]
        new = {**old, **changes[task_id]}
        message = content_message(task_id, row["doc_version"] + 1, new)
        edits[task_id] = RowEdit(row=row, old_content=old, new_content=new, message=message)
    return edits


def read_tasks(board_id: str, ids: Sequence[str]) -> Sequence[sql.Row]:
    """Those of some tasks that are or were on a board, in its order, each with its ``pending_content``."""
    return task_rows(TASKS_OF_BOARD, {"board_id": board_id, "ids": list(ids)})


def _edit(actor: Actor, board_id: str, ids: Sequence[str], act: Act, value: Any) -> Change:
    rows = [row for row in read_tasks(board_id, ids) if row["deleted_at"] is None]
    edits = _find_edits(rows, act, value)
    found = {row["task_id"] for row in rows}
    changed = {edit.row["task_id"]: edit.row["version"] + 1 for edit in edits}
    extra = {
        "versions": changed,
        "skipped": [task_id for task_id in ids if task_id in found and task_id not in changed],
        "gone": [task_id for task_id in ids if task_id not in found],
    }
    if not edits:
        return unchanged(actor, entity_id=board_id, version=0, extra=extra)
    faults.point("read.done")
    with UnitOfWork(actor, entity_id=board_id, version=0, extra=extra) as uow:
        board = lock_board(uow, board_id, act.permission, changes=len(edits))
        if act.field is not None and isinstance(act.field.kind, Person):
            require_assignee(uow, board.board_id, value)
        if act.field is None:
            edits = [RowEdit(row=edit.row, core={"deleted_at": uow.at}) for edit in edits]
        write_edits(uow, board, act.event, edits, _find_places(uow, board, edits, act, value))
    return uow.change


def _find_edits(rows: Sequence[sql.Row], act: Act, value: Any) -> list[RowEdit]:
    """What changes about which row, in their order; rows that are so already are left out."""
    if act.field is None:
        return [RowEdit(row=row) for row in rows]
    name = act.field.name
    after = {row["task_id"]: _value_of(row, act, value) for row in rows}
    changed = [row for row in rows if row[name] != after[row["task_id"]]]
    if act.store is Store.CONTENT:
        content = {row["task_id"]: {name: after[row["task_id"]]} for row in changed}
        return list(with_texts(rows, content).values())
    if act.store is Store.PLACE:
        return [RowEdit(row=row) for row in changed]
    for row in changed:
        _require_order(row, {**row, name: after[row["task_id"]]})
    return [RowEdit(row=row, core={name: after[row["task_id"]]}) for row in changed]


def _value_of(row: sql.Row, act: Act, value: Any) -> Any:
    """What a task has of the field after the act."""
    if act.change:
        return act.change(row, value)
    return act.field.kind.replacing(value, row[act.field.name]) if act.field else value


def _require_order(row: sql.Row, after: sql.Row) -> None:
    try:
        require_order(row, after)
    except InvalidInput as error:
        raise InvalidInput(f"{row['key']}: {error.message} Nothing was changed.") from error


def _find_places(
    uow: UnitOfWork, board: LockedBoard, edits: Sequence[RowEdit], act: Act, value: Any
) -> Callable[[sql.Row], Place | None]:
    if act.field is None or act.store is not Store.PLACE:
        return lambda row: None
    places = places_at_end(
        uow, board, number=len(edits), refused="Nothing was moved.", **{act.field.name: value}
    )
    by_task = {edit.row["task_id"]: place for edit, place in zip(edits, places, strict=True)}
    return lambda row: by_task[row["task_id"]]
