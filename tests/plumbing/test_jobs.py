"""Whoever can write to Redis cannot run code here, and no ring is lost."""

from __future__ import annotations

import pickle

import pytest
from flask import Flask
from rq.exceptions import DeserializationError
from rq.job import Job
from rq.serializers import JSONSerializer

from taskforge.extensions import redis_client
from taskforge.messaging import queues


def test_a_foreign_function_is_refused_before_anything_is_imported(app: Flask) -> None:
    with app.app_context():
        queue = queues.queue(queues.AUDIT, redis_client())
        job = queue.enqueue("os.system", "true")
        fetched = queues.AllowedJob.fetch(
            job.id, connection=redis_client(), serializer=JSONSerializer
        )
        with pytest.raises(queues.UnknownJob):
            _ = fetched.func
        with pytest.raises(queues.UnknownJob):
            fetched._execute()


def test_callbacks_in_redis_are_dropped(app: Flask) -> None:
    with app.app_context():
        client = redis_client()
        job = queues.queue(queues.AUDIT, client).enqueue(queues.DRAINS[queues.AUDIT])
        client.hset(job.key, "success_callback_name", "os.abort")
        fetched = queues.AllowedJob.fetch(job.id, connection=client, serializer=JSONSerializer)
        assert fetched.success_callback is None


def test_a_pickled_job_is_not_unpickled(app: Flask) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[object, ...]:
            return (pytest.fail, ("it was unpickled",))

    with app.app_context():
        client = redis_client()
        job = queues.queue(queues.AUDIT, client).enqueue(queues.DRAINS[queues.AUDIT])
        client.hset(job.key, "data", pickle.dumps(Bomb()))
        with pytest.raises(DeserializationError):
            _ = Job.fetch(job.id, connection=client, serializer=JSONSerializer).func_name


def test_a_second_ring_before_the_job_begins_adds_no_job(app: Flask) -> None:
    with app.app_context():
        client = redis_client()
        queues.ring(queues.AUDIT)
        queues.ring(queues.AUDIT)
        assert queues.queue(queues.AUDIT, client).count == 1
        queues.answer_doorbell(queues.AUDIT, client)
        queues.ring(queues.AUDIT)
        assert queues.queue(queues.AUDIT, client).count == 2


def test_every_allowed_function_exists() -> None:
    from rq.utils import import_attribute

    for name in queues.ALLOWED:
        assert callable(import_attribute(name))
