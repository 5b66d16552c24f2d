"""What is measured: TaskForge's pages and changes, each beside the floor that does the same with the least work."""

from __future__ import annotations

import http.client
from collections.abc import Callable

from tests.bench import flows
from tests.bench.finding import list_finding
from tests.bench.load import Flow, run_closed_loop
from tests.bench.scenario import Scenario
from tests.bench.stage import Stage
from tests.bench.window import Board

FIRST_VIEWS = "first-view"
BURSTS = 3
OPENINGS = 16  # of each task: eight people, two workers
LONGEST_SECONDS = 120.0
QUICK = (
    "a", "i", "j", "t", "floor-move-c8", "floor-create", "board", "board-304", "task", "task-again", "mixed",
    "floor-mixed", "move-c8", "create", "s", "r", "search", "report", "table-200", "calendar-200", FIRST_VIEWS,
)  # fmt: skip


def list_scenarios(stage: Stage) -> list[Scenario]:
    """All scenarios of a run, each floor before what is held against it."""
    return [
        *_floors(),
        *_reads(stage),
        *list_finding(stage),
        *_first_views(stage),
        *_writes(stage, 1000),
        *_large(stage),
    ]


def list_quick_scenarios(stage: Stage) -> list[Scenario]:
    """The ones for which small boards are enough."""
    found = [
        *_floors(),
        *_reads(stage),
        *list_finding(stage),
        *_first_views(stage),
        *_writes(stage, 50),
    ]
    return [scenario for scenario in found if scenario.name in QUICK]


def _floors() -> list[Scenario]:
    named = [
        ("a", "static bytes", "/a"),
        ("c", "Jinja over 200 cards, one SQL, one Redis", "/c"),
        ("e", "200 cards from SQL, Jinja", "/e"),
        ("i", "versions from SQL, drawn cards kept", "/i"),
        ("j", "one Redis MGET, ready page", "/j"),
        ("l", "50 rows as JSON", "/l"),
    ]
    found = [Scenario(name, title, flows.floor(path), is_floor=True) for name, title, path in named]
    found.append(Scenario("t", "a card with comments, Jinja", flows.floor_tasks, is_floor=True))
    found.append(
        Scenario(
            "floor-mixed", "9 of i, 1 move", flows.floor_mixed(), is_floor=True, statuses=(200, 204)
        )
    )
    for count in (1, 8, 32):
        found.append(
            Scenario(
                f"floor-move-c{count}",
                f"a move as one statement, {count} at once",
                flows.floor_moves,
                is_floor=True,
                connections=count,
                statuses=(204,),
            )
        )
    create = flows.floor_creates
    found.append(Scenario("floor-create", "one statement", create, is_floor=True, statuses=(204,)))
    return found


def _reads(stage: Stage) -> list[Scenario]:
    board = stage.boards[200]
    path = f"/boards/{board.board_id}"
    view, see = flows.page(stage, path), _see(stage, board)
    found = [
        Scenario("board", "board of 200 cards, unchanged", view, before=see),
        Scenario("board-c1", "· one by one", view, connections=1, before=see),
        Scenario("task", "open a task, 200 in turn", flows.tasks(stage, board)),
        Scenario(
            "task-again",
            "· shown before",
            flows.tasks(stage, board),
            before=_open_all(stage, board),
        ),
        Scenario(
            "api-list",
            "API, 50 tasks",
            flows.api(stage, f"/api/tasks?boardId={board.board_id}&limit=50"),
        ),
        Scenario(
            "mixed",
            "9 views, 1 move",
            flows.mixed(stage, stage.boards[50]),
            before=_see(stage, stage.boards[50]),
        ),
    ]
    if _tag_of(stage, path):
        found.append(
            Scenario(
                "board-304",
                "· asked again (304)",
                _asked_again(stage, path),
                statuses=(304,),
                before=see,
            )
        )
    return found


def _see(stage: Stage, board: Board) -> Callable[[int], None]:
    """Has everybody's browser tell that it showed the board as it is now, as an open page does every few seconds."""

    def see(turn: int) -> None:
        found = stage.meter.ask("SELECT seq FROM boards WHERE board_id = %s", board.board_id)
        run_closed_loop(
            stage.system.port,
            flows.sees(stage, board, found[0][0]),
            connections=len(stage.windows),
            seconds=0.0,
        ).demand(204)

    return see


def _open_all(stage: Stage, board: Board) -> Callable[[int], None]:
    """Has each worker of the web server draw each task for everybody who asks, once in a run."""
    is_done: list[bool] = []

    def open_all(turn: int) -> None:
        if not is_done:
            everything = OPENINGS * len(board.tasks)
            run_closed_loop(
                stage.system.port,
                flows.tasks(stage, board),
                connections=8,
                seconds=LONGEST_SECONDS,
                most=everything,
            ).demand(200)
            is_done.append(True)

    return open_all


def _first_views(stage: Stage) -> list[Scenario]:
    """Everybody looks once at a board that was just changed."""
    board = stage.boards[200]

    def change(turn: int) -> None:
        column_id = board.columns[turn % len(board.columns)]
        request = flows.move(stage.windows[0], board.tasks[0], column_id)
        run_closed_loop(stage.system.port, lambda *_: request, connections=1, seconds=0.0).demand(
            200
        )

    view = flows.page(stage, f"/boards/{board.board_id}")
    everybody = len(stage.windows)
    return [
        Scenario(
            FIRST_VIEWS,
            "· first view after a change, each person",
            view,
            burst=everybody,
            before=change,
        )
    ]


def _writes(stage: Stage, size: int) -> list[Scenario]:
    one = flows.moves(stage, [stage.boards[size]])
    several = [board for number, board in stage.boards.items() if number < 100]
    found = [
        Scenario(
            f"move-c{count}",
            f"move, {count} at once on one board",
            one,
            connections=count,
            fact="task.moved",
        )
        for count in (1, 8, 32)
    ]
    return [
        *found,
        Scenario(
            "move-boards",
            "move, 8 on several boards",
            flows.moves(stage, several),
            fact="task.moved",
        ),
        Scenario(
            "create", "create a task", flows.creates(stage, stage.boards[51]), fact="task.created"
        ),
        Scenario(
            "comment",
            "comment on a task",
            flows.comments(stage, stage.boards[51]),
            fact="comment.created",
        ),
    ]


def _large(stage: Stage) -> list[Scenario]:
    large = stage.boards[5000]
    return [
        Scenario(
            "board-5000-c1",
            "board of 5,000, one by one",
            flows.page(stage, f"/boards/{large.board_id}"),
            connections=1,
            before=_see(stage, large),
        ),
        Scenario(
            "move-5000-c1",
            "move on 5,000, one by one",
            flows.moves(stage, [large]),
            connections=1,
            fact="task.moved",
        ),
    ]


def _asked_again(stage: Stage, path: str) -> Flow:
    """Each connection asks for the validator of the moment first: other scenarios may have changed the page."""
    tags: dict[int, str] = {}

    def ask(connection: int, turn: int) -> bytes:
        if turn == 0:
            tags[connection] = _tag_of(stage, path)
        return stage.windows[0].get(path, If_None_Match=tags[connection])

    return ask


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
