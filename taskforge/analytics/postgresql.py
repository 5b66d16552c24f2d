"""What PostgreSQL knows of how TaskForge is used. Every read is bounded: the newest rows, or the catalog's estimate."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from taskforge import clock
from taskforge.analytics import queries, storage
from taskforge.analytics.parts import Figures, Part, read_parts
from taskforge.errors import Unavailable
from taskforge.messaging.breaker import POSTGRESQL
from taskforge.stores import sql

WEEKS = 12
MAX_EVENTS = 200_000  # of the audit log, the newest
MAX_ROWS = 500_000  # counted exactly; of a larger table the catalog's estimate is told
TOP = 10
DAYS = (1, 7, 30)


def read_postgresql() -> list[Part]:
    """All its parts; those that it did not answer have no figures."""
    reads = {
        "people": read_people,
        "work": read_work,
        "activity": read_activity,
        "attachments": read_attachments,
        "throughput": read_throughput,
        "tables": read_tables,
    }
    return read_parts(POSTGRESQL, reads, failures=(Unavailable,))


def read_people() -> Figures:
    """Accounts, who was there in the last days, and sessions by kind."""
    at = clock.now()
    seen = {f"seen_{days}": at - timedelta(days=days) for days in DAYS}
    sessions = sql.row(queries.SESSIONS_SEEN, {**seen, "at": at, "limit": MAX_ROWS})
    people = sql.row(queries.PEOPLE_COUNTED)
    assert sessions is not None
    assert people is not None
    return {
        **people,
        "active": {f"days{days}": sessions[f"people_{days}"] for days in DAYS},
        "sessions": {"browser": sessions["browser"], "api": sessions["api"]},
    }


def read_work() -> Figures:
    """Teams, boards, tasks by status and comments; estimates where a table is very long."""
    sizes = {row["name"]: row["entries"] for row in sql.rows(queries.ESTIMATES)}
    found: dict[str, Any] = {"is_estimate": False, "by_status": []}
    if sizes["tasks"] > MAX_ROWS:
        found |= {"is_estimate": True, "tasks": sizes["tasks"], "in_trash": None}
    else:
        counted = sql.rows(queries.TASKS_BY_STATUS)
        found |= {
            "by_status": [{"status": row["status"], "tasks": row["live"]} for row in counted],
            "tasks": sum(row["live"] for row in counted),
            "in_trash": sum(row["trashed"] for row in counted),
        }
    if sizes["comments"] > MAX_ROWS:
        found |= {"is_estimate": True, "comments": sizes["comments"]}
    else:
        found["comments"] = sql.scalar(queries.COMMENTS_COUNTED)
    places = sql.row(queries.PLACES_COUNTED)
    assert places is not None
    return {**found, **places}


def read_activity() -> Figures:
    """What was done in the last weeks by the audit log: week by week, by event, by team and by board.

    ``since`` is later than the first week's Monday if the log has more events than are read; weeks that begin before it
    are then not whole.
    """
    at = clock.now()
    first = _monday(at) - timedelta(weeks=WEEKS - 1)
    rows = sql.rows(
        queries.ACTIVITY,
        {
            "since": first,
            "limit": MAX_EVENTS,
            "top": TOP,
            **{f"seen_{days}": at - timedelta(days=days) for days in DAYS},
        },
    )
    by_kind: dict[str, list[sql.Row]] = {}
    for row in rows:
        by_kind.setdefault(row["kind"], []).append(row)
    whole = by_kind["whole"][0]
    since = max(first, whole["oldest"]) if whole["read"] >= MAX_EVENTS else first
    weeks = {row["key"]: row for row in by_kind.get("week", [])}
    return {
        "since": since,
        "changed_by": {f"days{days}": whole[f"people_{days}"] for days in DAYS},
        "weeks": [_week(first + timedelta(weeks=number), weeks) for number in range(WEEKS)],
        "events": [
            {"event": row["key"], "count": row["events"]} for row in by_kind.get("event", [])
        ],
        "teams": [_place(row) for row in by_kind.get("team", [])],
        "boards": [
            {**_place(row), "key_prefix": row["key_prefix"]} for row in by_kind.get("board", [])
        ],
    }


def read_attachments() -> Figures:
    """Files of all teams, those in the trash among them, in bytes."""
    found = sql.row(queries.FILES_COUNTED)
    assert found is not None
    return {"files": int(found["files"]), "bytes": int(found["bytes"])}


def read_throughput() -> Figures:
    """What the workers have done in the last 24 hours, by what they left behind; at most `MAX_ROWS` of each."""
    found = sql.row(
        queries.THROUGHPUT, {"since": clock.now() - timedelta(days=1), "limit": MAX_ROWS}
    )
    assert found is not None
    return dict(found)


def read_tables() -> Figures:
    """The database's size, its tables by size, and how many blocks its buffers had when they were asked for."""
    stored = storage.read_postgresql()
    hits = sql.row(queries.BUFFER_HITS)
    assert hits is not None
    return {
        "bytes": stored.size,
        "tables": [
            {"name": part.name, "bytes": part.size, "rows": part.entries} for part in stored.parts
        ],
        "buffer_hits": int(hits["hits"]),
        "buffer_misses": int(hits["misses"]),
    }


def _week(begin: datetime, weeks: dict[str, sql.Row]) -> Figures:
    row = weeks.get(begin.date().isoformat())
    names = ("events", "people", "tasks_created", "tasks_finished", "comments")
    return {"day": begin.date(), **{name: row[name] if row else 0 for name in names}}


def _place(row: sql.Row) -> dict[str, Any]:
    return {
        "team_id": row["team_id"],
        "team_name": row["team_name"],
        "events": row["events"],
        "people": row["people"],
    }


def _monday(at: datetime) -> datetime:
    """The midnight (UTC) with which the week of an instant begins."""
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())
