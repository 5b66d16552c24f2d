"""Addresses for reading that scripts make, or that nobody is led to: partials, pages of lists, mistakes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from tests.compare.things import Things

NOBODY = "00000000-0000-7000-8000-000000000000"
FIELDS = (
    "title",
    "description",
    "status",
    "priority",
    "assignee",
    "column",
    "start",
    "due",
    "tags",
)
PLAIN = (
    "/", "/boards", "/boards?new", "/teams", "/inbox", "/inbox?unread=1", "/profile", "/profile/password",
    "/profile/preferences",
    "/sessions", "/find", "/find?q=checkout", "/find?q=unobtainium", "/find?q=WS-1", "/login", "/register",
    "/favicon.ico", "/livez", "/readyz", "/admin/", "/login?next=/inbox", "/login?next=//example.org",
)  # fmt: skip
WRONG = (
    "/nothing", "/boards/1", f"/boards/{NOBODY}", f"/tasks/{NOBODY}", f"/tasks/{NOBODY}/edit", f"/teams/{NOBODY}",
    f"/tasks/{NOBODY}/fields/title", f"/comments/{NOBODY}/edit", "/boards?a=1&a=2", "/boards?%ff", "/logout",
    "/teams/create", "/api/nothing", "/admin/claim/nothing", "/inbox?after=1", "/assets/0/nothing.css",
)  # fmt: skip


def list_addresses(things: Things) -> list[str]:
    """All of them, for somebody who sees these things."""
    return [
        *PLAIN,
        *WRONG,
        *(address for board in things.boards[:2] for address in _of_board(board, things)),
        *(address for task in things.tasks[:3] for address in _of_task(task["taskId"])),
        *(f"/comments/{comment['commentId']}/edit" for comment in things.comments[:4]),
        *(f"/teams/{team['teamId']}{end}" for team in things.teams[:2] for end in ("", "/edit")),
        *_of_history(things),
    ]


def list_streams(things: Things) -> list[str]:
    """The live streams, of which only the beginning is read."""
    return [f"/live/boards/{board['boardId']}" for board in things.boards[:1]] + [
        f"/live/boards/{NOBODY}"
    ]


def _of_board(board: dict[str, Any], things: Things) -> Iterator[str]:
    start = f"/boards/{board['boardId']}"
    first, *_ = columns = [column["columnId"] for column in board["columns"]]
    cards = [task for task in things.tasks if task["boardId"] == board["boardId"]]
    yield from (f"{start}{end}" for end in _BOARD_ENDS)
    yield from (f"{start}?lanes={kind}" for kind in ("assignee", "priority", "tag", "off", "none"))
    yield from (f"{start}?lanes={kind}&priority=high" for kind in ("assignee", "tag"))
    yield f"{start}?assignee={things.user}&priority=high&priority=urgent&tag=bug"
    yield f"{start}?assignee=none&due=overdue"
    several = f"q=e&due=week&tag=bug&priority=high&assignee={things.user}"
    yield from (f"{start}{end}?{several}" for end in ("", "/filter", "/select", "/history"))
    yield f"{start}?{several}&lanes=tag"
    yield f"{start}?text=checkout"
    yield f"{start}?q=checkout"
    for column in columns[:2]:
        yield f"{start}/columns/{column}/settings"
        yield f"{start}/columns/{column}/cards"
        yield f"{start}/columns?column={column}"
        yield f"{start}/select?column={column}"
        yield f"{start}/history/columns/{column}?step=20"
    for task in cards[:2]:
        yield f"{start}/columns?task={task['taskId']}"
        yield f"{start}/columns/{task['columnId']}/cards?after={task['rank']}.{task['taskId']}"
    for step in (1, 2, 40, 120, 99999, -1):
        yield f"{start}/history?step={step}"
    yield f"{start}/history?at=2026-09-15"
    yield f"{start}/history?at=2026-10-01T12:30:00Z&priority=high"
    yield f"{start}?at=2026-09-15"
    yield f"{start}/tasks/create-many?column={first}&lanes=priority&lane=high"


_BOARD_ENDS = (
    "", "/filter", "/filter?priority=high&tag=bug&lanes=assignee", "/columns", "/columns?lanes=tag", "/select",
    "/select?all", "/select?priority=high", "/people", "/quick-add", "/since", "/since?after=3",
    "/since?after=3&upto=60", "/settings", "/trash", "/history", "/tasks/create-many", "?priority=wrong",
)  # fmt: skip


def _of_task(task_id: str) -> Iterator[str]:
    ends = ("", "/details", "/edit", "/move", "/card", "/peek", "/history", "/history?before=30")
    yield from (f"/tasks/{task_id}{end}" for end in ends)
    yield from (f"/tasks/{task_id}/fields/{name}" for name in (*FIELDS, "custom", "nothing"))
    yield f"/tasks/{task_id}/fields/title?since=1"


def _of_history(things: Things) -> Iterator[str]:
    kinds: dict[str, list[str]] = {}
    for entry in things.history:
        kinds.setdefault(entry["event"], []).append(entry["eventId"])
    for task, events in product(things.tasks[:1], kinds.values()):
        yield from (f"/tasks/{task['taskId']}/history/{event}" for event in events[:2])
