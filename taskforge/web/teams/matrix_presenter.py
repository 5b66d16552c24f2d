"""The permission matrix for its page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any, TypeVar

from taskforge.teams.matrix import DEFAULT_MATRIX, UNTOUCHABLE, Grant, Matrix
from taskforge.teams.matrix_service import MatrixChange
from taskforge.teams.permissions import ROLES, Permission
from taskforge.text.people import person_of

Item = TypeVar("Item")
_GROUPS = {"team": "Team", "board": "Boards", "task": "Cards", "comment": "Comments"}


def show_matrix(matrix: Matrix) -> list[dict[str, Any]]:
    """The permissions in groups, each with a cell for every role."""
    return [
        {"name": group["name"], "permissions": [_row(one, matrix) for one in group["items"]]}
        for group in group_by_thing(Permission, lambda one: one)
    ]


def group_by_thing(
    items: Iterable[Item], permission_of: Callable[[Item], Permission]
) -> list[dict[str, Any]]:
    """What is about one permission each, in the order of the catalogue, in groups by what it is a right to."""
    by_thing = groupby(items, lambda one: permission_of(one).value.partition(".")[0])
    return [
        {"name": _GROUPS.get(thing, thing.title()), "items": list(group)}
        for thing, group in by_thing
    ]


def cell_name(role: str, permission: str) -> str:
    """The name of the form field that says whether a role holds a permission."""
    return f"{role}:{permission}"


def show_changes(changes: Iterable[MatrixChange]) -> list[dict[str, Any]]:
    """The latest changes, each with who made it."""
    return [
        {
            "event_id": change.event_id,
            "by": person_of(change.actor_id, change.actor_name, picture=change.actor_picture)
            if change.actor_name
            else None,
            "at": change.at,
            "sentence": change.sentence,
            "is_undo": change.is_undo,
        }
        for change in changes
    ]


def _row(permission: Permission, matrix: Matrix) -> dict[str, Any]:
    return {
        "name": permission.value,
        "description": permission.description,
        "cells": [_cell(Grant(role, permission.value), matrix) for role in ROLES],
    }


def _cell(grant: Grant, matrix: Matrix) -> dict[str, Any]:
    return {
        "role": grant.role,
        "name": cell_name(*grant),
        "is_held": grant in matrix,
        "is_fixed": grant == UNTOUCHABLE,
        "is_changed": (grant in matrix) != (grant in DEFAULT_MATRIX),
    }
