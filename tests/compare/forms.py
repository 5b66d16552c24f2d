"""Forms with a mistake: too short, too long, out of date, without a token, of things that are not there."""

from __future__ import annotations

from collections.abc import Iterator

from tests.compare.addresses import NOBODY
from tests.compare.client import Ask
from tests.compare.things import Things

STALE = "1"
FUTURE = "999999"
OP = "01900000-0000-7000-8000-0000000000{:02d}"
Fields = dict[str, str]


def list_refused(things: Things) -> list[Ask]:
    """Forms with a mistake, each as a browser, htmx and a script send it; and some without a token."""
    forms = [*_of_people(), *_of_teams(things), *_of_boards(things), *_of_tasks(things)]
    asks = [
        Ask("POST", address, kind, body=tuple(fields.items()))
        for address, fields in forms
        for kind in ("page", "partial", "json")
    ]
    return [*asks, *_without_token(things), *_wrong_methods(things)]


def list_for_strangers() -> list[Ask]:
    """What somebody sends who is not logged in."""
    mistakes: list[tuple[str, Fields]] = [
        ("/login", {"email": "nobody@lantern.example", "password": "wrong wrong wrong"}),
        ("/login", {"email": "", "password": ""}),
        ("/register", {}),
        ("/register", {"first_name": "A", "last_name": "B", "email": "x", "password": "short"}),
        ("/register", {"first_name": "A", "last_name": "B", "email": "a@b.example", "password": "password"}),
        ("/teams/create", {"name": "X"}),
        (f"/tasks/{NOBODY}/edit", {"title": "X"}),
    ]  # fmt: skip
    kinds = ("page", "partial", "json")
    return [
        *(
            Ask("POST", to, kind, body=tuple(sent.items()))
            for to, sent in mistakes
            for kind in kinds
        ),
        Ask("POST", "/login", body=(("email", "a@b.example"),), with_token=False),
    ]


def _of_people() -> Iterator[tuple[str, Fields]]:
    yield "/profile/edit", {"first_name": "", "last_name": "", "version": "1"}
    yield "/profile/edit", {"first_name": "A", "last_name": "B", "theme": "dark", "version": FUTURE,
                            "notify_frequency": "daily", "bio": "kept"}  # fmt: skip
    yield "/profile/password", {}
    yield (
        "/profile/password",
        {"current": "wrong", "new": "a long new sentence", "again": "another"},
    )
    yield f"/sessions/{NOBODY}/revoke", {}
    yield f"/inbox/{NOBODY}/read", {}


def _of_teams(things: Things) -> Iterator[tuple[str, Fields]]:
    yield "/teams/create", {"name": "", "description": "kept", "op": OP.format(1)}
    yield "/teams/create", {"name": "x" * 200, "parent_team_id": NOBODY, "op": OP.format(2)}
    for team in things.teams[:1]:
        start = f"/teams/{team['teamId']}"
        yield f"{start}/edit", {"name": "", "description": "kept", "version": str(team["version"])}
        yield (
            f"{start}/edit",
            {"name": "Other", "description": "", "parent_team_id": "", "version": FUTURE},
        )
        yield f"{start}/members/add", {"email": "no address", "role": "member"}
        yield f"{start}/members/add", {"email": "nobody@lantern.example", "role": "member"}
        yield f"{start}/members/{NOBODY}/change-role", {"role": "guest"}
        yield f"{start}/members/{things.user}/change-role", {"role": "king"}
        yield f"{start}/members/{NOBODY}/remove", {}
        yield f"{start}/boards/create", {"name": "", "op": OP.format(3)}
    yield f"/teams/{NOBODY}/boards/create", {"name": "X", "op": OP.format(4)}


def _of_boards(things: Things) -> Iterator[tuple[str, Fields]]:
    for board in things.boards[:1]:
        start = f"/boards/{board['boardId']}"
        column = board["columns"][1]["columnId"]
        whole = {"name": "Other", "status": "todo", "wip_limit": "", "hue": "3"}
        yield f"{start}/edit", {"name": "", "version": str(board["version"])}
        yield f"{start}/edit", {"name": "Other", "version": FUTURE}
        yield f"{start}/seen", {"seq": "many"}
        yield f"{start}/start-empty", {}
        yield f"{start}/batches/{NOBODY}/undo", {}
        yield f"{start}/columns/create", {**whole, "name": "", "wip_limit": "-1"}
        yield (
            f"{start}/columns/{column}/edit",
            {**whole, "status": "x", "version": str(board["version"])},
        )
        yield f"{start}/columns/{column}/edit", {**whole, "version": FUTURE}
        yield f"{start}/columns/{column}/move", {"direction": "up"}
        yield f"{start}/columns/{column}/fold", {"folded": "2"}
        yield f"{start}/columns/{NOBODY}/delete", {}
        yield f"{start}/tasks/create", {"title": "", "column_id": column, "op": OP.format(5)}
        yield f"{start}/tasks/create", {"title": "x" * 700, "column_id": column, "op": OP.format(6)}
        yield (
            f"{start}/tasks/create",
            {"title": "kept @mara", "column_id": NOBODY, "op": OP.format(7)},
        )
        yield f"{start}/tasks/create-many", {"lines": "", "column_id": column, "op": OP.format(8)}
        yield f"{start}/tasks/create-many", {"lines": "One\n" + "x" * 900, "column_id": column}
        yield f"{start}/tasks/edit-many", {"act": "priority", "priority": "low"}
        yield f"{start}/tasks/edit-many", {"act": "fly", "task_id": NOBODY}
        yield f"{start}/tasks/edit-many", {"act": "add_tags", "tags": "", "task_id": NOBODY}


def _of_tasks(things: Things) -> Iterator[tuple[str, Fields]]:
    for task in (things.tasks[0], things.tasks[-1]):
        start, version = f"/tasks/{task['taskId']}", str(task["version"])
        yield f"{start}/edit", {"title": "", "description": "kept", "version": version}
        yield f"{start}/edit", {"title": "Mine", "description": "My own\n\ntext", "tags": "mine",
                                "priority": "low", "due_at": "2027-01-01", "version": STALE}  # fmt: skip
        yield f"{start}/edit", {"due_at": "soon", "tags": "x" * 300, "version": version}
        for name, value in (
            ("title", ""),
            ("due", "soon"),
            ("priority", "none"),
            ("assignee", NOBODY),
        ):
            yield f"{start}/fields/{name}", {"value": value, "version": version}
        yield f"{start}/fields/description", {"value": "Mine", "version": STALE}
        yield f"{start}/fields/title", {"value": "Mine", "version": STALE}
        yield f"{start}/fields/nothing", {"value": "x", "version": version}
        yield f"{start}/move", {"column_id": "", "version": version}
        yield f"{start}/move", {"column_id": NOBODY, "version": version}
        yield f"{start}/move", {"column_id": task["columnId"], "version": STALE}
        yield f"{start}/delete", {"version": STALE}
        yield f"{start}/undo", {"event": "x"}
        yield f"{start}/undo", {"event": NOBODY}
        yield f"{start}/history/{NOBODY}/restore", {"field": "title", "version": version}
        yield f"{start}/checklist/add", {"text": ""}
        yield f"{start}/checklist/{NOBODY}/tick", {"done": "1"}
        yield f"{start}/checklist/{NOBODY}/remove", {}
        yield f"{start}/comments/create", {"content": "", "op": OP.format(9)}
    yield from _of_history(things)
    for comment in things.comments[:3]:
        start = f"/comments/{comment['commentId']}"
        yield f"{start}/edit", {"content": "", "version": str(comment["version"])}
        yield f"{start}/edit", {"content": "Mine", "version": FUTURE}


def _of_history(things: Things) -> Iterator[tuple[str, Fields]]:
    """The oldest edit of the most edited task: what it wrote was written over since."""
    task = things.tasks[0]
    edits = [entry for entry in things.history if entry["event"] == "task.edited"]
    if edits:
        yield f"/tasks/{task['taskId']}/undo", {"event": edits[-1]["eventId"], "next": "/boards"}


def _without_token(things: Things) -> Iterator[Ask]:
    for kind in ("page", "partial", "json"):
        yield Ask("POST", "/teams/create", kind, body=(("name", "X"),), with_token=False)
        foreign = (("Sec-Fetch-Site", "cross-site"),)
        yield Ask("POST", "/teams/create", kind, body=(("name", "X"),), headers=foreign)


def _wrong_methods(things: Things) -> Iterator[Ask]:
    board = f"/boards/{things.boards[0]['boardId']}"
    for kind in ("page", "partial", "json"):
        for method, address in (
            ("POST", board),
            ("DELETE", board),
            ("PUT", "/teams"),
            ("GET", f"{board}/edit"),
        ):
            yield Ask(method, address, kind)
        wrong_type = (("Content-Type", "text/plain"),)
        yield Ask("POST", "/teams/create", kind, raw="name=X", headers=wrong_type)
