"""The JSON API: every operation that reads, by its OpenAPI document; and requests that it refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice, product
from typing import Any

from tests.compare.addresses import NOBODY
from tests.compare.client import Ask
from tests.compare.things import Things

DOCUMENT = "/api/openapi.json"
JSON = (("Content-Type", "application/json"),)
EACH = 4
_PARAMETER = re.compile(r"\{(\w+)\}")
_SNAKE = re.compile(r"(?<!^)(?=[A-Z])")
FILTERS = ("limit=2", "limit=0", "limit=x", "cursor=wrong", "nothing=1", "limit=2&limit=3")


def list_reads(document: dict[str, Any], things: Things) -> list[Ask]:
    """All GET operations with a few ids each, with ids of nothing, and with parameters that are wrong."""
    asks = [Ask("GET", DOCUMENT, "json")]
    for path, operations in sorted(document["paths"].items()):
        if "get" not in operations:
            continue
        addresses = list(islice(_fill(path, things), EACH))
        asks += [Ask("GET", address, "json") for address in addresses]
        asks += [Ask("GET", f"{addresses[0]}?{wrong}", "json") for wrong in FILTERS]
        if "{" in path:
            asks.append(Ask("GET", _PARAMETER.sub(NOBODY, path), "json"))
            asks.append(Ask("GET", _PARAMETER.sub("1", path), "json"))
        asks.append(Ask("GET", addresses[0], "page"))
    board, team = things.boards[0]["boardId"], things.teams[0]["teamId"]
    queries = (
        f"boardId={board}",
        f"teamId={team}&status=done",
        f"assigneeId={things.user}",
        "status=wrong",
    )
    asks += [Ask("GET", f"/api/tasks?{query}&limit=3", "json") for query in queries]
    return asks


def list_refused_writes(document: dict[str, Any], things: Things) -> list[Ask]:
    """For every operation that changes something: bodies that it can't take, and ids of nothing."""
    asks = []
    for path, operations in sorted(document["paths"].items()):
        for method in sorted(set(operations) & {"post", "put", "patch", "delete"}):
            if "/auth/" in path:  # logging out would end the run
                continue
            nobody = _PARAMETER.sub(NOBODY, path)
            asks.append(Ask(method.upper(), nobody, "json", raw="{}", headers=JSON))
            if method != "delete" and "notifications" not in path:
                here = next(_fill(path, things))
                asks += _mistakes(method.upper(), here)
    task = things.tasks[0]
    stale = json.dumps({"title": "Mine", "version": 1})
    asks.append(Ask("PATCH", f"/api/tasks/{task['taskId']}", "json", raw=stale, headers=JSON))
    matched = (*JSON, ("If-Match", 'W/"1"'))
    asks.append(
        Ask("PATCH", f"/api/tasks/{task['taskId']}", "json", raw='{"title": "A"}', headers=matched)
    )
    return asks


def list_anonymous(document: dict[str, Any]) -> list[Ask]:
    """The operations that read, by nobody."""
    paths = (path for path in sorted(document["paths"]) if "get" in document["paths"][path])
    return [Ask("GET", _PARAMETER.sub(NOBODY, path), "json") for path in paths]


def _mistakes(method: str, address: str) -> Iterator[Ask]:
    bodies = ("", "[]", "{", '{"nothing": 1}', '{"a": 1, "a": 2}', '{"version": "x", "title": ""}')
    for body in bodies:
        yield Ask(method, address, "json", raw=body, headers=JSON)
    yield Ask(method, address, "json", raw="x", headers=(("Content-Type", "text/plain"),))


def _fill(path: str, things: Things) -> Iterator[str]:
    known = things.ids()
    names = _PARAMETER.findall(path)
    for values in product(*(known.get(_SNAKE.sub("_", name).lower(), [NOBODY]) for name in names)):
        found = dict(zip(names, values, strict=True))
        yield _PARAMETER.sub(lambda match, found=found: found[match[1]], path)
