"""What is measured: TaskForge's pages and changes, each beside the floor that does the same with the least work."""

from __future__ import annotations

import http.client
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tests.bench.load import Flow, request_bytes
from tests.bench.stage import Stage
from tests.bench.window import Board

SCRIPT = {"Accept": "application/json"}


@dataclass(frozen=True)
class Scenario:
    """One thing that is asked for again and again.

    ``fact`` names the audit event that every answered request must have left (None: it only reads).
    """

    name: str
    title: str
    flow: Flow
    is_floor: bool = False
    connections: int = 8
    status: int = 200
    fact: str | None = None


def list_scenarios(stage: Stage) -> list[Scenario]:
    """All scenarios of a run, each floor before what is held against it."""
    return [*_reads(stage), *_more_reads(stage), *_writes(stage)]


def list_quick_scenarios(stage: Stage) -> list[Scenario]:
    """The board page and a move, for which two small boards are enough."""
    names = ("c", "i", "board", "floor-move-c8", "move-c8")
    return [found for found in (*_reads(stage), *_move_pair(stage, 8, 50)) if found.name in names]


def _reads(stage: Stage) -> list[Scenario]:
    board = stage.boards[200]
    page = f"/boards/{board.board_id}"
    found = [
        _floor("a", "static bytes", "/a"),
        _floor("b", "Jinja loop over 200 cards", "/b"),
        _floor("c", "b, one SQL, one Redis", "/c"),
        _floor("e", "cards from SQL, Jinja loop", "/e"),
        _floor("i", "versions from SQL, drawn cards kept", "/i"),
        _floor("k", "i, 50 cards a column", "/k"),
        _floor("j", "one Redis MGET, ready page", "/j"),
        _page(stage, "board", "board of 200 cards", page),
        _page(stage, "board-c1", "· one after the other", page, connections=1),
        _page(stage, "task", "a task with 12 comments", f"/tasks/{board.tasks[0]}"),
    ]
    if tag := _tag_of(stage, page):
        unchanged = stage.windows[0].get(page, If_None_Match=tag)
        found.append(Scenario("board-304", "· unchanged", lambda *_: unchanged, status=304))
    return found


def _more_reads(stage: Stage) -> list[Scenario]:
    small, large = stage.boards[50], stage.boards[5000]
    list_url = f"/api/tasks?boardId={stage.boards[200].board_id}&limit=50"
    return [
        _page(
            stage,
            "board-5000-c1",
            "board of 5,000, one by one",
            f"/boards/{large.board_id}",
            connections=1,
        ),
        Scenario("mixed", "9 views, 1 move", _mixed(stage, small)),
        Scenario("api-list", "API, 50 tasks", _api(stage, list_url)),
    ]


def _writes(stage: Stage) -> list[Scenario]:
    pairs = [_move_pair(stage, count, 1000) for count in (1, 8, 32)]
    large = _moves(stage, stage.boards[5000])
    creates = _creates(stage, stage.boards[51])
    return [
        *(scenario for pair in pairs for scenario in pair),
        Scenario(
            "move-5000-c1", "move on 5,000, one by one", large, connections=1, fact="task.moved"
        ),
        Scenario("create", "create, 8 at once", creates, fact="task.created"),
    ]


def _move_pair(stage: Stage, count: int, size: int) -> tuple[Scenario, Scenario]:
    return (
        Scenario(
            f"floor-move-c{count}",
            f"one statement, {count} at once",
            _floor_move,
            is_floor=True,
            connections=count,
            status=204,
        ),
        Scenario(
            f"move-c{count}",
            f"move, {count} at once",
            _moves(stage, stage.boards[size]),
            connections=count,
            fact="task.moved",
        ),
    )


def _floor(name: str, title: str, path: str) -> Scenario:
    request = request_bytes("GET", path)
    return Scenario(name, title, lambda connection, turn: request, is_floor=True)


def _page(stage: Stage, name: str, title: str, path: str, **given: Any) -> Scenario:
    requests = [window.get(path) for window in stage.windows]
    return Scenario(
        name, title, lambda connection, turn: requests[connection % len(requests)], **given
    )


def _api(stage: Stage, path: str) -> Flow:
    requests = [request_bytes("GET", path, person.headers) for person in stage.people]
    return lambda connection, turn: requests[connection % len(requests)]


def _mixed(stage: Stage, board: Board) -> Flow:
    move = _moves(stage, board)
    views = [window.get(f"/boards/{board.board_id}") for window in stage.windows]

    def flow(connection: int, turn: int) -> bytes:
        if turn % 10 == 9:
            return move(connection, turn // 10)
        return views[connection % len(views)]

    return flow


def _moves(stage: Stage, board: Board) -> Flow:
    """Each connection moves a card of its own from column to column, as dragging does."""

    def flow(connection: int, turn: int) -> bytes:
        window = stage.windows[connection % len(stage.windows)]
        place = {
            "column_id": board.columns[(connection + turn) % 5],
            "op": str(uuid.uuid4()),
            "before_id": "",
            "after_id": "",
            "version": "",
        }
        task_id = board.tasks[(connection + 1) % len(board.tasks)]
        return window.post(f"/tasks/{task_id}/move", urlencode(place), **SCRIPT)

    return flow


def _creates(stage: Stage, board: Board) -> Flow:
    def flow(connection: int, turn: int) -> bytes:
        window = stage.windows[connection % len(stage.windows)]
        card = {
            "column_id": board.columns[0],
            "title": f"Card {connection} {turn}",
            "op": str(uuid.uuid4()),
        }
        address = f"/boards/{board.board_id}/tasks/create"
        return window.post(address, urlencode(card), HX_Request="true")

    return flow


def _floor_move(connection: int, turn: int) -> bytes:
    body = urlencode({"id": connection + 1, "col": (connection + turn) % 5})
    return request_bytes("POST", "/move", body=body)


def _tag_of(stage: Stage, path: str) -> str:
    """The validator that a browser would send with its next request; "" where the page has none."""
    connection = http.client.HTTPConnection("127.0.0.1", stage.system.port, timeout=10)
    connection.request(
        "GET", path, headers={"Cookie": stage.windows[0].cookie, "Accept-Encoding": "gzip"}
    )
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.headers.get("ETag", "")
