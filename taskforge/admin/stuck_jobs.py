"""Jobs that failed or that died with their worker: back into their queue."""

from __future__ import annotations

from rq import Queue

from taskforge import clock
from taskforge.messaging import queues
from taskforge.messaging.redis_client import redis_client

STUCK_AFTER_SECONDS = 60


def requeue_stuck_jobs() -> int:
    """Put jobs of ours back into their queue that failed, or whose worker died as it took them; answers how many.

    Raises:
        redis.RedisError: Redis can't be asked.
    """
    client = redis_client()
    found = [queues.queue(name, client) for name in queues.QUEUES]
    return sum(_requeue_failed(queue) + _requeue_taken(queue) for queue in found)


def _requeue_failed(queue: Queue) -> int:
    count = 0
    for job_id in queue.failed_job_registry.get_job_ids():
        job = queue.fetch_job(job_id)
        if job is not None and job.func_name in queues.ALLOWED:
            queue.failed_job_registry.requeue(job_id)
            count += 1
    return count


def _requeue_taken(queue: Queue) -> int:
    """A worker moves a job to the intermediate list first and registers it as started then."""
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
