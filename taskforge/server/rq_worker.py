"""The worker of one queue: RQ's, with the application built before the fork, that outlives a Redis that is away."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any

import structlog
from flask import Flask
from redis import Redis, RedisError
from rq import Worker
from rq.serializers import JSONSerializer

from taskforge.extensions import config_of, db
from taskforge.messaging import queues
from taskforge.messaging.redis_client import breaker as redis_breaker
from taskforge.stores import mongo, sql

log = structlog.get_logger()
WORKER_TTL_SECONDS = 30
MAINTENANCE_SECONDS = 10
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 5.0


class ForkingWorker(Worker):
    """Forks a process for each job. The child drops the sockets it inherited and makes its own.

    It takes no commands over Redis: whoever can write there must not be able to stop it.
    """

    max_connection_wait_time = LONGEST_WAIT_SECONDS
    app: Flask

    def perform_job(self, *arguments: Any) -> bool:
        """In the child: run the job inside the application."""
        with self.app.app_context():
            for engine in db.engines.values():
                engine.dispose(close=False)  # the parent's connections are the parent's
            mongo.connect(config_of(self.app))
            sql.breaker.reset()
            redis_breaker.reset()
            return bool(super().perform_job(*arguments))

    def subscribe(self) -> None:
        """Listen to no commands."""

    def unsubscribe(self) -> None:
        """Nothing was subscribed to."""


def work(app: Flask, queue_name: str) -> None:
    """Work on a queue until SIGTERM or SIGINT; a job at hand is finished first.

    One queue for each process: a worker on two would lose a job for ever if it were killed between taking the job
    from its list and starting it.
    """
    stopping = threading.Event()
    wait = FIRST_WAIT_SECONDS
    while not stopping.is_set():
        _on_stop_signals(stopping)
        try:
            worker = _make_worker(app, queue_name)
            wait = FIRST_WAIT_SECONDS
            worker.work(logging_level="WARNING")
            if worker._shutdown_requested_date is not None:
                return
        except (RedisError, OSError) as error:
            log.warning("redis_away", queue=queue_name, why=str(error), wait_seconds=wait)
        _on_stop_signals(stopping)
        stopping.wait(wait)
        wait = min(wait * 2, LONGEST_WAIT_SECONDS)


def _make_worker(app: Flask, queue_name: str) -> ForkingWorker:
    client = Redis.from_url(config_of(app).redis_url, socket_connect_timeout=2, retry=None)
    worker = ForkingWorker(
        [queues.queue(queue_name, client)],
        connection=client,
        job_class=queues.AllowedJob,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL_SECONDS,
        maintenance_interval=MAINTENANCE_SECONDS,
        log_job_description=False,
    )
    worker.app = app
    return worker


def _on_stop_signals(stopping: threading.Event) -> None:
    """While RQ is not at work its own handlers would raise out of place."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
