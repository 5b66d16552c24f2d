"""The worker of one queue: RQ's, with the application made before the fork, and with waiting for an absent Redis."""

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
from taskforge.messaging.shared_metrics import push_counts
from taskforge.stores import mongo, sql

log = structlog.get_logger()
WORKER_TTL_SECONDS = 30
MAINTENANCE_SECONDS = 10
FIRST_WAIT_SECONDS = 0.5
MAX_WAIT_SECONDS = 5.0


class ForkingWorker(Worker):
    """Forks a process for each job; the child replaces the connections that it inherited by its own.

    It takes no commands over Redis: whoever can write there must not be able to stop it.
    """

    max_connection_wait_time = MAX_WAIT_SECONDS
    app: Flask

    def perform_job(self, *arguments: Any) -> bool:
        """Run the job inside the application's context; called by RQ in the forked child."""
        with self.app.app_context():
            for engine in db.engines.values():
                engine.dispose(close=False)  # closing them would end the parent's connections
            mongo.connect(config_of(self.app))
            sql.breaker.reset()
            redis_breaker.reset()
            try:
                return bool(super().perform_job(*arguments))
            finally:
                push_counts()  # the child ends with the job

    def subscribe(self) -> None:
        """Do nothing, instead of listening to commands."""

    def unsubscribe(self) -> None:
        """Do nothing: `subscribe` did nothing."""


def work(app: Flask, queue_name: str) -> None:
    """Work on a queue until SIGTERM or SIGINT; a running job is finished first.

    One queue for each process: only then does RQ take a job by way of an intermediate list, in which it is found when
    the worker is killed before it has started the job (`taskforge.admin.stuck_jobs`).
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
        wait = min(wait * 2, MAX_WAIT_SECONDS)


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
    """Set our signal handlers while RQ does not work: RQ's own would raise its exceptions outside of its loop."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
