"""How soon the open boards of others hear of a move, with few and with many of them."""

from __future__ import annotations

import http.client
import selectors
import socket
import threading
import time
import uuid
from collections.abc import Sequence
from urllib.parse import urlencode

from tests.bench.load import SILENCE_SECONDS, request_bytes, run_closed_loop
from tests.bench.measuring import cost_of_each
from tests.bench.stage import Stage
from tests.bench.window import Board

MOVES = 30
REFETCHES = 10
PAUSE_SECONDS = 0.12
PIECE_BYTES = 1 << 14


def measure_live(stage: Stage, watchers: int) -> dict[str, float]:
    """Milliseconds from sending a move until each watcher has its hint: median, p95 and the longest.

    With what such a move costs all processes.

    Raises:
        TimeoutError: a hint did not come.
    """
    board = stage.boards[52]
    sockets = [watch(stage, board, number, stage.system.port) for number in range(watchers)]
    sent: list[float] = []
    before = stage.meter.read()
    mover = threading.Thread(target=_move, args=(stage, board, sent))
    mover.start()
    arrivals = _collect(sockets)
    mover.join()
    stage.meter.settle()
    cost = cost_of_each(stage.meter.read() - before, MOVES)
    for opened in sockets:
        opened.close()
    waits = sorted(
        (at - sent[turn]) * 1000 for turns in arrivals for turn, at in enumerate(turns[:MOVES])
    )
    return {
        "watchers": watchers,
        "hints": len(waits),
        "medianMs": round(waits[len(waits) // 2], 1),
        "p95Ms": round(waits[int(len(waits) * 0.95)], 1),
        "longestMs": round(waits[-1], 1),
        "cpuMs": round(cost["cpuMs"], 1),
    }


def measure_refetch(stage: Stage, watchers: int) -> dict[str, float]:
    """Milliseconds until each of so many open boards has the columns of a moved card, all asking at the same moment.

    Browsers spread their questions over up to a second; this is what would happen if they did not.
    """
    board = stage.boards[52]
    path = f"/boards/{board.board_id}/columns?task={board.tasks[0]}"
    requests = [window.get(path, HX_Request="true") for window in stage.windows]
    connection = _connect(stage)
    waits: list[float] = []
    for turn in range(REFETCHES):
        _move_once(stage, board, connection, turn)
        load = run_closed_loop(
            stage.system.port,
            lambda number, _turn: requests[number % len(requests)],
            connections=watchers,
            seconds=0.0,
        )
        if load.statuses[200] != watchers:
            raise ConnectionError(f"the columns were refused: {dict(load.statuses)}")
        waits += [wait * 1000 for wait in load.latencies]
    connection.close()
    waits.sort()
    return {
        "watchers": watchers,
        "medianMs": round(waits[len(waits) // 2], 1),
        "longestMs": round(waits[-1], 1),
    }


def _connect(stage: Stage) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", stage.system.port, timeout=SILENCE_SECONDS)


def watch(stage: Stage, board: Board, number: int, port: int) -> socket.socket:
    """Open a board's live stream on a port, as one of the people.

    Raises:
        ConnectionError: it was refused.
    """
    window = stage.windows[number % len(stage.windows)]
    opened = socket.create_connection(("127.0.0.1", port), timeout=SILENCE_SECONDS)
    opened.sendall(
        request_bytes("GET", f"/live/boards/{board.board_id}", {"Cookie": window.cookie})
    )
    begun = b""
    while b"retry:" not in begun:
        piece = opened.recv(PIECE_BYTES)
        if not piece:
            raise ConnectionError(f"the stream was refused: {begun[:200]!r}")
        begun += piece
    return opened


def _move(stage: Stage, board: Board, sent: list[float]) -> None:
    connection = _connect(stage)
    for turn in range(MOVES):
        time.sleep(PAUSE_SECONDS)
        sent.append(time.perf_counter())
        _move_once(stage, board, connection, turn)
    connection.close()


def _move_once(
    stage: Stage, board: Board, connection: http.client.HTTPConnection, turn: int
) -> None:
    window = stage.windows[0]
    place = {"column_id": board.columns[(turn + 1) % 5], "op": str(uuid.uuid4())}
    headers = {
        "Cookie": window.cookie,
        "X-CSRFToken": window.token,
        "Accept": "application/json",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection.request(
        "POST", f"/tasks/{board.tasks[0]}/move", body=urlencode(place), headers=headers
    )
    answer = connection.getresponse()
    said = answer.read()
    if answer.status != 200:
        raise ConnectionError(f"a card could not be moved: {said[:200]!r}")


def _collect(sockets: Sequence[socket.socket]) -> list[list[float]]:
    """For each watcher, when each of the hints came."""
    arrivals: list[list[float]] = [[] for _ in sockets]
    with selectors.DefaultSelector() as selector:
        for number, opened in enumerate(sockets):
            opened.setblocking(False)
            selector.register(opened, selectors.EVENT_READ, number)
        while any(len(turns) < MOVES for turns in arrivals):
            ready = selector.select(SILENCE_SECONDS)
            if not ready:
                raise TimeoutError("a watcher heard nothing of a move")
            for key, _ in ready:
                piece = sockets[key.data].recv(PIECE_BYTES)
                now = time.perf_counter()
                arrivals[key.data] += [now] * piece.count(b"event: board")
    return arrivals
