"""RQ: the queues, the functions that a job may run, and how a request wakes a worker.

A job carries no work: what must be done stands in PostgreSQL, and each job processes all of it. A lost job therefore
loses nothing, because the relay wakes the worker again for whatever is left undone. Security events are the one
exception: they exist in their jobs only.
"""

from __future__ import annotations

import time
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
from taskforge.messaging.keys import WAKE_UP
from taskforge.messaging.redis_client import RedisUnavailable, redis_client, redis_guard
from taskforge.metrics.counting import timed_job

log = structlog.get_logger()

AUDIT = "audit"
NOTIFICATIONS = "notifications"
MAIL = "mail"
PUSH = "push"
QUEUES = (AUDIT, NOTIFICATIONS, MAIL, PUSH)

# Dotted names, as RQ stores them in a job: the function that processes all pending work of a queue.
PROCESSORS = {
    AUDIT: "taskforge.audit.jobs.seal_pending",
    NOTIFICATIONS: "taskforge.notifications.jobs.deliver_pending",
    MAIL: "taskforge.notifications.bundles.jobs.send_pending",
    PUSH: "taskforge.notifications.push.jobs.send_pending",
}
WRITE_SECURITY_EVENT = "taskforge.audit.jobs.write_security_event"
ALLOWED = frozenset({*PROCESSORS.values(), WRITE_SECURITY_EVENT})
# Jobs outlive the version that queued them: names that earlier versions wrote, and what runs them now.
RETIRED_NAMES = {
    "taskforge.audit.handlers.seal_pending": PROCESSORS[AUDIT],
    "taskforge.audit.handlers.write_security_event": WRITE_SECURITY_EVENT,
    "taskforge.notifications.handlers.deliver_pending": PROCESSORS[NOTIFICATIONS],
    "taskforge.mail.jobs.send_pending": PROCESSORS[MAIL],
}

JOB_TIMEOUT_SECONDS = 60
# How long a job waits for a worker, after which Redis drops it. A lost wake-up loses nothing; a security event is lost.
WAKE_UP_WAITS_SECONDS, EVENT_WAITS_SECONDS = 3600, 7 * 86_400
ROUND_SECONDS = 0.25
# A job stays while it finds so much in a round, for so long: a worker that is told to stop finishes its job first.
BUSY_FROM = 2
STAY_SECONDS = 2.0
_last_round_at: dict[str, float] = {}


class UnknownJob(Exception):
    """Redis holds a job whose function is not in `ALLOWED`; it is refused before anything is imported."""


class AllowedJob(Job):
    """A job that runs only functions of `ALLOWED`: whoever can write to Redis must not run code of their choice.

    A job under one of `RETIRED_NAMES` runs the function that has taken its place.
    """

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

    def _deserialize_data(self) -> None:
        """RQ's only reader of the stored function name."""
        super()._deserialize_data()  # type: ignore[no-untyped-call]
        name = str(self._func_name)
        self._func_name = RETIRED_NAMES.get(name, name)

    def _refuse_unknown(self) -> None:
        if self.func_name not in ALLOWED or self.instance is not None:
            raise UnknownJob(f"the job function {self.func_name!r} is not allowed")


def queue(name: str, client: redis.Redis) -> Queue:
    """The RQ queue of that name, with JSON arguments; its jobs run functions of `ALLOWED` only."""
    return Queue(name, connection=client, serializer=JSONSerializer, job_class=AllowedJob)


def wake(name: str) -> bool:
    """Wake the worker of a queue, unless it was woken already and has not begun; False while Redis is unavailable."""
    try:
        with redis_guard() as client:
            if _take_charge(name, client):
                enqueue_processing(client, [name])
    except RedisUnavailable:
        return False
    return True


def enqueue_processing(client: redis.Redis, names: Iterable[str]) -> None:
    """The second half of waking: queue the processing job of each queue that nobody had woken.

    Raises:
        redis.RedisError: Redis can't be asked.
    """
    names = list(names)
    if not names:
        return
    # In one round trip: RQ by itself makes two for each job, 7 % of the calls of a comment that wakes its workers.
    with client.pipeline() as pipe:
        for name in names:
            _enqueue(client, name, PROCESSORS[name], job_id=f"{name}-{new_id()}", pipe=pipe)
        pipe.execute()


def wake_anew(name: str, client: redis.Redis) -> None:
    """Queue the processing job whatever was woken before: for a worker that begins, perhaps in place of a dead one.

    Raises:
        redis.RedisError: Redis can't be asked.
    """
    client.set(WAKE_UP.key(queue=name), "1", ex=WAKE_UP.ttl_seconds)
    enqueue_processing(client, [name])


def process_queue(
    name: str, process: Callable[[], int], *, round_seconds: float | None = None
) -> int:
    """The body of a processing job: process all pending work of a queue; answers how much `process` did.

    Rounds begin at least `round_seconds` (`ROUND_SECONDS`) apart, so that changes which follow each other closely are
    processed together; the first one after a pause begins at once. While many changes are made the job stays for some
    more rounds, in which they need not wake anybody. A job of RQ's costs the worker 6 ms of processor time besides its
    round (1 ms), Redis 1.6 ms, and whoever queues it 1 ms.
    """
    client, deadline, total = redis_client(), time.monotonic() + STAY_SECONDS, 0
    while True:
        _wait_for_round(name, ROUND_SECONDS if round_seconds is None else round_seconds)
        take_wake_up(name, client)
        done = postpone_if_unavailable(name, process)
        total += done
        is_quiet = done < BUSY_FROM or time.monotonic() > deadline
        # Who has woken the queue meanwhile has queued the next job.
        if is_quiet or not _take_charge(name, client):
            return total


def take_wake_up(name: str, client: redis.Redis) -> None:
    """Called before looking for work: what is committed from now on must wake the queue again."""
    client.delete(WAKE_UP.key(queue=name))


def postpone_if_unavailable(name: str, process: Callable[[], int]) -> int:
    """What `process` answers; 0 while PostgreSQL is unavailable: the work stands there, and the relay wakes again."""
    try:
        with timed_job(name):
            return process()
    except Unavailable as error:
        log.info("processing_postponed", queue=name, why=str(error))
        return 0


def enqueue_security_event(event: dict[str, Any]) -> bool:
    """Queue a security event for the audit job; False while Redis is unavailable.

    `event` is what `taskforge.audit.jobs.write_security_event` takes; its ``event_id`` makes the job idempotent.
    """
    try:
        with redis_guard() as client:
            _enqueue(
                client,
                AUDIT,
                WRITE_SECURITY_EVENT,
                event,
                job_id=f"security-{event['event_id']}",
                waits_seconds=EVENT_WAITS_SECONDS,
            )
    except RedisUnavailable:
        return False
    return True


def _enqueue(
    client: redis.Redis,
    name: str,
    function: str,
    *args: Any,
    job_id: str,
    waits_seconds: int = WAKE_UP_WAITS_SECONDS,
    pipe: Pipeline | None = None,
) -> None:
    """Queue a job, at once or when `pipe` is executed."""
    queue(name, client).enqueue(
        function,
        *args,
        job_id=job_id,
        job_timeout=JOB_TIMEOUT_SECONDS,
        ttl=waits_seconds,
        result_ttl=300,
        failure_ttl=7 * 86400,
        retry=Retry(max=3),  # at once: for what keeps failing, the relay wakes the worker again
        description=function.rsplit(".", 1)[-1],
        pipeline=pipe,
    )


def _take_charge(name: str, client: redis.Redis) -> bool:
    """Set the wake-up like somebody who has changed something; False if that was done already."""
    return bool(client.set(WAKE_UP.key(queue=name), "1", nx=True, ex=WAKE_UP.ttl_seconds))


def _wait_for_round(name: str, seconds: float) -> None:
    """Wait until a round of this queue may begin in this process, so long after the one before."""
    begins_at = _last_round_at.get(name, -seconds) + seconds
    time.sleep(max(0.0, begins_at - time.monotonic()))
    _last_round_at[name] = time.monotonic()
