"""The thread of each process that shares what it has counted and reports on it, every few seconds."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from flask import Flask
from sqlalchemy.pool import QueuePool

from taskforge.extensions import db
from taskforge.messaging.breaker import MONGODB, POSTGRESQL, REDIS, breaker_of
from taskforge.messaging.shared_metrics import (
    ProcessReport,
    push_counts,
    push_report,
    withdraw_report,
)
from taskforge.metrics.memory import read_memory
from taskforge.server.allocator import trim

log = structlog.get_logger()
WEB, WORKER, RELAY = "web", "worker", "relay"
PUSH_SECONDS = 5.0
REPORT_SECONDS = 15.0  # trimming and summing up the memory take the system some milliseconds
JOIN_SECONDS = 2.0


class Reporter:
    """Pushes the counts and the report of this process. Start it after the fork, in the process that it is about."""

    def __init__(
        self, app: Flask, role: str, *, count_streams: Callable[[], int] = lambda: 0
    ) -> None:
        self._app, self._role, self._count_streams = app, role, count_streams
        self._process = f"{role}:{socket.gethostname()}:{os.getpid()}"
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reporter", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Share what is left, and take the report back: the process ends."""
        self._stopping.set()
        self._thread.join(JOIN_SECONDS)

    def report(self) -> ProcessReport:
        """What can be said of this process now. Needs the application's context."""
        memory, pool = read_memory(), db.engine.pool
        assert isinstance(pool, QueuePool)
        return ProcessReport(
            process=self._process,
            role=self._role,
            rss=memory.rss,
            pss=memory.pss,
            open_streams=self._count_streams(),
            pool_in_use=pool.checkedout(),
            pool_size=pool.checkedout() + pool.checkedin(),
            breakers=tuple(
                name for name in (POSTGRESQL, MONGODB, REDIS) if breaker_of(name).opened_lately
            ),
        )

    def _run(self) -> None:
        report_at = 0.0
        with self._app.app_context():
            while not self._stopping.wait(PUSH_SECONDS):
                try:
                    push_counts()
                    if time.monotonic() >= report_at:
                        report_at = time.monotonic() + REPORT_SECONDS
                        trim()
                        push_report(self.report())
                except Exception:
                    log.exception("report_failed")
            push_counts()
            withdraw_report(self._process)


@contextmanager
def reporting(app: Flask, role: str) -> Iterator[None]:
    """Report on this process during the block."""
    reporter = Reporter(app, role)
    reporter.start()
    try:
        yield
    finally:
        reporter.stop()
