"""What a site administrator may do with jobs. Each change is a security event, as jobs live in Redis alone.

A job is only a wake-up (`taskforge.messaging.queues`), so deleting it loses nothing: the relay wakes the worker again.
The exception are security events that were not written yet; their jobs are kept.
"""

from __future__ import annotations

from contextlib import suppress

import redis
from rq import Queue
from rq.exceptions import InvalidJobOperation, NoSuchJobError
from rq.serializers import JSONSerializer

from taskforge.admin.monitor import queries
from taskforge.audit import security_events
from taskforge.errors import Conflict
from taskforge.events import Event
from taskforge.messaging import queues
from taskforge.stores.actor import Actor

MAX_JOBS = 1_000  # that one action touches: a request must end
MAX_IDS_RECORDED = 50


def requeue_job(actor: Actor, job_id: str) -> None:
    """Put a failed job back into its queue.

    Raises:
        NotFound: there is no such job.
        Conflict: it has not failed, or somebody has put it back already.
        Unavailable: Redis can't be asked.
    """
    with queries.reachable_redis() as client:
        job = queries.get_job(client, job_id)
        if not _requeue(queues.queue(job.queue, client), job_id):
            raise Conflict(
                "Only a failed job can go back into its queue; this one is none any more."
            )
    _record(actor, Event.USER_JOBS_REQUEUED, job.queue, queries.FAILED, [job_id])


def requeue_failed_jobs(actor: Actor, queue_name: str) -> int:
    """Put the failed jobs of a queue back, at most `MAX_JOBS`; answers how many.

    Raises:
        NotFound: there is no such queue.
        Unavailable: Redis can't be asked.
    """
    with queries.reachable_redis() as client:
        queue = queries.find_queue(client, queue_name)
        job_ids = queries.list_job_ids(queue, queries.FAILED, start=0, size=MAX_JOBS)
        requeued = [job_id for job_id in job_ids if _requeue(queue, job_id)]
    _record(actor, Event.USER_JOBS_REQUEUED, queue_name, queries.FAILED, requeued)
    return len(requeued)


def delete_job(actor: Actor, job_id: str) -> None:
    """Delete a job.

    Raises:
        NotFound: there is no such job.
        Conflict: a worker has it, or it holds a security event.
        Unavailable: Redis can't be asked.
    """
    with queries.reachable_redis() as client:
        job = queries.get_job(client, job_id)
        if not job.may_be_deleted:
            raise Conflict(
                "This job holds a security event that is not in the audit log yet. Requeue it instead."
                if job.holds_security_event
                else "A worker is at this job."
            )
        _delete(client, job)
        if not job.is_readable:  # nothing says where it is registered
            for figures in queries.list_queues(client):
                for registry in queries.REGISTRIES:
                    _drop_id(queues.queue(figures.name, client), registry, job_id)
    _record(actor, Event.USER_JOBS_DELETED, job.queue, job.status, [job_id])


def empty_registry(actor: Actor, queue_name: str, registry: str) -> tuple[int, int]:
    """Delete the jobs of a registry, at most `MAX_JOBS`; answers how many are deleted, and how many had to be kept.

    Raises:
        NotFound: there is no such queue.
        Conflict: the registry is that of running jobs.
        Unavailable: Redis can't be asked.
    """
    if registry == queries.STARTED:
        raise Conflict("Workers are at these jobs.")
    with queries.reachable_redis() as client:
        queue = queries.find_queue(client, queue_name)
        deleted, kept = [], 0
        for job_id in queries.list_job_ids(queue, registry, start=0, size=MAX_JOBS):
            job = queries.read_job(client, job_id)
            if job.is_readable and not job.may_be_deleted:
                kept += 1
                continue
            _delete(client, job)
            _drop_id(queue, registry, job_id)
            deleted.append(job_id)
    _record(actor, Event.USER_JOBS_DELETED, queue_name, registry, deleted)
    return len(deleted), kept


def compact_queue(actor: Actor, queue_name: str) -> int:
    """Take ids out of a queue whose jobs are gone, at most `MAX_JOBS`; answers how many.

    RQ's own way moves the whole queue aside first, and loses it if the process dies then.

    Raises:
        NotFound: there is no such queue.
        Unavailable: Redis can't be asked.
    """
    with queries.reachable_redis() as client:
        queue = queries.find_queue(client, queue_name)
        job_ids = queries.list_job_ids(queue, queries.QUEUED, start=0, size=MAX_JOBS)
        dead = [each for each in job_ids if not client.exists(queues.AllowedJob.key_for(each))]
        for job_id in dead:
            _drop_id(queue, queries.QUEUED, job_id)
    _record(actor, Event.USER_JOBS_DELETED, queue_name, queries.QUEUED, dead)
    return len(dead)


def _requeue(queue: Queue, job_id: str) -> bool:
    try:
        queue.failed_job_registry.requeue(job_id)
    except (NoSuchJobError, InvalidJobOperation, *queries.UNREADABLE):
        return False
    return True


def _delete(client: redis.Redis, job: queries.JobDetails) -> None:
    try:
        queues.AllowedJob.fetch(job.id, connection=client, serializer=JSONSerializer).delete()
    except (NoSuchJobError, *queries.UNREADABLE):
        client.delete(queues.AllowedJob.key_for(job.id))


def _drop_id(queue: Queue, registry: str, job_id: str) -> None:
    """Take an id out of a registry whether its job exists or not."""
    with suppress(redis.ResponseError):  # of another type: nothing that RQ wrote
        if registry == queries.QUEUED:
            queue.connection.lrem(queue.key, 0, job_id)
        else:
            queue.connection.zrem(queries.registry_of(queue, registry).key, job_id)


def _record(actor: Actor, event: Event, queue: str, registry: str, job_ids: list[str]) -> None:
    if not job_ids:
        return
    security_events.report(
        event,
        user_id=actor.user_id,
        ip=actor.ip,
        user_agent=actor.user_agent,
        details={
            "queue": queue,
            "registry": registry,
            "count": len(job_ids),
            "job_ids": job_ids[:MAX_IDS_RECORDED],
        },
    )
