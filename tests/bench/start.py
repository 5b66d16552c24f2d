"""How soon a web server answers after its start, and what its first board page costs."""

from __future__ import annotations

import socket
import time
from contextlib import closing
from statistics import median

from tests.bench.load import Connection
from tests.bench.stage import Stage
from tests.bench.usage import children_of, cpu_seconds

STARTS = 5
POLL_SECONDS = 0.01
LONGEST_SECONDS = 30.0


def measure_start(stage: Stage) -> dict[str, float]:
    """Seconds from start to the first answer, and processor time of the first board page of a process (medians)."""
    seconds, first_cpu, first_wall = [], [], []
    for _ in range(STARTS):
        began = time.perf_counter()
        with stage.another_web_server() as (process, port):
            _wait_for_answer(port, began + LONGEST_SECONDS)
            seconds.append(time.perf_counter() - began)
            process.wait_until_ready()
            pids = children_of(process.pid)
            before = cpu_seconds(pids)
            request = stage.windows[0].get(f"/boards/{stage.boards[200].board_id}")
            connection = Connection(0, port)
            connection.send(request)
            while connection.receive() is None:
                pass
            first_wall.append(time.perf_counter() - connection.sent_at)
            first_cpu.append(cpu_seconds(pids) - before)
            connection.socket.close()
    return {
        "startSeconds": round(median(seconds), 2),
        "firstBoardCpuMs": round(median(first_cpu) * 1000, 1),
        "firstBoardMs": round(median(first_wall) * 1000, 1),
    }


def _wait_for_answer(port: int, deadline: float) -> None:
    while time.perf_counter() < deadline:
        try:
            with closing(socket.create_connection(("127.0.0.1", port), timeout=1)) as opened:
                opened.sendall(
                    b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
                )
                if b" 200 " in opened.recv(64):
                    return
        except OSError:
            time.sleep(POLL_SECONDS)
    raise TimeoutError("the web server did not start")
