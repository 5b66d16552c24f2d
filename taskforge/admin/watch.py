"""The watch: a thread of the relay that takes samples for the charts, and tells administrators what goes wrong.

A thread of its own, so that a store or a receiver of alerts that hangs never delays the relay's work. Any number of
relays may watch: a sample is taken by one of them, a message sent by one of them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import structlog
from flask import Flask

from taskforge.admin import doctor_probes
from taskforge.admin.alerts import state
from taskforge.admin.alerts.conditions import DATABASE_AWAY, Judgement, judge
from taskforge.admin.alerts.health_turns import ChainTurns, DocumentTurns
from taskforge.admin.alerts.sending import send
from taskforge.admin.figures.samples import EVERY_SECONDS, take_sample
from taskforge.admin.figures.stores import read_store_figures
from taskforge.errors import Unavailable
from taskforge.extensions import config_of
from taskforge.messaging.keys import ALERT_DATABASE
from taskforge.messaging.redis_client import RedisUnavailable, redis_guard
from taskforge.stores.mongo import DocumentsUnavailable

log = structlog.get_logger()
TURN_SECONDS = 60.0  # of what the doctor checks
STEP_BUDGET_SECONDS = 45.0
JOIN_SECONDS = 3.0


class Watch:
    """What the thread does in each step; needs the application's context."""

    def __init__(self) -> None:
        config = config_of()
        self._addresses = config.alert_addresses
        self._limit_mb = config.alert_postgresql_mb
        self._turns: list[Callable[[], Judgement]] = [
            ChainTurns(config.audit_key.encode()).take,
            DocumentTurns(doctor_probes.probes().copies).take,
        ]
        self._turn_at = 0.0

    def step(self) -> None:
        """Take a sample; where alerts are configured, judge the figures and send what is due."""
        figures = read_store_figures()
        take_sample(figures)
        if not self._addresses:
            return
        judgements = judge(figures, postgresql_limit_mb=self._limit_mb)
        # What PostgreSQL itself is about can't be kept there.
        kept = [one for one in judgements if one.name != DATABASE_AWAY]
        self._tell_of_database([one for one in judgements if one.name == DATABASE_AWAY])
        try:
            state.note([*kept, *self._take_turns()])
            self._send_due()
        except Unavailable:
            log.info("alerts_postponed")

    def _take_turns(self) -> list[Judgement]:
        if time.monotonic() < self._turn_at:
            return []
        self._turn_at = time.monotonic() + TURN_SECONDS
        found = []
        for take in self._turns:
            try:
                found.append(take())
            except (Unavailable, DocumentsUnavailable):
                continue
        return found

    def _send_due(self) -> None:
        deadline = time.monotonic() + STEP_BUDGET_SECONDS
        while time.monotonic() < deadline and (message := state.claim_message()) is not None:
            if self._send(message.name, message.detail, is_over=message.is_over):
                state.settle(message)
            else:
                state.postpone(message)

    def _send(self, name: str, detail: str, *, is_over: bool) -> bool:
        title = f"TaskForge: {name}{' is over' if is_over else ''}"
        words = "This is over. It was: " if is_over else ""
        body = f"{words}{detail}\n{config_of().public_url}/admin/figures"
        log.info("alert", name=name, is_over=is_over)
        return send(self._addresses, title, body)

    def _tell_of_database(self, judgements: Sequence[Judgement]) -> None:
        """Tell that PostgreSQL is away or back. Redis keeps whether it was told; while it is away too, nobody tells."""
        for one in judgements:
            key = ALERT_DATABASE.key()
            try:
                with redis_guard() as client:
                    is_new = (
                        client.set(key, "1", nx=True, ex=ALERT_DATABASE.ttl_seconds)
                        if one.holds
                        else client.delete(key)
                    )
            except RedisUnavailable:
                continue
            if is_new and not self._send(one.name, one.detail, is_over=not one.holds):
                self._take_back(key, one.holds)

    def _take_back(self, key: str, holds: bool) -> None:
        """Forget that it was told that PostgreSQL is away (or back), as the message was taken by nobody."""
        try:
            with redis_guard() as client:
                if holds:
                    client.delete(key)
                else:
                    client.set(key, "1", ex=ALERT_DATABASE.ttl_seconds)
        except RedisUnavailable:
            return


@contextmanager
def watching(app: Flask) -> Iterator[None]:
    """Watch in a thread during the block."""
    stopping = threading.Event()

    def run() -> None:
        with app.app_context():
            watch = Watch()
            while not stopping.wait(EVERY_SECONDS):
                try:
                    watch.step()
                except Exception:
                    log.exception("watch_failed")

    thread = threading.Thread(target=run, name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(JOIN_SECONDS)
