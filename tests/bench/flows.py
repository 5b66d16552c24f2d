"""What the connections of a scenario send, turn by turn."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from urllib.parse import urlencode

from tests.bench.floors import COLUMNS
from tests.bench.load import Flow, request_bytes
from tests.bench.stage import Stage
from tests.bench.window import Board, Window

SCRIPT = {"Accept": "application/json"}
VIEWS_PER_MOVE = 9
FLOOR_CARDS = 200
# A number that no count of connections divides, so that two of them rarely ask for the same.
STRIDE = 37


def page(stage: Stage, path: str) -> Flow:
    """Everybody in turn asks for a page."""
    return in_turn([window.get(path) for window in stage.windows])


def api(stage: Stage, path: str) -> Flow:
    """The same by programs."""
    return in_turn([request_bytes("GET", path, person.headers) for person in stage.people])


def tasks(stage: Stage, board: Board) -> Flow:
    """The pages of all tasks of a board, another one each time."""

    def flow(connection: int, turn: int) -> bytes:
        task_id = board.tasks[(connection * STRIDE + turn) % len(board.tasks)]
        return _window(stage, connection).get(f"/tasks/{task_id}")

    return flow


def moves(stage: Stage, boards: Sequence[Board]) -> Flow:
    """Each connection moves a card of its own from column to column, as dragging does."""

    def flow(connection: int, turn: int) -> bytes:
        board = boards[connection % len(boards)]
        task_id = board.tasks[(connection + 1) % len(board.tasks)]
        column_id = board.columns[(connection + turn) % len(board.columns)]
        return move(_window(stage, connection), task_id, column_id)

    return flow


def move(window: Window, task_id: str, column_id: str) -> bytes:
    """One move, as dragging sends it."""
    place = {
        "column_id": column_id,
        "op": str(uuid.uuid4()),
        "before_id": "",
        "after_id": "",
        "version": "",
    }
    return window.post(f"/tasks/{task_id}/move", urlencode(place), **SCRIPT)


def sees(stage: Stage, board: Board, seq: int) -> Flow:
    """What an open page sends of a board that it shows."""
    address, body = f"/boards/{board.board_id}/seen", urlencode({"seq": seq})
    return lambda connection, turn: _window(stage, connection).post(address, body, **SCRIPT)


def mixed(stage: Stage, board: Board) -> Flow:
    """Nine views of a board, then a move on it."""
    move_flow, view = moves(stage, [board]), page(stage, f"/boards/{board.board_id}")
    return _mixed(view, move_flow)


def creates(stage: Stage, board: Board) -> Flow:
    """New cards by the board's short form."""
    address = f"/boards/{board.board_id}/tasks/create"

    def flow(connection: int, turn: int) -> bytes:
        card = {
            "column_id": board.columns[0],
            "title": f"Card {connection} {turn}",
            "op": str(uuid.uuid4()),
        }
        return _window(stage, connection).post(address, urlencode(card), HX_Request="true")

    return flow


def comments(stage: Stage, board: Board) -> Flow:
    """Each connection comments on a task of its own."""

    def flow(connection: int, turn: int) -> bytes:
        comment = {"content": f"*Note* {turn}: it holds.", "op": str(uuid.uuid4())}
        address = f"/tasks/{board.tasks[-1 - connection % len(board.tasks)]}/comments/create"
        return _window(stage, connection).post(address, urlencode(comment), HX_Request="true")

    return flow


def floor(path: str) -> Flow:
    """A page of the floors."""
    request = request_bytes("GET", path)
    return lambda connection, turn: request


def floor_tasks(connection: int, turn: int) -> bytes:
    """The floor of opening tasks."""
    return request_bytes("GET", f"/t/{(connection * STRIDE + turn) % FLOOR_CARDS}")


def floor_moves(connection: int, turn: int) -> bytes:
    """The floor of moving cards."""
    body = urlencode({"id": connection + 1, "col": (connection + turn) % COLUMNS})
    return request_bytes("POST", "/move", body=body)


def floor_creates(connection: int, turn: int) -> bytes:
    """The floor of new cards."""
    return request_bytes("POST", "/create", body=urlencode({"title": f"Card {connection} {turn}"}))


def floor_mixed() -> Flow:
    """The floor of nine views and a move."""
    return _mixed(floor("/i"), floor_moves)


def _mixed(view: Flow, change: Flow) -> Flow:
    period = VIEWS_PER_MOVE + 1

    def flow(connection: int, turn: int) -> bytes:
        # Not all connections at the same moment.
        at = turn + connection
        return change(connection, at // period) if at % period == 0 else view(connection, turn)

    return flow


def in_turn(requests: Sequence[bytes]) -> Flow:
    """These requests one after the other, each connection from another one on."""
    return lambda connection, turn: requests[(connection + turn) % len(requests)]


def _window(stage: Stage, connection: int) -> Window:
    return stage.windows[connection % len(stage.windows)]
