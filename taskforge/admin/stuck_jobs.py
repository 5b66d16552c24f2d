"""Stuck jobs: those that failed, and those whose worker died while taking them from the queue."""

from __future__ import annotations

from rq import Queue

from taskforge import clock
from taskforge.messaging import queues
from taskforge.messaging.redis_client import redis_client

STUCK_AFTER_SECONDS = 60


def requeue_stuck_jobs() -> int:
    """Put stuck jobs back into their queues; answers how many.

    Raises:
        redis.RedisError: Redis can't be asked.
    """
    client = redis_client()
    found = [queues.queue(name, client) for name in queues.QUEUES]
    return sum(_requeue_failed(queue) + _requeue_orphaned(queue) for queue in found)


def _requeue_failed(queue: Queue) -> int:
    count = 0
    for job_id in queue.failed_job_registry.get_job_ids():
        job = queue.fetch_job(job_id)
        if job is not None and job.func_name in queues.ALLOWED:
            queue.failed_job_registry.requeue(job_id)
            count += 1
    return count


def _requeue_orphaned(queue: Queue) -> int:
    """Requeue jobs of the intermediate list: a worker moves a job there first and registers it as started afterwards.

    A job that stays there for longer than `STUCK_AFTER_SECONDS` has lost its worker in between.
    """
    count = 0
    taken = set(queue.intermediate_queue.get_job_ids())
    for job_id in taken - set(queue.started_job_registry.get_job_ids()):
        job = queue.fetch_job(job_id)
        if job is None or job.enqueued_at is None:
            continue
        if (clock.now() - job.enqueued_at).total_seconds() > STUCK_AFTER_SECONDS:
            queue.intermediate_queue.remove(job_id)
            queue.push_job_id(job_id)
            count += 1
    return count
