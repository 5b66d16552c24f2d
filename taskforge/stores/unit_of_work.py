"""The unit of work: the one way in which anything changes.

One SQL transaction holds the operation (idempotency), the changed rows, the audit events, the outbox messages and the
notification intents. COMMIT is the only acknowledgement. What follows (MongoDB, live hints, waking the workers) is
best effort: the relay repeats it until it has happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, Self, cast

from sqlalchemy import Connection, CursorResult, Executable

from taskforge import clock, faults
from taskforge.errors import StaleVersion, Unavailable
from taskforge.events import Event
from taskforge.ids import new_id
from taskforge.live.hints import ENCODED_END, ENCODED_REFRESH, encode_change
from taskforge.messaging import publishing, queues
from taskforge.notification_kinds import NotificationKind
from taskforge.stores import change_writer, operations, sql, substitutes
from taskforge.stores.actor import Actor
from taskforge.stores.applying import apply_contents
from taskforge.stores.beginning import begin
from taskforge.stores.change_writer import Reference
from taskforge.stores.direct_execution import Rows, execute
from taskforge.stores.operations import Change, as_json
from taskforge.stores.outbox import Message
from taskforge.stores.prepared_statements import prepared


class UnitOfWork:
    """A transaction with its operation, audit events, outbox messages and intents; use it as a context manager.

    The transaction begins, with its operation, at the first statement.

    Raises then:
        Replayed: the actor's operation was already acknowledged (`idempotent` turns it into the stored answer).
        InvalidInput: the operation id was used for another request.
        Unavailable: PostgreSQL can't be asked.
        Suspended (at the end, with nothing changed): the actor was suspended meanwhile.
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
        self._reference: Reference | None = None
        self._answer_changed = False
        self._events: list[dict[str, Any]] = []
        self._messages: list[Message] = []
        self._intents: list[dict[str, Any]] = []
        self._fan_outs: list[dict[str, Any]] = []
        self._hints: list[tuple[str, dict[str, Any]]] = []
        self._to_people: dict[str, bytes] = {}
        self._queues: list[str] = []

    def __enter__(self) -> Self:
        substitutes.refuse_writes()
        faults.point("tx.begin")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is not None:
                return
            with sql.translated():
                self._flush()
                faults.point("tx.before_commit")
            self._commit()
        finally:
            if self._connection is not None:
                self._connection.close()
        faults.point("tx.after_commit")
        self._follow_up()

    def execute(self, statement: Executable, parameters: Any = None) -> Rows | CursorResult[Any]:
        """Run a statement inside the transaction. Raises `Unavailable` when PostgreSQL goes away."""
        with sql.translated():
            self._write_reference()
            return execute(self._begun(), statement, parameters)

    def lock(self, statements: tuple[str, ...], parameters: Mapping[str, Any]) -> sql.Row | None:
        """Take the lock under which a change is made; the first row of the last of `statements`, or None.

        The statements are constants. They go in one round trip, and the operation with them, but each sees what was
        committed when it begins itself.
        """
        with sql.translated():
            if self._connection is None:
                result = self._open(statements, parameters)
                assert result is not None
            else:
                self._write_reference()
                result = execute(self._connection, prepared(*statements), parameters)
            return cast(sql.Row | None, result.mappings().first())

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

    def change_reference(
        self, statement: str, parameters: Mapping[str, Any], *, beside: str = ""
    ) -> None:
        """Like `update_reference`, but in the last statement of the change; StaleVersion is raised by that one.

        `statement` is an UPDATE or INSERT with one of few texts. If another statement follows, it runs before that.
        `beside` as in `Reference`.
        """
        with sql.translated():
            self._write_reference()
        self._reference = Reference(statement, parameters, beside)

    def record(
        self,
        event: Event,
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
        """Write an audit event of this change; answers its id. Events and their actions: `taskforge.events`.

        `task_id` names the task whose card shows the change, where that is not the entity itself.
        """
        # The answer is stored at the first statement; the first event has the id that the answer names.
        event_id = new_id() if self._events else self.change.event_id
        assert event_id is not None
        self._events.append(
            {
                "event_id": event_id,
                "event": event,
                "entity_type": entity_type,
                "entity_id": entity_id,
                "entity_version": version,
                "action": event.action,
                "actor_id": self.actor.user_id,
                "action_timestamp": self.at.isoformat(),
                "previous_state": as_json(before),
                "new_state": as_json(self.actor.signed(after)),
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
        version = self.change.version if version is None else version
        self.change = replace(self.change, version=version, extra={**self.change.extra, **extra})
        self._answer_changed = True

    def wake(self, queue: str) -> None:
        """Wake the worker of a queue after COMMIT, for what a feature has written for it."""
        self._queues.append(queue)

    def stage(self, message: Message) -> None:
        """Send a version of a document part to MongoDB: in this request, or by the relay (`Message.is_for_relay`)."""
        self._messages.append(message)

    def notify(
        self,
        event_id: str,
        user_ids: Sequence[str],
        kind: NotificationKind,
        payload: Mapping[str, Any],
    ) -> None:
        """Notify people of an event: never the actor of their own change, and nobody twice of one event."""
        known = {intent["user_id"] for intent in self._intents if intent["event_id"] == event_id}
        intent = self._notice(event_id, kind, payload)
        self._intents += [
            {**intent, "user_id": user_id}
            for user_id in dict.fromkeys(user_ids)
            if user_id != self.actor.user_id and user_id not in known
        ]

    def notify_watchers(
        self, event_id: str, kind: NotificationKind, payload: Mapping[str, Any]
    ) -> None:
        """Notify who watches the task that `payload` names, but the actor and whom `notify` names: a job finds them."""
        fan_out = {**self._notice(event_id, kind, payload), "actor_id": self.actor.user_id}
        self._fan_outs.append(fan_out)

    def refresh_pages_of(self, user_ids: Iterable[str]) -> None:
        """After COMMIT, let the open pages of people whose rights change here show that; the actor's own page does."""
        self._to_people |= dict.fromkeys({*user_ids} - {self.actor.user_id}, ENCODED_REFRESH)

    def end_pages_of(self, user_ids: Iterable[str]) -> None:
        """After COMMIT, end the streams of people who are logged out here; their open pages lead to the log-in."""
        self._to_people |= dict.fromkeys(user_ids, ENCODED_END)

    def _notice(
        self, event_id: str, kind: NotificationKind, payload: Mapping[str, Any]
    ) -> dict[str, Any]:
        at = self.at.isoformat()
        return {"event_id": event_id, "kind": kind, "payload": as_json(payload), "created_at": at}

    def _begun(self) -> Connection:
        if self._connection is None:
            self._open((), {})
        assert self._connection is not None
        return self._connection

    def _open(
        self, statements: tuple[str, ...], parameters: Mapping[str, Any]
    ) -> Rows | CursorResult[Any] | None:
        """Begin, with the operation if there is one and then `statements`; the result of the last of them."""
        if self.actor.op_id is None:
            self._connection, result = begin(self.actor, statements, parameters)
            return result
        parameters = {**parameters, **operations.row_of(self.actor, self.change)}
        self._connection, result = begin(self.actor, (operations.INSERT, *statements), parameters)
        faults.point("tx.op_inserted")
        return result

    def _commit(self) -> None:
        assert self._connection is not None
        try:
            with sql.translated():
                self._connection.commit()
        except Unavailable as error:
            raise Unavailable(sql.UNCERTAIN, retry_after=error.retry_after) from error

    def _flush(self) -> None:
        connection = self._begun()
        if self._answer_changed:
            operations.update(connection, self.actor, self.change)
        reference, self._reference = self._reference, None
        written = (self._events, self._messages, self._intents, self._fan_outs)
        change_writer.write(connection, reference, *written, actor_id=self.actor.user_id)
        if reference is not None:
            faults.point("tx.ref_updated")
        faults.point("tx.audit_inserted")

    def _write_reference(self) -> None:
        reference, self._reference = self._reference, None
        if reference is not None:
            change_writer.write(self._begun(), reference, (), (), ())
            faults.point("tx.ref_updated")

    def _follow_up(self) -> None:
        """Everything after COMMIT. Nothing here may fail the request: the change is acknowledged."""
        apply_contents(self._messages)
        faults.point("publish.before")
        faults.point("rq.enqueue.before")
        told = bool(self._intents or self._fan_outs)
        work = {queues.AUDIT: bool(self._events), queues.NOTIFICATIONS: told}
        # First who may see it no more: a page that asks for what a hint names, and is refused, listens no longer.
        messages = [publishing.to_person(*one) for one in self._to_people.items()]
        messages += [publishing.to_board(board, encode_change(hint)) for board, hint in self._hints]
        wanted = [name for name, exists in work.items() if exists]
        publishing.publish(messages, [*wanted, *dict.fromkeys(self._queues)])
        faults.point("ack.before")
