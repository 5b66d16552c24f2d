"""Measures requests: round trips to and time in each store, and time in templates, as a ``Server-Timing`` header.

Installed in development only, so that it costs nothing in production.
"""

from __future__ import annotations

import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import Flask, before_render_template, template_rendered
from pymongo.monitoring import CommandListener
from redis import ConnectionPool
from sqlalchemy import Engine, event

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

POSTGRESQL, REDIS, MONGODB, TEMPLATES = "postgresql", "redis", "mongodb", "templates"


@dataclass
class Meter:
    """The figures of one request, by store (`TEMPLATES` is one of them).

    ``trips`` counts statements, commands or rendered templates, ``seconds`` adds up their time; ``marks`` are the
    beginnings of those that have not ended.
    """

    began: float = field(default_factory=time.perf_counter)
    trips: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    marks: dict[str, float] = field(default_factory=dict)

    def start(self, store: str) -> None:
        """Count a trip to a store, which begins now."""
        self.trips[store] = self.trips.get(store, 0) + 1
        self.marks[store] = time.perf_counter()

    def stop(self, store: str) -> None:
        """Add the time of the trip that began last."""
        began = self.marks.pop(store, None)
        if began is not None:
            self.seconds[store] = self.seconds.get(store, 0.0) + time.perf_counter() - began

    def header(self) -> str:
        """The value of the header: ``dur`` in milliseconds, and as ``desc`` the number of trips."""
        total = (time.perf_counter() - self.began) * 1000
        entries = [f"total;dur={total:.2f}"]
        for store, trips in sorted(self.trips.items()):
            spent = self.seconds.get(store, 0.0) * 1000
            entries.append(f'{store};dur={spent:.2f};desc="{trips}"')
        return ", ".join(entries)


_meter: ContextVar[Meter | None] = ContextVar("meter", default=None)


def init_meter(app: Flask, *, engine: Engine, pools: list[ConnectionPool]) -> None:
    """Measure every request of the application: statements of `engine`, commands of the Redis `pools`, templates.

    MongoDB's commands are counted by `MongoCommands`, which its client gets when it is made.
    """
    app.wsgi_app = _metered(app.wsgi_app)  # type: ignore[method-assign,assignment]
    event.listen(engine, "before_cursor_execute", lambda *_: _start(POSTGRESQL))
    event.listen(engine, "after_cursor_execute", lambda *_: _stop(POSTGRESQL))
    before_render_template.connect(_before_template, app)
    template_rendered.connect(_after_template, app)
    for pool in pools:
        kind = pool.connection_class
        pool.connection_class = type(f"Metered{kind.__name__}", (_MeteredConnection, kind), {})


class MongoCommands(CommandListener):
    """A listener of pymongo that counts the commands of the process's client."""

    def started(self, event: Any) -> None:
        """Called when a command is sent."""
        _start(MONGODB)

    def succeeded(self, event: Any) -> None:
        """Called when a command succeeded."""
        _stop(MONGODB)

    def failed(self, event: Any) -> None:
        """Called when a command failed or the connection was lost."""
        _stop(MONGODB)


class _MeteredConnection:
    """A mixin for redis-py's connections that counts each sending as one trip: a pipeline is one, whatever it holds."""

    def send_packed_command(self, command: Any, check_health: bool = True) -> None:
        """Called by redis-py to send one command or a whole pipeline: the trip begins."""
        _start(REDIS)
        super().send_packed_command(command, check_health)  # type: ignore[misc]

    def read_response(self, *args: Any, **options: Any) -> Any:
        """Called by redis-py for each reply: the trip is over."""
        try:
            return super().read_response(*args, **options)  # type: ignore[misc]
        finally:
            _stop(REDIS)


def _metered(program: WSGIApplication) -> WSGIApplication:
    """Measure around Flask: its hooks run after the session is opened and before it is saved."""

    def measured(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        meter = Meter()
        token = _meter.set(meter)

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, [*headers, ("Server-Timing", meter.header())], *rest)

        try:
            return program(environ, start)
        finally:
            _meter.reset(token)

    return measured


def _start(store: str) -> None:
    meter = _meter.get()
    if meter is not None:
        meter.start(store)


def _stop(store: str) -> None:
    meter = _meter.get()
    if meter is not None:
        meter.stop(store)


def _before_template(_sender: Flask, **_details: Any) -> None:
    _start(TEMPLATES)


def _after_template(_sender: Flask, **_details: Any) -> None:
    _stop(TEMPLATES)
