"""The unit of work: the one way in which anything changes.

One SQL transaction holds the operation (idempotency), the changed rows, the audit fact, the outbox messages and the
notification intents. COMMIT is the only acknowledgement. What follows (bringing MongoDB up to date, publishing the
live hint, ringing the workers) is best effort: the relay repeats it until it has happened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, Self, cast

import structlog
from sqlalchemy import Connection, CursorResult, Executable, insert

from taskforge import clock, faults, jobs, live
from taskforge.errors import StaleVersion, Unavailable
from taskforge.events import ACTIONS
from taskforge.extensions import db
from taskforge.ids import new_id
from taskforge.stores import mongo, operations, outbox, sql
from taskforge.stores.actor import Actor
from taskforge.stores.models import AuditLog, NotificationIntent
from taskforge.stores.operations import Change, as_json
from taskforge.stores.outbox import Message
from taskforge.stores.registers import TEXT

MOST_APPLIED = (
    20  # texts that a request brings to MongoDB itself; of more, the relay takes the rest
)
log = structlog.get_logger()


class UnitOfWork:
    """A transaction with its operation, audit facts, outbox messages and intents; use it as a context manager.

    Raises on entry:
        Replayed: the actor's operation was already acknowledged (`once` turns it into the stored answer).
        InvalidInput: the operation id was used for another request.
        Unavailable: PostgreSQL can't be asked.
    """

    def __init__(
        self, actor: Actor, *, entity_id: str, version: int, extra: Mapping[str, Any] | None = None
    ) -> None:
        self.actor = actor
        self.at = clock.now()
        self.change = Change(
            entity_id=entity_id, version=version, event_id=new_id(), extra=dict(extra or {})
        )
        self._connection: Connection | None = None
        self._answer_changed = False
        self._audit: list[dict[str, Any]] = []
        self._messages: list[Message] = []
        self._intents: list[dict[str, Any]] = []
        self._hints: list[tuple[str, dict[str, Any]]] = []

    def __enter__(self) -> Self:
        faults.point("tx.begin")
        with sql.translated():
            self._open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._connection is not None
        if error is not None:
            self._connection.close()
            return
        try:
            with sql.translated():
                self._flush()
                faults.point("tx.before_commit")
            self._commit()
        finally:
            self._connection.close()
        faults.point("tx.after_commit")
        self._follow_up()

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run a statement inside the transaction. Raises `Unavailable` when PostgreSQL goes away."""
        assert self._connection is not None
        with sql.translated():
            return self._connection.execute(statement, parameters)

    def row(self, statement: Executable, parameters: Any = None) -> sql.Row | None:
        """The first row of a statement inside the transaction, or None."""
        return cast(sql.Row | None, self.execute(statement, parameters).mappings().first())

    def update_reference(self, statement: Executable, parameters: Any = None) -> None:
        """Run the UPDATE (or INSERT) of the reference row, which names the version that was read.

        Raises:
            StaleVersion: another change came first.
        """
        if self.execute(statement, parameters).rowcount != 1:
            raise StaleVersion()
        faults.point("tx.ref_updated")

    def record(
        self,
        event: str,
        *,
        entity_type: str,
        entity_id: str,
        version: int | None = None,
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any] | None,
        team_id: str | None = None,
        board_id: str | None = None,
        board_seq: int | None = None,
        task_id: str | None = None,
    ) -> str:
        """Write the audit fact of this change; answers its event id. Events and their actions: `taskforge.events`.

        `task_id` names the card on which the change shows, where that is not the entity itself.
        """
        # The answer is stored before the fact is known, and names it all the same.
        event_id = new_id() if self._audit else self.change.event_id
        assert event_id is not None
        self._audit.append(
            {
                "event_id": event_id,
                "event": event,
                "entity_type": entity_type,
                "entity_id": entity_id,
                "entity_version": version,
                "action": ACTIONS[event],
                "actor_id": self.actor.user_id,
                "action_timestamp": self.at,
                "previous_state": as_json(before),
                "new_state": as_json(after),
                "ip_address": self.actor.ip,
                "user_agent": self.actor.user_agent,
                "team_id": team_id,
                "board_id": board_id,
                "board_seq": board_seq,
                "operation_id": self.actor.op_id,
            }
        )
        if board_id is not None:
            hint = {
                "seq": board_seq,
                "event": event,
                "id": entity_id,
                "version": version,
                "actor": self.actor.user_id,
                "task": task_id,
            }
            self._hints.append((board_id, hint))
        return event_id

    def answer(self, *, version: int | None = None, **extra: Any) -> None:
        """Change what the service will answer, when it is known only inside the transaction."""
        old = self.change
        self.change = replace(
            old,
            version=old.version if version is None else version,
            extra={**old.extra, **extra},
        )
        self._answer_changed = True

    def stage(self, message: Message) -> None:
        """Send a register's new version to MongoDB: text in this request, core by the relay."""
        self._messages.append(message)

    def notify(
        self, event_id: str, user_ids: Sequence[str], kind: str, payload: Mapping[str, Any]
    ) -> None:
        """Tell people of an event; the actor is never told of their own change, and nobody twice of one event."""
        told = {intent["user_id"] for intent in self._intents if intent["event_id"] == event_id}
        for user_id in dict.fromkeys(user_ids):
            if user_id != self.actor.user_id and user_id not in told:
                self._intents.append(
                    {
                        "event_id": event_id,
                        "user_id": user_id,
                        "kind": kind,
                        "payload": as_json(payload),
                        "created_at": self.at,
                    }
                )

    def _open(self) -> None:
        for attempt in (1, 2):
            connection = db.engine.connect()
            try:
                operations.insert(connection, self.actor, self.change)
            except BaseException as error:
                connection.close()
                stale_connection = getattr(error, "connection_invalidated", False)
                if attempt == 2 or not stale_connection:
                    raise
            else:
                self._connection = connection
                return

    def _commit(self) -> None:
        assert self._connection is not None
        try:
            with sql.translated():
                self._connection.commit()
        except Unavailable as error:
            raise Unavailable(sql.UNCERTAIN, retry_after=error.retry_after) from error

    def _flush(self) -> None:
        assert self._connection is not None
        if self._answer_changed:
            operations.update(self._connection, self.actor, self.change)
        if self._audit:
            self._connection.execute(insert(AuditLog), self._audit)
        faults.point("tx.audit_inserted")
        if self._messages:
            outbox.insert(self._connection, self._messages)
        if self._intents:
            self._connection.execute(insert(NotificationIntent), self._intents)

    def _follow_up(self) -> None:
        """Everything after COMMIT. Nothing here may fail the request: the change is acknowledged."""
        texts = [message for message in self._messages if message.register == TEXT]
        left = [message for message in texts[:MOST_APPLIED] if not _apply(message)]
        left += texts[MOST_APPLIED:]
        if left:
            _hand_over(left)
        self.change = replace(self.change, syncing=bool(left))
        faults.point("publish.before")
        live.publish(self._hints)
        faults.point("rq.enqueue.before")
        if self._audit:
            jobs.ring(jobs.AUDIT)
        if self._intents:
            jobs.ring(jobs.NOTIFICATIONS)
        faults.point("ack.before")


def _apply(message: Message) -> bool:
    try:
        outbox.apply(message)
    except (mongo.DocumentsUnavailable, Unavailable) as error:
        log.warning(
            "apply_postponed", entity=message.entity_type, id=message.entity_id, why=str(error)
        )
        return False
    except Exception:
        log.exception("apply_failed", entity=message.entity_type, id=message.entity_id)
        return False
    return True


def _hand_over(messages: list[Message]) -> None:
    try:
        outbox.hand_over(messages)
    except Unavailable:
        return  # the relay finds them when the lease has run out
