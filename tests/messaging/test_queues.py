"""Whoever can write to Redis cannot run code here, and no wake-up is lost."""

from __future__ import annotations

import pickle
import subprocess
import time

import pytest
from flask import Flask
from rq import Retry, SimpleWorker
from rq.exceptions import DeserializationError
from rq.job import Job
from rq.serializers import JSONSerializer
from sqlalchemy import text

from taskforge.admin.stuck_jobs import requeue_stuck_jobs
from taskforge.audit import jobs as audit_jobs
from taskforge.messaging import queues
from taskforge.messaging.keys import WAKE_UP
from taskforge.messaging.redis_client import redis_client
from taskforge.notifications import jobs as notification_jobs
from taskforge.server import rq_worker
from taskforge.stores import sql
from tests.stores.scene import security_event


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
        job = queues.queue(queues.AUDIT, client).enqueue(queues.PROCESSORS[queues.AUDIT])
        client.hset(job.key, "success_callback_name", "os.abort")
        fetched = queues.AllowedJob.fetch(job.id, connection=client, serializer=JSONSerializer)
        assert fetched.success_callback is None


def test_a_pickled_job_is_not_unpickled(app: Flask) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[object, ...]:
            return (pytest.fail, ("it was unpickled",))

    with app.app_context():
        client = redis_client()
        job = queues.queue(queues.AUDIT, client).enqueue(queues.PROCESSORS[queues.AUDIT])
        client.hset(job.key, "data", pickle.dumps(Bomb()))
        with pytest.raises(DeserializationError):
            _ = Job.fetch(job.id, connection=client, serializer=JSONSerializer).func_name


def test_a_security_event_waits_for_a_worker_that_is_away_for_days(app: Flask) -> None:
    with app.app_context():
        client = redis_client()
        assert queues.enqueue_security_event(security_event())
        [job] = queues.queue(queues.AUDIT, client).jobs
        assert client.ttl(job.key) > 6 * 86_400


def test_a_second_wake_up_before_the_job_begins_adds_no_job(app: Flask) -> None:
    with app.app_context():
        client = redis_client()
        queues.wake(queues.AUDIT)
        queues.wake(queues.AUDIT)
        assert queues.queue(queues.AUDIT, client).count == 1
        queues.take_wake_up(queues.AUDIT, client)
        queues.wake(queues.AUDIT)
        assert queues.queue(queues.AUDIT, client).count == 2


def test_rounds_of_a_queue_keep_their_distance_and_the_first_begins_at_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "ROUND_SECONDS", 600.0)
    waits: list[float] = []
    with app.app_context(), monkeypatch.context() as clock:
        clock.setattr(time, "sleep", waits.append)
        for _ in range(3):
            queues.process_queue("some queue", lambda: 0)
    assert waits[0] == 0
    assert [300 < wait <= 600 for wait in waits[1:]] == [True, True]


def test_a_job_stays_while_much_is_changed_and_nobody_needs_to_wake_it(app: Flask) -> None:
    found = [5, 7, 1]
    with app.app_context():
        client = redis_client()

        def process() -> int:
            assert not client.exists(WAKE_UP.key(queue=queues.AUDIT))
            return found.pop(0)

        assert queues.process_queue(queues.AUDIT, process) == 13
        queues.wake(queues.AUDIT)
        assert queues.queue(queues.AUDIT, client).count == 1


def test_a_job_that_was_followed_by_another_one_leaves_the_rest_to_it(app: Flask) -> None:
    with app.app_context():

        def process() -> int:
            queues.wake(queues.AUDIT)  # a change that was committed after the search
            return 9

        assert queues.process_queue(queues.AUDIT, process) == 9
        assert queues.queue(queues.AUDIT, redis_client()).count == 1


def test_a_job_does_not_stay_for_ever(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "STAY_SECONDS", 0.3)
    monkeypatch.setattr(queues, "ROUND_SECONDS", 0.05)
    with app.app_context():
        assert 10 <= queues.process_queue(queues.AUDIT, lambda: 10) <= 70
        queues.wake(queues.AUDIT)
        assert queues.queue(queues.AUDIT, redis_client()).count == 1


def test_a_worker_that_begins_takes_up_what_a_dead_one_was_at(app: Flask) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    with app.app_context():
        queue = queues.queue(queues.NOTIFICATIONS, redis_client())
        job = queue.enqueue(queues.PROCESSORS[queues.NOTIFICATIONS], retry=Retry(max=3))
        dead = SimpleWorker(
            [queue],
            connection=redis_client(),
            job_class=queues.AllowedJob,
            serializer=JSONSerializer,
        )
        dead.pid = ended.pid
        dead.register_birth()
        assert queue.dequeue_any([queue], None, connection=redis_client()) is not None
        dead.prepare_job_execution(job, remove_from_intermediate_queue=True)
        dead.prepare_execution(job)
        assert queue.started_job_registry.get_job_ids() == [job.id]
        rq_worker.take_up(queue)
        assert queue.started_job_registry.get_job_ids() == []
        assert job.id in queue.get_job_ids()
        assert queue.count == 2  # and a fresh one
        assert SimpleWorker.all(queue=queue) == []


def test_every_allowed_function_exists() -> None:
    from rq.utils import import_attribute

    for name in queues.ALLOWED:
        assert callable(import_attribute(name))


RETIRED = {
    "taskforge.audit.handlers.seal_pending": audit_jobs.seal_pending,
    "taskforge.audit.handlers.write_security_event": audit_jobs.write_security_event,
    "taskforge.notifications.handlers.deliver_pending": notification_jobs.deliver_pending,
}


@pytest.mark.parametrize("name", RETIRED)
def test_a_job_that_an_earlier_version_queued_runs_the_function_of_today(
    app: Flask, name: str
) -> None:
    with app.app_context():
        job = queues.queue(queues.AUDIT, redis_client()).enqueue(name)
        fetched = queues.AllowedJob.fetch(
            job.id, connection=redis_client(), serializer=JSONSerializer
        )
        assert fetched.func is RETIRED[name]


def test_a_security_event_that_an_earlier_version_queued_is_written(app: Flask) -> None:
    event = security_event()
    with app.app_context():
        queue = queues.queue(queues.AUDIT, redis_client())
        queue.enqueue("taskforge.audit.handlers.write_security_event", event)
        SimpleWorker(
            [queue],
            connection=redis_client(),
            job_class=queues.AllowedJob,
            serializer=JSONSerializer,
        ).work(burst=True)
        written = text("SELECT event FROM audit_logs WHERE event_id = :event_id")
        assert sql.scalar(written, {"event_id": event["event_id"]}) == "user.login_failed"


def test_a_failed_job_of_an_earlier_version_is_requeued(app: Flask) -> None:
    with app.app_context():
        queue = queues.queue(queues.AUDIT, redis_client())
        # Too little for the job: it fails, and stands in the registry of failed jobs.
        queue.enqueue("taskforge.audit.handlers.write_security_event", {})
        SimpleWorker(
            [queue],
            connection=redis_client(),
            job_class=queues.AllowedJob,
            serializer=JSONSerializer,
        ).work(burst=True)
        assert requeue_stuck_jobs() == 1
