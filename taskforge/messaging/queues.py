"""RQ: the queues, the functions that may run, and how a request rings a worker.

A job is a doorbell, not a message: what must be done stands in PostgreSQL, and each job drains all of it. A lost job
therefore loses nothing; the relay rings again for whatever is left undone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import redis
import structlog
from redis.client import Pipeline
from rq import Queue, Retry
from rq.job import Job
from rq.serializers import JSONSerializer

from taskforge.errors import Unavailable
from taskforge.ids import new_id
from taskforge.messaging import redis_cache

log = structlog.get_logger()

AUDIT = "audit"
NOTIFICATIONS = "notifications"
QUEUES = (AUDIT, NOTIFICATIONS)

DRAINS = {
    AUDIT: "taskforge.audit.jobs.seal_pending",
    NOTIFICATIONS: "taskforge.notifications.jobs.deliver_pending",
}
WRITE_SECURITY_EVENT = "taskforge.audit.jobs.write_security_event"
ALLOWED = frozenset({*DRAINS.values(), WRITE_SECURITY_EVENT})


class UnknownJob(Exception):
    """Redis holds a job that is not one of ours; it is refused before anything is imported."""


class AllowedJob(Job):
    """A job that runs only functions of `ALLOWED`: whoever can write to Redis must not run code of their choice."""

    @property
    def func(self) -> Any:
        """The function to run, looked up only when it is allowed."""
        self._refuse_unknown()
        return super().func

    def _execute(self) -> Any:
        self._refuse_unknown()
        return super()._execute()

    def restore(self, raw_data: Any) -> None:
        """Read a job from Redis without the callbacks and webhooks that somebody may have put there."""
        for callback in (
            b"success_callback_name",
            b"failure_callback_name",
            b"stopped_callback_name",
            b"webhooks",
        ):
            raw_data.pop(callback, None)
        super().restore(raw_data)

    def _refuse_unknown(self) -> None:
        if self.func_name not in ALLOWED or self.instance is not None:
            raise UnknownJob(f"the job function {self.func_name!r} is not allowed")


def queue(name: str, client: redis.Redis) -> Queue:
    """The RQ queue of that name, with JSON arguments and allowlisted functions."""
    return Queue(name, connection=client, serializer=JSONSerializer, job_class=AllowedJob)


def ring(name: str) -> bool:
    """Wake the worker of a queue, unless it was rung already and has not begun; False when Redis is away."""
    try:
        with redis_cache.asking() as client:
            if client.set(_doorbell(name), "1", nx=True, ex=redis_cache.DOORBELL_SECONDS):
                enqueue_drains(client, [name])
    except redis_cache.RedisAway:
        return False
    return True


def push_doorbells(pipe: Pipeline, names: Iterable[str]) -> None:
    """Put into a pipeline the first half of ringing, one command each, whose answer is true for a bell to be rung."""
    for name in names:
        pipe.set(_doorbell(name), "1", nx=True, ex=redis_cache.DOORBELL_SECONDS)


def enqueue_drains(client: redis.Redis, names: Iterable[str]) -> None:
    """The second half of ringing: a job for each queue."""
    for name in names:
        _enqueue(client, name, DRAINS[name], job_id=f"{name}-{new_id()}")


def answer_doorbell(name: str, client: redis.Redis) -> None:
    """Called by a drain before it looks for work: what is committed from now on must ring again."""
    client.delete(_doorbell(name))


def drained(name: str, drain: Callable[[], int]) -> int:
    """Run a drain; when PostgreSQL is away end quietly: its work stands there, and the relay rings again."""
    try:
        return drain()
    except Unavailable as error:
        log.info("drain_postponed", queue=name, why=str(error))
        return 0


def enqueue_security_event(event: dict[str, Any]) -> bool:
    """Queue a security event for the audit job; False when Redis is away. The event's id makes it idempotent."""
    try:
        with redis_cache.asking() as client:
            _enqueue(
                client, AUDIT, WRITE_SECURITY_EVENT, event, job_id=f"security-{event['event_id']}"
            )
    except redis_cache.RedisAway:
        return False
    return True


def _enqueue(client: redis.Redis, name: str, function: str, *args: Any, job_id: str) -> None:
    queue(name, client).enqueue(
        function,
        *args,
        job_id=job_id,
        job_timeout=60,
        ttl=3600,
        result_ttl=300,
        failure_ttl=7 * 86400,
        retry=Retry(max=3),  # at once: what keeps failing is rung again by the relay
        description=function.rsplit(".", 1)[-1],
    )


def _doorbell(name: str) -> str:
    return f"doorbell:{name}"
