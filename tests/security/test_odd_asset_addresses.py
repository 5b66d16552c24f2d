"""Addresses of static files that are spelled oddly: they cost the real web server neither memory nor time."""

from __future__ import annotations

import http.client
import os
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from taskforge.dev.commands import web_child
from taskforge.dev.servers import Home
from taskforge.server.processes import Process, free_port
from tests.processor_time import slowness
from tests.servers import Servers
from tests.web_servers import SECRETS

REQUESTS = 2_500
CONNECTIONS = 16
MAX_GROWTH_BYTES = 8 * 1024 * 1024  # 74 MB were taken once
MAX_SECONDS_FOR_EACH = 0.006  # of processor time; compressing a bundle anew takes 50 times as much


@pytest.fixture
def server(servers: Servers, migrated_app: Flask, tmp_path: Path) -> Iterator[tuple[int, int]]:
    """A web server of its own: its port, and the id of the process that answers."""
    home = Home(tmp_path)
    home.prepare()
    port = free_port()
    environment = {
        **os.environ,
        **servers.environment,
        **{name.upper(): value for name, value in SECRETS.items()},
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "WEB_WORKERS": "1",
    }
    process = Process(web_child(environment, port, home))
    try:
        process.wait_until_ready()
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        yield port, int(children[0])
    finally:
        process.ask_to_stop()
        process.wait_stopped()


def spelling(number: int) -> str:
    """One of endlessly many odd addresses."""
    kinds = (
        f"/assets/x{number}/fonts/w{number}/../inter-latin.woff2",
        f"/assets/a/{'./' * (number % 40)}css/app.css",
        f"/assets/a/css/{'../css/' * (number % 40)}app.css",
        f"/assets/{number}/css/app.css%20{number}",
        f"/assets/a/CSS/app.css{number}",
        f"/assets/a/%2e%2e/static/css/app.css?{number}",
        f"/assets/a/{'n' * 300}{number}",
        f"/assets/{number}/css/app.css",
    )
    return kinds[number % len(kinds)]


def ask(port: int, numbers: range) -> Counter[int]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    statuses: Counter[int] = Counter()
    for number in numbers:
        connection.request("GET", spelling(number), headers={"Accept-Encoding": "br, gzip"})
        answer = connection.getresponse()
        answer.read()
        statuses[answer.status] += 1
    return statuses


def ask_all(port: int, first: int) -> Counter[int]:
    """So many requests over several connections at once."""
    parts = [range(first + part, first + REQUESTS, CONNECTIONS) for part in range(CONNECTIONS)]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return sum(pool.map(lambda part: ask(port, part), parts), Counter())


def memory_of(pid: int) -> int:
    """The bytes that a process has in memory for itself."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def seconds_of(pid: int) -> float:
    """The processor time that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_odd_spellings_take_no_memory_and_little_time(
    server: tuple[int, int], record_property: Callable[[str, object], None]
) -> None:
    port, pid = server
    ask_all(port, 0)  # what the first requests of any kind take once
    before = slowness()
    memory, seconds = memory_of(pid), seconds_of(pid)
    statuses = ask_all(port, 1_000_000)
    grown, taken = memory_of(pid) - memory, seconds_of(pid) - seconds
    taken /= max(before, slowness())
    record_property("bytes", grown)
    record_property("seconds", taken)
    assert set(statuses) == {200, 404}
    assert statuses[200] < REQUESTS / 4  # a known name under an old hash is served, nothing else
    assert grown < MAX_GROWTH_BYTES
    assert taken / REQUESTS < MAX_SECONDS_FOR_EACH
