"""What somebody has to do, over all boards that they see: six sections, each with its first tasks, in one statement.

A task is in one section alone. MongoDB is not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import TextClause, text

from taskforge import clock
from taskforge.boards.queries import HELD_ON_BOARD, IS_LIVE, join_board, join_view
from taskforge.boards.statuses import Status
from taskforge.clock import ReaderTime
from taskforge.errors import NotFound
from taskforge.stores.actor import Actor
from taskforge.tasks.access import NAMED_BY, REFERENCE, SHOWN, task_rows
from taskforge.tasks.board.due_filter import is_within_sql, span_binds
from taskforge.tasks.board.filter_base import OVERDUE, TODAY, WEEK
from taskforge.tasks.table.keys import Key, is_behind, ordering, selected
from taskforge.teams.queries import join_team

MAX_FIRST = 30  # tasks of a section on the page of all
MAX_PAGE = 100  # of one section alone
DONE_FOR = timedelta(days=14)

_OVERDUE, _TODAY, _WEEK = (is_within_sql("due_at", bucket) for bucket in (OVERDUE, TODAY, WEEK))
_IS_MINE = "k.assignee_id = :user_id"
_IS_DONE = f"k.status = '{Status.DONE}'"
_IS_IN_REVIEW = f"k.status = '{Status.IN_REVIEW}'"
_IS_TO_DO = f"{_IS_MINE} AND NOT {_IS_DONE} AND NOT {_IS_IN_REVIEW}"
_BY_DUE = (Key("k.due_at"), Key("k.task_id"))


@dataclass(frozen=True)
class Section:
    """A part of somebody's work: its name in addresses, its title, which tasks are in it, and their order."""

    name: str
    title: str
    condition: str
    keys: tuple[Key, ...] = _BY_DUE


SECTIONS = (
    Section("overdue", "Overdue", f"{_IS_TO_DO} AND {_OVERDUE}"),
    Section("today", "Today", f"{_IS_TO_DO} AND {_TODAY} AND NOT {_OVERDUE}"),
    Section("week", "Next 7 days", f"{_IS_TO_DO} AND {_WEEK} AND NOT ({_TODAY} OR {_OVERDUE})"),
    Section(
        "waiting",
        "Waiting for others",
        f"""({_IS_MINE} AND {_IS_IN_REVIEW}
             OR k.created_by = :user_id AND k.assignee_id <> :user_id AND NOT {_IS_DONE})""",
    ),
    Section(
        "later", "Later", f"{_IS_TO_DO} AND NOT coalesce({_WEEK} OR {_TODAY} OR {_OVERDUE}, false)"
    ),
    Section(
        "done",
        "Recently done",
        f"{_IS_MINE} AND {_IS_DONE} AND k.updated_at >= :done_since",
        (Key("k.updated_at", descending=True), Key("k.task_id")),
    ),
)
BY_NAME: Mapping[str, Section] = {section.name: section for section in SECTIONS}
_IN_SIGHT = (
    f"k.deleted_at IS NULL AND {IS_LIVE} AND b.archived_at IS NULL AND t.archived_at IS NULL"
)
_SEEN = f"""
    {join_board("k.board_id")}
    {join_team("b.team_id")}
    {join_view()}
"""


def list_work(actor: Actor) -> dict[str, list[dict[str, Any]]]:
    """The first tasks of each section by its name, one more than `MAX_FIRST` where more follow."""
    found = task_rows(_all(), {**_binds(actor), "limit": MAX_FIRST + 1})
    work: dict[str, list[dict[str, Any]]] = {section.name: [] for section in SECTIONS}
    for row in found:
        work[row["section"]].append(row)
    return work


def list_section(actor: Actor, name: str, *, after: str | None = None) -> list[dict[str, Any]]:
    """The tasks of one section behind the task `after`, one more than `MAX_PAGE` where more follow.

    Raises:
        NotFound: there is no such section.
    """
    if name not in BY_NAME:
        raise NotFound()
    parameters = {**_binds(actor), "limit": MAX_PAGE + 1}
    if after is not None:
        parameters["after"] = after
    return task_rows(_one(name, after is not None), parameters)


def find_work(actor: Actor, task_id: str) -> dict[str, Any] | None:
    """One live task that the actor sees, with their ``permissions``; None where there is none."""
    found = task_rows(_ROW, {"user_id": actor.user_id, "task_id": task_id})
    return found[0] if found else None


def _binds(actor: Actor) -> dict[str, Any]:
    at: ReaderTime = clock.reader_time()
    binds: dict[str, Any] = {"user_id": actor.user_id, "done_since": clock.now() - DONE_FOR}
    for bucket in (OVERDUE, TODAY, WEEK):
        binds |= span_binds(bucket, at)
    return binds


def _part(section: Section, *, is_later: bool = False) -> str:
    """The first tasks of a section, each with its name and its place."""
    return f"""
    (SELECT '{section.name}' AS section, row_number() OVER (ORDER BY {ordering(section.keys)}) AS place, k.*
     FROM   {"p," if is_later else ""} tasks k
            {_SEEN}
     WHERE  {section.condition} AND {_IN_SIGHT} {f"AND {is_behind(section.keys)}" if is_later else ""}
     ORDER  BY place
     LIMIT  :limit)"""


def _named(tasks: str) -> str:
    return f"""
    SELECT k.section, {REFERENCE}, {SHOWN}, {HELD_ON_BOARD} AS permissions
    FROM   ({tasks}) k
           {NAMED_BY}
           {join_team("b.team_id")}
           {join_view()}
    ORDER  BY k.section, k.place
    """


@cache
def _all() -> TextClause:
    return text(_named(" UNION ALL ".join(_part(section) for section in SECTIONS)))


@cache
def _one(name: str, is_later: bool) -> TextClause:
    section = BY_NAME[name]
    place = f"""
    WITH p AS MATERIALIZED (
        SELECT {selected(section.keys)}
        FROM   tasks k
               {_SEEN}
        WHERE  k.task_id = CAST(:after AS uuid))"""
    return text((place if is_later else "") + _named(_part(section, is_later=is_later)))


_ROW = text(
    _named(f"""
    SELECT '' AS section, 0 AS place, k.*
    FROM   tasks k
           {_SEEN}
    WHERE  k.task_id = CAST(:task_id AS uuid) AND {_IN_SIGHT}""")
)
