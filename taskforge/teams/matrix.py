"""The permission matrix of a team as a value: which role holds which permission, and what differs between two.

A matrix is a set of grants. The audit log has it by permission, so that it names each one that existed then; JSON and
pages have it by role.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from taskforge.teams.permissions import PERMISSIONS, ROLES, Permission, Role


class Grant(NamedTuple):
    """This role holds this permission."""

    role: str
    permission: str


Matrix = frozenset[Grant]
ByPermission = Mapping[str, Collection[str]]

# Somebody must always be able to give rights back: a team has at least one admin, and admins keep this right.
UNTOUCHABLE = Grant(Role.ADMIN.value, Permission.TEAM_MANAGE_PERMISSIONS.value)
DEFAULT_MATRIX: Matrix = frozenset(
    Grant(role.value, permission.value)
    for permission in Permission
    for role in permission.default_roles
)


def matrix_of(by_role: Mapping[str, Iterable[str]]) -> Matrix:
    """The matrix in which each role holds these permissions."""
    return frozenset(Grant(role, name) for role, names in by_role.items() for name in names)


def list_by_role(matrix: Matrix) -> dict[str, list[str]]:
    """The permissions of each role, in the order of the catalogue."""
    return {
        role: [one.value for one in Permission if Grant(role, one.value) in matrix]
        for role in ROLES
    }


def list_by_permission(matrix: Matrix) -> dict[str, list[str]]:
    """The roles that hold each permission, as the audit log has them."""
    return {
        one.value: [role for role in ROLES if Grant(role, one.value) in matrix]
        for one in Permission
    }


def read_by_permission(recorded: ByPermission) -> Matrix:
    """The matrix that `list_by_permission` wrote, perhaps by an older release."""
    return frozenset(Grant(role, name) for name, roles in recorded.items() for role in roles)


def describe_difference(before: Matrix, after: Matrix) -> str:
    """What was given to and taken from which role, as a sentence continues after a name; empty if nothing was."""
    parts = []
    for role in ROLES:
        for verb, grants in (
            (f"gave {role}s", after - before),
            (f"took from {role}s", before - after),
        ):
            names = [_words(name) for one, name in sorted(grants) if one == role]
            if names:
                parts.append(f"{verb} {', '.join(names)}")
    return "; ".join(parts)


def _words(name: str) -> str:
    known = PERMISSIONS.get(name)
    return f"“{known.description if known else name}”"
