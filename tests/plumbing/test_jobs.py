"""Whoever can write to Redis cannot run code here, and no ring is lost."""

from __future__ import annotations

import pickle

import pytest
from flask import Flask
from rq.exceptions import DeserializationError
from rq.job import Job
from rq.serializers import JSONSerializer

from taskforge import jobs
from taskforge.extensions import redis_client


def test_a_foreign_function_is_refused_before_anything_is_imported(app: Flask) -> None:
    with app.app_context():
        queue = jobs.queue(jobs.AUDIT, redis_client())
        job = queue.enqueue("os.system", "true")
        fetched = jobs.AllowedJob.fetch(
            job.id, connection=redis_client(), serializer=JSONSerializer
        )
        with pytest.raises(jobs.UnknownJob):
            _ = fetched.func
        with pytest.raises(jobs.UnknownJob):
            fetched._execute()


def test_callbacks_in_redis_are_dropped(app: Flask) -> None:
    with app.app_context():
        client = redis_client()
        job = jobs.queue(jobs.AUDIT, client).enqueue(jobs.DRAINS[jobs.AUDIT])
        client.hset(job.key, "success_callback_name", "os.abort")
        fetched = jobs.AllowedJob.fetch(job.id, connection=client, serializer=JSONSerializer)
        assert fetched.success_callback is None


def test_a_pickled_job_is_not_unpickled(app: Flask) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[object, ...]:
            return (pytest.fail, ("it was unpickled",))

    with app.app_context():
        client = redis_client()
        job = jobs.queue(jobs.AUDIT, client).enqueue(jobs.DRAINS[jobs.AUDIT])
        client.hset(job.key, "data", pickle.dumps(Bomb()))
        with pytest.raises(DeserializationError):
            _ = Job.fetch(job.id, connection=client, serializer=JSONSerializer).func_name


def test_a_second_ring_before_the_job_begins_adds_no_job(app: Flask) -> None:
    with app.app_context():
        client = redis_client()
        jobs.ring(jobs.AUDIT)
        jobs.ring(jobs.AUDIT)
        assert jobs.queue(jobs.AUDIT, client).count == 1
        jobs.answer_doorbell(jobs.AUDIT, client)
        jobs.ring(jobs.AUDIT)
        assert jobs.queue(jobs.AUDIT, client).count == 2


def test_every_allowed_function_exists() -> None:
    from rq.utils import import_attribute

    for name in jobs.ALLOWED:
        assert callable(import_attribute(name))
