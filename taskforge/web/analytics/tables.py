"""The tables of the page of analytics: of each part the rows that it has, as texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from taskforge.analytics.parts import Figures, Part
from taskforge.analytics.storage import show_bytes
from taskforge.boards.statuses import Status
from taskforge.messaging.breaker import MONGODB, POSTGRESQL, REDIS

STORE_NAMES = {POSTGRESQL: "PostgreSQL", MONGODB: "MongoDB", REDIS: "Redis"}
MAX_LISTED = 12  # of tables and collections; the page Storage has all of them
Rows = Sequence[Sequence[str]]
Table = tuple[str, Sequence[str], Callable[[Figures], Rows]]


def tables_of(part: Part) -> list[dict[str, Any]]:
    """The tables of a part that has figures: title, store, heads and rows; the first cell of a row is its name."""
    assert part.figures is not None
    return [
        {
            "title": title,
            "store": STORE_NAMES[part.store],
            "at": part.at,
            "heads": heads,
            "rows": rows_of(part.figures),
        }
        for title, heads, rows_of in _TABLES.get(part.name, ())
    ]


def _weeks(found: Figures) -> Rows:
    return [
        [
            f"{week['day']:%-d %b %Y}",
            *(
                _number(week[name])
                for name in ("tasks_created", "tasks_finished", "comments", "people", "events")
            ),
        ]
        for week in reversed(found["weeks"])
    ]


def _statuses(found: Figures) -> Rows:
    if not found["by_status"]:
        return []
    numbers = {row["status"]: row["tasks"] for row in found["by_status"]}
    rows = [
        [status.value.replace("_", " ").capitalize(), _number(numbers.get(status, 0))]
        for status in Status
    ]
    trash = [["In the trash", _number(found["in_trash"])]]
    return [*rows, *trash]


def _people(found: Figures) -> Rows:
    sessions = found["sessions"]
    return [
        ["Accounts", _number(found["accounts"])],
        ["of them suspended", _number(found["suspended"])],
        ["of them site administrators", _number(found["site_admins"])],
        ["Sessions of browsers", _number(sessions["browser"])],
        ["Sessions of programs", _number(sessions["api"])],
    ]


def _changed(found: Figures) -> Rows:
    changed = found["changed_by"]
    return [
        [words, _number(changed[name])]
        for name, words in (
            ("days1", "In a day"),
            ("days7", "In 7 days"),
            ("days30", "In 30 days"),
        )
    ]


def _throughput(found: Figures) -> Rows:
    return [
        ["Audit events sealed", _number(found["sealed"])],
        ["Lines put into inboxes", _number(found["delivered"])],
    ]


def _content(found: Figures) -> Rows:
    sampled = found["sampled"]
    return [
        [words, _share(found[name], sampled)]
        for name, words in (
            ("with_description", "With a description"),
            ("with_checklist", "With a checklist"),
            ("with_custom_fields", "With custom fields"),
        )
        if sampled
    ]


def _caches(found: Figures) -> Rows:
    return [
        [
            "Redis, all keys"
            if cache["name"] == "redis"
            else f"{cache['name'].capitalize()} cache",
            _share(cache["hits"], cache["hits"] + cache["misses"]),
            _number(cache["hits"]),
            _number(cache["misses"]),
        ]
        for cache in found["caches"]
    ]


def _queues(found: Figures) -> Rows:
    return [
        [
            queue["name"].capitalize(),
            *(_number(queue[name]) for name in ("waiting", "running", "failed", "runs")),
            "–" if queue["mean_seconds"] is None else f"{1000 * queue['mean_seconds']:.0f} ms",
        ]
        for queue in found["queues"]
    ]


def _sizes(kind: str, entries: str) -> Callable[[Figures], Rows]:
    def rows(found: Figures) -> Rows:
        return [
            [part["name"], show_bytes(part["bytes"]), _number(part[entries])]
            for part in found[kind][:MAX_LISTED]
        ]

    return rows


def _buffers(found: Figures) -> Rows:
    hits, misses = found["buffer_hits"], found["buffer_misses"]
    return [["Buffers", _share(hits, hits + misses), _number(hits), _number(misses)]]


def _kinds(found: Figures) -> Rows:
    about = "about " if found["is_estimate"] else ""
    return [
        [
            kind["kind"][:1].upper() + kind["kind"][1:],
            about + _number(kind["keys"]),
            f"about {show_bytes(kind['bytes'])}",
        ]
        for kind in found["kinds"]
    ]


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def _number(value: int) -> str:
    return f"{value:,}"


_TABLES: Mapping[str, Sequence[Table]] = {
    "activity": (
        (
            "Week by week",
            ("Week of", "Tasks made", "Finished", "Comments", "People", "Events"),
            _weeks,
        ),
        (
            "Kinds of acts",
            ("Event", "In these weeks"),
            lambda found: [[row["event"], _number(row["count"])] for row in found["events"]],
        ),
        ("People who changed something", ("Within", "People"), _changed),
    ),
    "people": (("Accounts and sessions", ("What", "Number"), _people),),
    "work": (("Tasks by status", ("Status", "Tasks"), _statuses),),
    "throughput": (("Work done in 24 hours", ("What", "Number"), _throughput),),
    "tables": (
        ("Largest tables", ("Table", "Size", "Rows, about"), _sizes("tables", "rows")),
        ("Buffers of PostgreSQL", ("Cache", "Found", "Hits", "Misses"), _buffers),
    ),
    "collections": (
        ("Collections", ("Collection", "Size", "Documents"), _sizes("collections", "documents")),
    ),
    "content": (("What new tasks hold", ("Of the newest tasks", "Share"), _content),),
    "keys": (("Keys by kind", ("Kind", "Keys", "Memory"), _kinds),),
    "caches": (("Caches", ("Cache", "Found", "Hits", "Misses"), _caches),),
    "queues": (("Queues", ("Queue", "Waiting", "Running", "Failed", "Runs", "A run"), _queues),),
}
