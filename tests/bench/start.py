"""How soon a web server answers after its start, beside the floors', and what its first board page costs."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from statistics import median

from taskforge.server.processes import Process
from tests.bench.load import Connection
from tests.bench.stage import Stage
from tests.bench.usage import children_of, cpu_seconds

STARTS = 5
POLL_SECONDS = 0.01
LONGEST_SECONDS = 30.0

Server = Callable[[], AbstractContextManager[tuple[Process, int]]]


def measure_start(stage: Stage) -> dict[str, dict[str, float]]:
    """Seconds from start to the first answer of both, and the first board page of a process (medians)."""
    seconds, floors, first_cpu, first_wall = [], [], [], []
    for _ in range(STARTS):
        floors.append(_start(stage.another_floors_server, "/a"))
        began = time.perf_counter()
        with stage.another_web_server() as (process, port):
            _wait_for_answer(port, "/livez", began + LONGEST_SECONDS)
            seconds.append(time.perf_counter() - began)
            process.wait_until_ready()
            wall, cpu = _first_board(stage, process, port)
            first_wall.append(wall)
            first_cpu.append(cpu)
    return {
        "floors-start": {"seconds": median(floors)},
        "start": {
            "seconds": median(seconds),
            "firstBoardCpuMs": median(first_cpu) * 1000,
            "firstBoardMs": median(first_wall) * 1000,
        },
    }


def _start(server: Server, path: str) -> float:
    began = time.perf_counter()
    with server() as (_, port):
        _wait_for_answer(port, path, began + LONGEST_SECONDS)
        return time.perf_counter() - began


def _first_board(stage: Stage, process: Process, port: int) -> tuple[float, float]:
    """Seconds until the page was there, and of processor time in the web server."""
    pids = children_of(process.pid)
    before = cpu_seconds(pids)
    connection = Connection(0, port)
    connection.send(stage.windows[0].get(f"/boards/{stage.boards[200].board_id}"))
    while connection.receive() is None:
        pass
    wall = time.perf_counter() - connection.sent_at
    connection.socket.close()
    return wall, cpu_seconds(pids) - before


def _wait_for_answer(port: int, path: str, deadline: float) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()
    while time.perf_counter() < deadline:
        try:
            with closing(socket.create_connection(("127.0.0.1", port), timeout=5)) as opened:
                opened.sendall(request)
                if b" 200 " in opened.recv(64):
                    return
        except OSError:
            time.sleep(POLL_SECONDS)
    raise TimeoutError("the web server did not start")
