"""The doctor's check that the rows are what the audit log says (I14). Nothing repairs a difference: a person decides.

Each row is compared with the fold of its own events: every field has the value that the last event naming it gave it.
Row and events are read by one statement and so at one moment; rows come in pages, and PostgreSQL folds, so that neither
memory nor the number of statements grows with the length of the log. A row whose events are not complete is left to I4.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from taskforge.history.replay import ReplayedBoard, replay
from taskforge.history.row_queries import (
    BOARDS_AND_EVENTS,
    COMMENTS_AND_FOLD,
    FILES_AND_FOLD,
    GONE,
    PEOPLE_AND_FOLD,
    TASKS_AND_FOLD,
    TEAMS_AND_EVENTS,
)
from taskforge.stores import sql
from taskforge.stores.invariants import MAX_FINDINGS, pages
from taskforge.stores.violations import Violation
from taskforge.tasks.fields import MIRRORED_FIELDS, RANK, earlier_value
from taskforge.tasks.row_columns import compose_row
from taskforge.teams.matrix import DEFAULT_MATRIX, Grant, list_by_permission, read_by_permission

MAX_SHOWN = 40
TEAM_FIELDS = ("name", "description", "parent_team_id", "inherits_members", "deleted", "archived")
# What a row of a person says until an event says otherwise.
_NEW_PERSON = {"is_site_admin": False, "suspension_reason": None}
Fields = Mapping[str, Any]


def untrue_rows() -> Iterator[Violation]:
    """Rows of tasks, boards, columns, teams, memberships, comments and users that the audit log says otherwise."""
    for row in sql.rows(GONE, {"limit": MAX_FINDINGS}):
        entity = f"{row['entity_type']} {row['entity_id']}"
        yield Violation("I14", entity, "the audit log has it, and there is no row")
    for row in pages(TASKS_AND_FOLD, "id"):
        yield from _judge("task", row, _task_by_log(row), _task_by_row(row))
    for row in pages(BOARDS_AND_EVENTS, "id"):
        yield from _judge("board", row, *_board(row))
    for row in pages(TEAMS_AND_EVENTS, "id"):
        yield from _judge("team", row, *_team(row))
    for row in pages(COMMENTS_AND_FOLD, "id"):
        yield from _judge("comment", row, {"deleted": False, **row["state"]}, row)
    for row in pages(FILES_AND_FOLD, "id"):
        yield from _judge("attachment", row, {"deleted": False, **row["state"]}, row)
    for row in pages(PEOPLE_AND_FOLD, "id"):
        yield from _judge("user", row, {**_NEW_PERSON, **row["state"]}, row)


def _judge(entity_type: str, row: sql.Row, by_log: Fields, by_row: Fields) -> Iterator[Violation]:
    """The difference of one row, with its values; `by_log` may name fields that the row does not have."""
    if row["events"] != row["version"]:
        return
    wrong = [
        f"{name}: {_shown(by_log.get(name))} by the audit log, {_shown(value)} in the row"
        for name, value in by_row.items()
        if name in by_log and by_log[name] != value
    ]
    if wrong:
        yield Violation("I14", f"{entity_type} {row['id']}", "; ".join(wrong))


def _task_by_row(row: sql.Row) -> dict[str, Any]:
    names = (*(field.name for field in MIRRORED_FIELDS), RANK, "number", "created_by", "deleted")
    values = compose_row(row)
    return {name: values[name] for name in (*names, "board_id")}


def _task_by_log(row: sql.Row) -> dict[str, Any]:
    folded = {"deleted": False, "board_id": row["log_board_id"], **row["state"]}
    for field in MIRRORED_FIELDS:
        value = folded.get(field.name)
        folded[field.name] = (
            earlier_value(field.name, value) if field.name in folded else field.initial
        )
    folded[RANK] = row["spread_rank"] or folded.get(RANK)
    return folded


def _board(row: sql.Row) -> tuple[dict[str, Any], dict[str, Any]]:
    """A board and its columns, by the log and by the rows; a column's fields are named with its id."""
    state, deleted, archived, private = ReplayedBoard(), False, False, False
    for event in row["log"] or ():
        replay(state, [event])
        new = event["new_state"] or {}
        if "column_id" not in new:
            deleted = new.get("deleted", deleted)
            archived = new.get("archived", archived)
            private = new.get("is_private", private)
    by_log: dict[str, Any] = {
        "name": state.name,
        "key_prefix": state.key_prefix,
        "deleted": deleted,
        "archived": archived,
        "is_private": private,
    }
    by_row = {name: row[name] for name in by_log}
    named = row["named_by_log"] or {}
    for user_id in named.keys() | set(row["people"]):
        by_log[f"name of {user_id}"] = named.get(user_id, False)
        by_row[f"name of {user_id}"] = user_id in row["people"]
    stored = {column.pop("column_id"): column for column in row["columns"] or ()}
    for column_id in state.columns.keys() | stored.keys():
        by_log[f"column {column_id}"] = state.columns.get(column_id)
        by_row[f"column {column_id}"] = stored.get(column_id)
    return by_log, by_row


def _team(row: sql.Row) -> tuple[dict[str, Any], dict[str, Any]]:
    """A team, its permission matrix and the roles of its members, by the log and by the rows."""
    by_log: dict[str, Any] = {"inherits_members": False, "deleted": False, "archived": False}
    roles: dict[str, str | None] = {}
    limited: dict[str, bool] = {}
    rights: dict[str, list[str]] = list_by_permission(DEFAULT_MATRIX)
    for new in row["log"] or ():
        by_log |= {name: new[name] for name in TEAM_FIELDS if name in new}
        # Another role than guest ends a limit, and so does leaving the team.
        ended = {one for one, role in new.get("members", {}).items() if role != roles.get(one)}
        limited |= dict.fromkeys(ended, False) | new.get("limited", {})
        roles |= new.get("members", {})
        rights |= new.get("permissions", {})
    by_row = {name: row[name] for name in TEAM_FIELDS}
    for grant in read_by_permission(rights) ^ {Grant(*pair) for pair in row["grants"] or ()}:
        name = f"right of {grant.role}s to {grant.permission}"
        by_log[name] = grant in read_by_permission(rights)
        by_row[name] = not by_log[name]
    for user_id in limited.keys() | set(row["limited"]):
        by_log[f"limit of {user_id}"] = limited.get(user_id, False)
        by_row[f"limit of {user_id}"] = user_id in row["limited"]
    stored = row["members"] or {}
    for user_id in roles.keys() | stored.keys():
        by_log[f"role of {user_id}"] = roles.get(user_id)
        by_row[f"role of {user_id}"] = stored.get(user_id)
    return by_log, by_row


def _shown(value: Any) -> str:
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    words = json.dumps(value, ensure_ascii=False, default=str, sort_keys=True)
    return words if len(words) <= MAX_SHOWN else f"{words[:MAX_SHOWN]}…"
