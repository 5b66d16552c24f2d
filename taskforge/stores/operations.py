"""Operations: what makes a retry of an acknowledged change answer the same instead of doing it twice."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from psycopg2.errors import UniqueViolation
from sqlalchemy import Connection

from taskforge.errors import Conflict, Forbidden, InvalidInput, NotFound, StaleVersion, Unavailable
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.direct_execution import execute
from taskforge.stores.prepared_statements import prepared

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Read = TypeVar("Read")
ATTEMPTS = 3
SAME_KEY_OTHER_REQUEST = (
    "This idempotency key was already used for a different request. Use a new one."
)


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a service answers: the entity that changed and its new version.

    ``event_id`` names the (first) audit event of the change, by which it can be undone; None when nothing changed.
    ``replayed`` is true when the same operation had already been done.
    """

    entity_id: str
    version: int
    event_id: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    replayed: bool = False


class Replayed(Exception):
    """This operation was already done; ``change`` is what it answered."""

    def __init__(self, change: Change) -> None:
        super().__init__(change.entity_id)
        self.change = change


# The first statement in the transaction of a change. The same operation in another transaction waits here, and fails
# when this one commits.
INSERT = """
    INSERT INTO operations (user_id, op_id, fingerprint, result)
    VALUES (:op_user_id, :op_id, :op_fingerprint, CAST(:op_result AS jsonb))
"""


def row_of(actor: Actor, change: Change) -> dict[str, Any]:
    """The parameters of `INSERT`: the actor's operation and its answer."""
    return {
        "op_user_id": actor.user_id,
        "op_id": actor.op_id,
        "op_fingerprint": actor.op_fingerprint,
        "op_result": _result(change),
    }


def is_repeated(error: BaseException) -> bool:
    """Whether `INSERT` was refused because the operation is stored already."""
    return isinstance(error, UniqueViolation) and error.diag.table_name == "operations"


def replayed(actor: Actor) -> Replayed:
    """The answer of an operation that is stored already; to be called outside the transaction that was refused.

    Raises:
        InvalidInput: its id was used for another request.
        Unavailable: it was removed in the meantime.
    """
    stored = find_operation(actor)
    if stored is None:
        raise Unavailable(sql.BUSY, retry_after=1)
    return Replayed(stored)


def update(connection: Connection, actor: Actor, change: Change) -> None:
    """Replace the stored answer by one that became known only inside the transaction."""
    if actor.op_id is not None:
        execute(
            connection,
            _UPDATE,
            {"result": _result(change), "user_id": actor.user_id, "op_id": actor.op_id},
        )


def find_operation(actor: Actor) -> Change | None:
    """The stored answer of the actor's operation, or None if it was never acknowledged.

    Raises:
        InvalidInput: the operation id was used for another request.
    """
    if actor.op_id is None:
        return None
    found = sql.row(_FIND, {"user_id": actor.user_id, "op_id": actor.op_id})
    if found is None:
        return None
    if found["fingerprint"] is not None and bytes(found["fingerprint"]) != actor.op_fingerprint:
        raise InvalidInput(SAME_KEY_OTHER_REQUEST)
    return Change(**found["result"], replayed=True)


def unchanged(
    actor: Actor, *, entity_id: str, version: int, extra: Mapping[str, Any] | None = None
) -> Change:
    """The answer when there is nothing to change; to a retry, what its first attempt was answered."""
    stored = find_operation(actor)
    return stored or Change(entity_id=entity_id, version=version, extra=extra or {})


def idempotent(
    service: Callable[Concatenate[Actor, Parameters], Change],
) -> Callable[Concatenate[Actor, Parameters], Change]:
    """Make a service answer a repeated operation with the stored result instead of doing it again.

    A retry may fail before it reaches its operation, because the first try succeeded: its version is stale by now, its
    task is in the trash. Such a failure counts only when the operation was never acknowledged.
    """

    @functools.wraps(service)
    def wrapper(actor: Actor, *args: Parameters.args, **kwargs: Parameters.kwargs) -> Change:
        try:
            return service(actor, *args, **kwargs)
        except Replayed as replayed:
            return replayed.change
        except (Conflict, NotFound, Forbidden, InvalidInput):
            stored = find_operation(actor)
            if stored is None:
                raise
            return stored

    return cast(Callable[Concatenate[Actor, Parameters], Change], wrapper)


def retry_on_stale(attempt: Callable[[], Result], *, version: int | None = None) -> Result:
    """Run a change that begins by reading, and again when another change came between, at most `ATTEMPTS` times.

    A caller who named the `version` that they mean to change as a whole is not retried: they are told of the conflict.
    So is one whose fields stand against those of another change.

    Raises:
        StaleVersion: the named version is not the current one, fields stand against each other, or other changes came
            first every time.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return attempt()
        except StaleVersion as error:
            if version is not None or error.conflicts:
                raise
    return attempt()


def retry_on_stale_preloaded(
    attempt: Callable[[Read | None], Result], preloaded: Read | None
) -> Result:
    """`retry_on_stale`, with what was preloaded for the first attempt alone: a further one must read again."""
    unused = [preloaded]
    return retry_on_stale(lambda: attempt(unused.pop() if unused else None))


def as_json(state: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A state as JSON keeps it: instants as ISO text."""
    if state is None:
        return None
    return {
        key: value.isoformat() if hasattr(value, "isoformat") else value
        for key, value in state.items()
    }


def _result(change: Change) -> str:
    return json.dumps(
        {
            "entity_id": change.entity_id,
            "version": change.version,
            "event_id": change.event_id,
            "extra": as_json(change.extra),
        }
    )


_UPDATE = prepared("""
    UPDATE operations
    SET result = CAST(:result AS jsonb)
    WHERE user_id = :user_id AND op_id = :op_id
""")
_FIND = prepared("""
    SELECT fingerprint, result
    FROM operations
    WHERE user_id = :user_id AND op_id = :op_id
""")
