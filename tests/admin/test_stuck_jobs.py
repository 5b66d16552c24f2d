"""A job that failed or died with its worker goes back into its queue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from taskforge import clock
from taskforge.admin.stuck_jobs import requeue_stuck_jobs
from taskforge.ids import new_id
from taskforge.messaging import queues
from taskforge.messaging.redis_client import redis_client


@pytest.fixture
def queue(app: Flask) -> Iterator[Queue]:
    with app.app_context():
        yield queues.queue(queues.AUDIT, redis_client())


def test_a_job_that_was_taken_by_a_worker_that_died(queue: Queue) -> None:
    queues.enqueue_security_event({"event_id": new_id()})
    job_ids = queue.get_job_ids()
    redis_client().lmove(queue.key, queue.intermediate_queue.key)
    assert requeue_stuck_jobs() == 0  # it may be about to start
    with clock.frozen(clock.now() + timedelta(seconds=61)):
        assert requeue_stuck_jobs() == 1
    assert queue.get_job_ids() == job_ids


def test_a_job_that_failed_unless_it_is_none_of_ours(queue: Queue) -> None:
    queues.enqueue_security_event({"event_id": new_id()})  # too little: it fails
    ours = queue.get_job_ids()
    queue.enqueue("os.getcwd")
    worker = SimpleWorker(
        [queue], connection=redis_client(), job_class=queues.AllowedJob, serializer=JSONSerializer
    )
    worker.work(burst=True, logging_level="CRITICAL")
    assert queue.failed_job_registry.get_job_count() == 2
    assert requeue_stuck_jobs() == 1
    assert queue.get_job_ids() == ours
