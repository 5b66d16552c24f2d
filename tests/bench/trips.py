"""How often one request asks each store, as the development server counts it; in production nothing is counted."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tests.bench.load import Connection
from tests.bench.scenario import Scenario
from tests.bench.stage import Stage

DEVELOPMENT = {"TASKFORGE_ENV": "development", "WEB_WORKERS": "1"}
# The first requests of a process prepare statements and fill caches.
TURNS = 6
STORES = ("postgresql", "redis", "mongodb")
_ENTRY = re.compile(rb'(\w+);dur=[0-9.]+;desc="(\d+)"')


def measure_trips(stage: Stage, scenarios: Sequence[Scenario]) -> dict[str, dict[str, int]]:
    """For each scenario the round trips of one request by store."""
    # The cookie's name says in production that it came over TLS.
    with stage.another_web_server(**DEVELOPMENT) as (process, port):
        process.wait_until_ready()
        return {
            scenario.name: _count(scenario, port) for scenario in scenarios if not scenario.is_floor
        }


def _count(scenario: Scenario, port: int) -> dict[str, int]:
    for turn in range(TURNS):
        if scenario.before:  # may take longer than an idle connection is kept
            scenario.before(turn)
        connection = Connection(0, port)
        connection.send(scenario.flow(0, turn).replace(b"__Host-sid=", b"sid="))
        while (answered := connection.receive()) is None:
            pass
        if answered[0] not in scenario.statuses:
            raise ConnectionError(f"{scenario.name}: {answered[0]}")
        connection.socket.close()
    head = connection.answer.partition(b"\r\n\r\n")[0]
    found = {name.decode(): int(trips) for name, trips in _ENTRY.findall(head)}
    return {store: found.get(store, 0) for store in STORES}
