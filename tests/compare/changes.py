"""Changes that are done, in the same order on both sides: what the answer to each tells the page."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from tests.compare.client import Ask
from tests.compare.things import Things

OP = "01900000-0000-7000-8000-000000000{:03d}"
TODAY = "2026-11-28"


def list_changes(things: Things) -> list[Ask]:
    """Forms that change something: only for data that is thrown away afterwards."""
    board = things.boards[0]
    plain = [task for task in things.tasks[4:] if task["boardId"] == board["boardId"]][:12]
    forms = [*_of_cards(board, plain), *_of_tasks(things), *_of_board(board), *_of_people(things),
             *_of_many(things), *_of_the_past(things), *_of_profile(things)]  # fmt: skip
    return [
        Ask("POST", address, kind, body=tuple({"op": OP.format(100 + number), **fields}.items()))
        for number, (address, kind, fields) in enumerate(forms)
    ]


Sent = tuple[str, str, dict[str, str]]


def _of_cards(board: dict[str, Any], tasks: list[dict[str, Any]]) -> Iterator[Sent]:
    start, columns = f"/boards/{board['boardId']}", [one["columnId"] for one in board["columns"]]
    for kind in ("page", "partial", "json"):
        line = {
            "title": f"Made as {kind} !4 #bug @mara tomorrow",
            "column_id": columns[1],
            "today": TODAY,
        }
        yield f"{start}/tasks/create", kind, line
        yield f"{start}/tasks/create", kind, {**line, "title": f"In a lane {kind} @nobody", "lanes": "priority",
                                              "lane": "low"}  # fmt: skip
        many = {
            "lines": f"One {kind} #a\nTwo !1\n\nThree @tomas",
            "column_id": columns[0],
            "today": TODAY,
        }
        yield f"{start}/tasks/create-many", kind, many
        chosen = {"act": "priority", "priority": "high", "task_id": tasks[3]["taskId"]}
        yield (
            f"{start}/tasks/edit-many",
            kind,
            {**chosen, "priority": {"page": "low", "json": "medium"}.get(kind, "high")},
        )
    for number, kind in enumerate(("page", "partial", "json")):
        task = tasks[number]
        there = columns[2] if task["columnId"] != columns[2] else columns[3]
        yield (
            f"/tasks/{task['taskId']}/move",
            kind,
            {"column_id": there, "version": str(task["version"])},
        )
        lane = {"column_id": columns[1], "lanes": "priority", "lane": "urgent"}
        yield f"/tasks/{tasks[6 + number]['taskId']}/move", kind, lane
        gone = tasks[9 + number]
        yield f"/tasks/{gone['taskId']}/delete", kind, {"version": str(gone["version"])}
        yield f"/tasks/{gone['taskId']}/restore", kind, {}


def _of_tasks(things: Things) -> Iterator[Sent]:
    task = things.tasks[0]
    start = f"/tasks/{task['taskId']}"
    for kind in ("page", "partial", "json"):
        yield f"{start}/fields/title", kind, {"value": f"Title by {kind}", "version": ""}
        yield (
            f"{start}/fields/due",
            kind,
            {"value": f"2027-02-0{len(kind) - 3}", "version": ""},
        )
        yield f"{start}/fields/tags", kind, {"value": f"bug, {kind}", "version": ""}
        yield (
            f"{start}/fields/description",
            kind,
            {"value": f"Text by *{kind}*", "version": ""},
        )
        yield f"{start}/checklist/add", kind, {"text": f"A step by {kind}"}
        yield (
            f"{start}/comments/create",
            kind,
            {"content": f"A *comment* by {kind} for @tomas.okafor"},
        )
    other = things.tasks[1]
    edit = {"title": "Edited whole", "description": "All new", "tags": "a, b", "priority": "urgent"}
    yield f"/tasks/{other['taskId']}/edit", "page", {**edit, "version": str(other["version"])}
    for comment in things.comments[:1]:
        yield f"/comments/{comment['commentId']}/delete", "page", {}
        yield f"/comments/{comment['commentId']}/delete", "partial", {}


def _of_board(board: dict[str, Any]) -> Iterator[Sent]:
    start, column = f"/boards/{board['boardId']}", board["columns"][1]["columnId"]
    yield f"{start}/columns/{column}/fold", "page", {"folded": "1"}
    yield f"{start}/columns/{column}/fold", "json", {"folded": "0"}
    yield f"{start}/seen", "json", {"seq": "20"}
    yield f"{start}/columns/{column}/move", "page", {"direction": "right"}
    yield (
        f"{start}/columns/create",
        "page",
        {"name": "New", "status": "todo", "wip_limit": "3", "hue": "2"},
    )
    yield f"{start}/columns/{column}/delete", "page", {}


def _of_people(things: Things) -> Iterator[Sent]:
    for kind, item in zip(("page", "partial", "json"), things.notifications, strict=False):
        yield f"/inbox/{item['notificationId']}/read", kind, {}
    team = f"/teams/{things.teams[0]['teamId']}"
    yield f"{team}/boards/create", "page", {"name": "One more"}
    yield f"{team}/members/add", "page", {"email": "olga@lantern.example", "role": "member"}


def _of_many(things: Things) -> Iterator[Sent]:
    """Every act on several cards, each taken back by its own address; of another board than all before."""
    board = _find_other_board(things)
    columns = [one["columnId"] for one in board["columns"]]
    tasks = [task["taskId"] for task in things.tasks if task["boardId"] == board["boardId"]]
    start = f"/boards/{board['boardId']}"
    acts = (
        {"act": "column", "column_id": columns[-1]},
        {"act": "assignee", "assignee_id": things.user},
        {"act": "assignee", "assignee_id": ""},
        {"act": "priority", "priority": "urgent"},
        {"act": "due", "due_at": "2027-03-04"},
        {"act": "due", "due_at": ""},
        {"act": "add_tags", "tags": "one, two"},
        {"act": "remove_tags", "tags": "one, bug"},
        {"act": "done"},
        {"act": "delete"},
    )
    for act in acts:
        for kind in ("json", "partial", "page"):
            yield f"{start}/tasks/edit-many", kind, {**act, "task_id": tasks[-1]}
            if kind == "json":
                yield "{undo}", kind, {}
                yield "{undo}", "page", {}


def _find_other_board(things: Things) -> dict[str, Any]:
    """Another board than the first, with cards."""
    with_cards = {task["boardId"] for task in things.tasks}
    return next(board for board in things.boards[1:] if board["boardId"] in with_cards)


def _of_the_past(things: Things) -> Iterator[Sent]:
    """Changes of the task's past taken back."""
    for number, entry in enumerate(_of_one_task(things)[:12]):
        kind = ("page", "partial", "json")[number % 3]
        yield f"/tasks/{entry['entityId']}/undo", kind, {"event": entry["eventId"]}


def _of_one_task(things: Things) -> list[dict[str, Any]]:
    return [entry for entry in things.history if entry["entityId"] == things.tasks[0]["taskId"]]


def _of_profile(things: Things) -> Iterator[Sent]:
    for comment in things.comments[1:3]:
        changed = {"content": "Another *text*", "version": str(comment["version"])}
        yield f"/comments/{comment['commentId']}/edit", "partial", changed
    yield "/inbox/read", "page", {}
    yield "/teams/create", "page", {"name": "A new team", "description": "With words"}


def list_versioned(things: Things) -> list[Ask]:
    """Changes of the version that is read before each: values of the past given back, and the profile."""
    fields = ("title", "due_at", "tags", "description", "assignee_id")
    asks = []
    for entry, name in product(_of_one_task(things)[:8], fields):
        task = entry["entityId"]
        asks.append(Ask("GET", f"/api/tasks/{task}", "json"))
        sent = (("field", name), ("version", "{version}"))
        asks.append(Ask("POST", f"/tasks/{task}/history/{entry['eventId']}/restore", body=sent))
    profile = {"first_name": "Mara", "last_name": "Other", "bio": "New *words*", "theme": "dark",
               "notify_email": "y", "notify_frequency": "daily", "version": "{version}"}  # fmt: skip
    asks.append(Ask("GET", "/api/users/me", "json"))
    return [*asks, Ask("POST", "/profile/edit", body=tuple(profile.items()))]


def list_arrivals() -> list[Ask]:
    """Somebody registers and looks at what is there: the sample board, its tour and its first own card."""
    form = {
        "first_name": "Nele",
        "last_name": "Arrives",
        "email": "nele@lantern.example",
        "password": "a-Lantern of nine",
    }
    seen = ("", "/settings", "/history", "/select", "/trash", "?lanes=priority", "/filter")
    return [
        Ask("GET", "/register"),
        Ask("POST", "/register", body=tuple(form.items())),
        *(Ask("GET", f"{{location}}{end}", kind) for end in seen for kind in ("page", "partial")),
        Ask("GET", "/inbox"),
        Ask("GET", "/teams"),
        Ask("GET", "/profile"),
        Ask("GET", "/api/tasks", "json"),
        Ask("POST", "{location}/start-empty", body=(("op", OP.format(90)),)),
        Ask("GET", "{location}"),
        Ask("GET", "{location}/trash"),
        Ask("POST", "/welcome", body=(("op", OP.format(91)),)),
        Ask("GET", "/boards"),
        Ask("GET", "/boards?new"),
    ]


def list_afterwards(things: Things) -> list[Ask]:
    """What is looked at when the changes have been done."""
    start, task = f"/boards/{things.boards[0]['boardId']}", f"/tasks/{things.tasks[0]['taskId']}"
    team = f"/teams/{things.teams[0]['teamId']}"
    ends = ("", "/settings", "/history", "?lanes=tag", "/trash")
    addresses = [*(f"{start}{end}" for end in ends), task, f"{task}/history", team, "/inbox"]
    addresses += [f"/boards/{_find_other_board(things)['boardId']}", "/profile", "/teams"]
    return [Ask("GET", address, kind) for address in addresses for kind in ("page", "partial")]
