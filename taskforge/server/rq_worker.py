"""The worker of one queue: RQ's, with jobs run in its own process, and with waiting for an absent Redis."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import socket
import threading
from types import FrameType
from typing import Any

import structlog
from flask import Flask
from redis import Redis, RedisError
from rq import Queue, SimpleWorker, worker_registration
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.utils import as_text

from taskforge.extensions import config_of
from taskforge.messaging import queues

log = structlog.get_logger()
WORKER_TTL_SECONDS = 30
MAINTENANCE_SECONDS = 10
FIRST_WAIT_SECONDS = 0.5
MAX_WAIT_SECONDS = 5.0
# After its time limit a job has so long to end by the exception that RQ raises in it.
GRACE_SECONDS = 10


class QueueWorker(SimpleWorker):
    """Runs each job in its own process, which keeps its connections: no fork (30 ms) and no new connections for a job.

    A job may end its process, see `work`. A job that hangs where no exception reaches it, in C code, ends the process
    after `GRACE_SECONDS`. The worker takes no commands over Redis: whoever can write there must not be able to stop it.
    """

    max_connection_wait_time = MAX_WAIT_SECONDS
    app: Flask

    def perform_job(self, job: Job, *arguments: Any) -> bool:
        """Run a job inside the application's context."""
        # Its watchdog is a thread in C: it ends the process even when no Python can run.
        faulthandler.dump_traceback_later(queues.JOB_TIMEOUT_SECONDS + GRACE_SECONDS, exit=True)
        try:
            with self.app.app_context():
                return bool(super().perform_job(job, *arguments))
        finally:
            faulthandler.cancel_dump_traceback_later()

    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:
        """After how long a job that has not ended is given up: it can't be running any more."""
        return queues.JOB_TIMEOUT_SECONDS + 2 * GRACE_SECONDS

    def subscribe(self) -> None:
        """Do nothing, instead of listening to commands."""

    def unsubscribe(self) -> None:
        """Do nothing: `subscribe` did nothing."""


def work(app: Flask, queue_name: str) -> None:
    """Work on a queue until SIGTERM or SIGINT; a running job is finished first.

    One queue for each process: only then does RQ take a job by way of an intermediate list, in which it is found when
    the worker is killed before it has started the job (`taskforge.admin.stuck_jobs`).

    A job that ends its process loses nothing: what it had to do stands in PostgreSQL or in the job itself, each of its
    steps may be repeated, and the supervisor starts the process again, which first takes up what the dead one left.
    """
    stopping = threading.Event()
    wait = FIRST_WAIT_SECONDS
    while not stopping.is_set():
        _on_stop_signals(stopping)
        try:
            worker = _make_worker(app, queue_name)
            take_up(worker.queues[0])
            wait = FIRST_WAIT_SECONDS
            worker.work(logging_level="WARNING")
            if worker._shutdown_requested_date is not None:
                return
        except (RedisError, OSError) as error:
            log.warning("redis_away", queue=queue_name, why=str(error), wait_seconds=wait)
        _on_stop_signals(stopping)
        stopping.wait(wait)
        wait = min(wait * 2, MAX_WAIT_SECONDS)


def take_up(queue: Queue) -> None:
    """Retry the jobs that dead workers of this machine were at, and wake the queue for what else is left.

    Elsewhere RQ's own maintenance retries such a job when its heartbeat has run out.

    Raises:
        redis.RedisError: Redis can't be asked.
    """
    client = queue.connection
    for dead in QueueWorker.all(queue=queue):
        if dead.hostname == socket.gethostname() and not _is_alive(dead.pid):
            for key in client.smembers(dead.executions_key):
                # Its time is over, whatever its heartbeat says.
                client.zadd(queue.started_job_registry.key, {as_text(key): 0}, xx=True)
                log.warning("job_of_dead_worker", queue=queue.name, job=as_text(key))
            worker_registration.unregister(dead)
    queue.started_job_registry.cleanup()
    queues.wake_anew(queue.name, client)


def _is_alive(pid: int | None) -> bool:
    if (
        pid is None or pid == os.getpid()
    ):  # this process has just begun: an earlier one had its number
        return False
    with contextlib.suppress(PermissionError):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
    return True


def _make_worker(app: Flask, queue_name: str) -> QueueWorker:
    client = Redis.from_url(config_of(app).redis_url, socket_connect_timeout=2, retry=None)
    worker = QueueWorker(
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
