"""What RQ keeps in Redis, read without changing it: queues, jobs and workers.

Whoever can write to Redis may have put anything there. No value is unpickled, nothing is imported, and a job or worker
that can't be read is shown as such.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

import redis
from rq import Queue, Worker
from rq.exceptions import DeserializationError, InvalidJobOperation, NoSuchJobError
from rq.job import Job
from rq.registry import BaseRegistry
from rq.serializers import JSONSerializer

from taskforge.errors import NotFound, Unavailable
from taskforge.messaging import queues
from taskforge.messaging.redis_client import RedisUnavailable, redis_guard

QUEUED = "queued"
STARTED = "started"
FAILED = "failed"
REGISTRIES = (QUEUED, STARTED, FAILED, "finished", "deferred", "scheduled", "canceled")
MAX_QUEUES = 50
MAX_WORKERS = 200
MAX_TEXT_CHARACTERS = (
    20_000  # of an exception, a result or metadata; the end of an exception says what happened
)
MAX_DESCRIPTION_CHARACTERS = 500
# What RQ and its serialiser raise for values that they did not write.
UNREADABLE = (
    AttributeError,
    DeserializationError,
    InvalidJobOperation,
    KeyError,
    OverflowError,
    TypeError,
    ValueError,
    redis.ResponseError,
    zlib.error,
)
_JOB_ID = re.compile(r"[\w-]{1,200}", re.ASCII)  # what RQ takes


@dataclass(frozen=True, kw_only=True)
class QueueFigures:
    """A queue's name, and how many jobs each of `REGISTRIES` has."""

    name: str
    counts: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class JobDetails:
    """A job as it is stored; `is_readable` is False if only its id is known."""

    id: str
    is_readable: bool = True
    queue: str = ""
    status: str = ""
    function: str = ""
    description: str = ""
    created_at: datetime | None = None
    enqueued_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    exception: str = ""
    result: str = ""
    metadata: str = ""
    depends_on: tuple[str, ...] = ()

    @property
    def is_addressable(self) -> bool:
        """Whether the id is one that RQ would accept, so that the job can be opened."""
        return _JOB_ID.fullmatch(self.id) is not None

    @property
    def holds_security_event(self) -> bool:
        """Whether the job is the only place of an audit event (`taskforge.audit.security_events`)."""
        return self.function == queues.WRITE_SECURITY_EVENT

    @property
    def may_be_deleted(self) -> bool:
        """Whether deleting it loses nothing: not what a worker is at, and no security event that is not written yet."""
        return self.status != STARTED and (
            not self.holds_security_event or self.status == "finished"
        )


@dataclass(frozen=True, kw_only=True)
class WorkerFigures:
    """A worker as it registered itself; `job_id` is empty while it is idle."""

    name: str
    state: str
    queues: tuple[str, ...]
    pid: str
    hostname: str
    birth: str
    last_heartbeat: str
    job_id: str
    successful_jobs: str
    failed_jobs: str
    working_seconds: str


@contextmanager
def reachable_redis() -> Iterator[redis.Redis]:
    """The Redis client.

    Raises:
        Unavailable: Redis can't be asked.
    """
    try:
        with redis_guard() as client:
            yield client
    except RedisUnavailable as error:
        raise Unavailable("The jobs can't be shown while Redis is away.") from error


def list_queues(client: redis.Redis) -> list[QueueFigures]:
    """Our queues and whatever others are registered, by name; at most `MAX_QUEUES`."""
    return [figures_of(client, name) for name in _queue_names(client)]


def figures_of(client: redis.Redis, name: str) -> QueueFigures:
    """The figures of one queue."""
    counts = {registry: _count(client, name, registry) for registry in REGISTRIES}
    return QueueFigures(name=name, counts=counts)


def find_queue(client: redis.Redis, name: str) -> Queue:
    """The RQ queue of that name.

    Raises:
        NotFound: there is none.
    """
    if name not in _queue_names(client):
        raise NotFound()
    return queues.queue(name, client)


def list_jobs(
    client: redis.Redis, queue: Queue, registry: str, *, page: int, per_page: int, latest: bool
) -> tuple[list[JobDetails], int]:
    """A page (from 1) of a registry's jobs, oldest first or latest first, and how many jobs the registry has."""
    total = _count(client, queue.name, registry)
    first = (page - 1) * per_page
    size = min(per_page, max(0, total - first))
    if not size:
        return [], total
    start = total - first - size if latest else first
    job_ids = list_job_ids(queue, registry, start=start, size=size)
    jobs = [read_job(client, job_id) for job_id in job_ids]
    return (jobs[::-1] if latest else jobs), total


def list_job_ids(queue: Queue, registry: str, *, start: int, size: int) -> list[str]:
    """The ids of `size` jobs of a registry, from the place `start` on, oldest first."""
    last = start + size - 1
    try:
        found = (
            queue.connection.lrange(queue.key, start, last)
            if registry == QUEUED
            else queue.connection.zrange(registry_of(queue, registry).key, start, last)
        )
    except redis.ResponseError:  # of another type: nothing that RQ wrote
        return []
    members = [_text(member) for member in cast(list[bytes], found)]
    # Of a running job the execution is registered: "job:execution".
    return [each.partition(":")[0] for each in members] if registry == STARTED else members


def registry_of(queue: Queue, registry: str) -> BaseRegistry:
    """RQ's registry of that name, one of `REGISTRIES` but `QUEUED`."""
    return cast(BaseRegistry, getattr(queue, f"{registry}_job_registry"))


def get_job(client: redis.Redis, job_id: str) -> JobDetails:
    """The job with that id.

    Raises:
        NotFound: there is none.
    """
    if not _JOB_ID.fullmatch(job_id) or not client.exists(Job.key_for(job_id)):
        raise NotFound()
    return read_job(client, job_id)


def read_job(client: redis.Redis, job_id: str) -> JobDetails:
    """The job with that id as far as it can be read; one that is gone is not readable."""
    try:
        job = queues.AllowedJob.fetch(job_id, connection=client, serializer=JSONSerializer)
        details = JobDetails(
            id=job_id,
            queue=job.origin or "",
            status=str(job.get_status(refresh=False).value),
            description=_shorten(job.description or "", MAX_DESCRIPTION_CHARACTERS),
            created_at=job.created_at,
            enqueued_at=job.enqueued_at,
            started_at=job.started_at,
            ended_at=job.ended_at,
            metadata=_shorten(str(job.meta) if job.meta else ""),
            depends_on=tuple(str(each) for each in job._dependency_ids[:MAX_QUEUES]),
        )
    except (NoSuchJobError, *UNREADABLE):
        return JobDetails(id=job_id, is_readable=False)
    return replace(details, function=_function_of(job), **_outcome_of(job))


def list_workers(client: redis.Redis) -> list[WorkerFigures]:
    """The registered workers, by name; at most `MAX_WORKERS`."""
    keys = sorted(
        _text(key) for key in cast(set[bytes], client.smembers(Worker.redis_workers_keys))
    )
    found = [_read_worker(client, key) for key in keys[:MAX_WORKERS]]
    return [worker for worker in found if worker is not None]


def _read_worker(client: redis.Redis, key: str) -> WorkerFigures | None:
    try:
        stored = cast(dict[bytes, bytes], client.hgetall(key))
        executions = cast(set[bytes], client.smembers(f"{key}:executions"))
    except redis.ResponseError:  # of another type: nothing that RQ wrote
        return None
    if not stored:
        return None
    facts = {
        _text(name): _text(value)[:MAX_DESCRIPTION_CHARACTERS] for name, value in stored.items()
    }
    return WorkerFigures(
        name=key.removeprefix(Worker.redis_worker_namespace_prefix),
        state=facts.get("state", ""),
        queues=tuple(filter(None, facts.get("queues", "").split(",")))[:MAX_QUEUES],
        pid=facts.get("pid", ""),
        hostname=facts.get("hostname", ""),
        birth=facts.get("birth", ""),
        last_heartbeat=facts.get("last_heartbeat", ""),
        job_id=min((_text(each) for each in executions), default="").partition(":")[0],
        successful_jobs=facts.get("successful_job_count", "0"),
        failed_jobs=facts.get("failed_job_count", "0"),
        working_seconds=facts.get("total_working_time", "0"),
    )


def _queue_names(client: redis.Redis) -> list[str]:
    registered = cast(set[bytes], client.smembers(Queue.redis_queues_keys))
    prefix = Queue.redis_queue_namespace_prefix
    names = {_text(key).removeprefix(prefix) for key in registered}
    foreign = sorted(name for name in names - set(queues.QUEUES) if name and "/" not in name)
    return sorted([*queues.QUEUES, *foreign[: MAX_QUEUES - len(queues.QUEUES)]])


def _count(client: redis.Redis, name: str, registry: str) -> int:
    queue = queues.queue(name, client)
    try:
        if registry == QUEUED:
            return queue.count
        return client.zcard(registry_of(queue, registry).key)
    except redis.ResponseError:  # of another type: nothing that RQ wrote
        return 0


def _function_of(job: Job) -> str:
    try:
        return str(job.func_name)
    except UNREADABLE:
        return ""


def _outcome_of(job: Job) -> dict[str, Any]:
    try:
        latest = job.latest_result()
    except UNREADABLE:
        return {"exception": "The stored result can't be read."}
    if latest is None:
        return {}
    returned = "" if latest.return_value is None else str(latest.return_value)
    exception = latest.exc_string or ""
    return {"exception": exception[-MAX_TEXT_CHARACTERS:], "result": _shorten(returned)}


def _shorten(text: str, most: int = MAX_TEXT_CHARACTERS) -> str:
    return text if len(text) <= most else f"{text[:most]} …"


def _text(value: bytes | str) -> str:
    return value if isinstance(value, str) else value.decode(errors="replace")
