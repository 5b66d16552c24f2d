"""Measures requests: their time, and their round trips to each store and the time of these.

Each answer is counted (`taskforge.metrics`). A share of them is logged as ``request``; slow and failed ones always are.
While developing an answer says its figures itself, in the header ``Server-Timing``, with the time in templates. Costs
some 10 µs a request, less than 1 % of a board that nobody changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from flask import Flask, Response, before_render_template, g, request, template_rendered

from taskforge.extensions import config_of
from taskforge.metrics.catalogue import UNMATCHED
from taskforge.metrics.counting import count_request
from taskforge.metrics.trips import Trips, begin_trips, current_trips, end_trips, now

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FACTS = "taskforge.request_facts"  # in the WSGI environment
TEMPLATES = "templates"


def init_request_meter(app: Flask) -> None:
    """Measure every request of the application."""
    config = config_of(app)
    app.wsgi_app = _measured(  # type: ignore[method-assign,assignment]
        app.wsgi_app,
        slow_seconds=config.slow_request_ms / 1000,
        log_share=config.request_log_share,
        tells=not config.is_production,
    )
    app.after_request(_note_facts)
    if not config.is_production:
        before_render_template.connect(_before_template, app)
        template_rendered.connect(_after_template, app)


def _measured(
    program: WSGIApplication, *, slow_seconds: float, log_share: float, tells: bool
) -> WSGIApplication:
    """Measure around Flask: its hooks run after the session is opened and before it is saved."""

    def measured(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        trips, token = begin_trips()
        status_line = "500"

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            nonlocal status_line
            status_line = status
            if tells:
                headers = [*headers, ("Server-Timing", server_timing(trips))]
            return start_response(status, headers, *rest)

        try:
            return program(environ, start)
        finally:
            end_trips(token)
            seconds, status = now() - trips.began, int(status_line[:3])
            facts = environ.get(FACTS, {"route": UNMATCHED})
            trips.stores.pop(TEMPLATES, None)
            count_request(facts["route"], status, seconds, trips.stores)
            if status >= 500 or seconds >= slow_seconds:
                structlog.get_logger().warning("request", **_entry(environ, status, seconds, trips))
            elif _is_chosen(facts.get("request_id", ""), log_share):
                structlog.get_logger().info("request", **_entry(environ, status, seconds, trips))

    return measured


def server_timing(trips: Trips) -> str:
    """The value of the header: ``dur`` in milliseconds, and as ``desc`` the number of trips."""
    entries = [f"total;dur={(now() - trips.began) * 1000:.2f}"]
    for store, (number, spent) in sorted(trips.stores.items()):
        entries.append(f'{store};dur={spent * 1000:.2f};desc="{number}"')
    return ", ".join(entries)


def _note_facts(response: Response) -> Response:
    """Put into the environment what only Flask knows of a request."""
    request.environ[FACTS] = {
        "route": request.endpoint or UNMATCHED,
        "user_id": g.get("user_id"),
        "request_id": g.get("request_id", ""),
    }
    return response


def _entry(
    environ: WSGIEnvironment, status: int, seconds: float, trips: Trips
) -> dict[str, object]:
    stores = {
        store: {"trips": number, "ms": round(spent * 1000, 1)}
        for store, (number, spent) in trips.stores.items()
    }
    facts = environ.get(FACTS, {"route": UNMATCHED})
    method = environ.get("REQUEST_METHOD", "")
    took_ms = round(seconds * 1000, 1)
    return {**facts, "method": method, "status": status, "took_ms": took_ms, "stores": stores}


def _is_chosen(request_id: str, share: float) -> bool:
    """Whether a request is of the share that is logged: decided by its id, whose last digits are random."""
    return bool(request_id) and int(request_id[-6:], 16) < share * 0x1000000


def _before_template(_sender: Flask, **_details: Any) -> None:
    g.template_began = now()


def _after_template(_sender: Flask, **_details: Any) -> None:
    trips, began = current_trips(), g.pop("template_began", None)
    if trips is not None and began is not None:
        trips.add(TEMPLATES, now() - began)
