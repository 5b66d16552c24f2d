"""Roles and permissions, in one table each, and what each role may do in a new team.

The catalogue is code, because code asks for the permissions; the matrix (`teams.models.RolePermission`) is data,
because each team edits its own. A new permission is a row here and a migration that calls
`migrations.permissions.add_permission`. Everybody in a team may see everything in it, but the page
Activity of its boards.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Role(StrEnum):
    """What a member is in a team. An admin holds every permission by default."""

    ADMIN = "admin"
    MEMBER = "member"
    GUEST = "guest"

    @property
    def words(self) -> str:
        """The role with its article, for sentences: “a member”."""
        return f"an {self}" if self is Role.ADMIN else f"a {self}"


class Permission(StrEnum):
    """A permission: its name, its number in the database, its description and the roles that hold it by default."""

    number: int
    description: str
    default_roles: frozenset[Role]

    def __new__(cls, name: str, number: int, description: str, *roles: Role) -> Self:
        """One row of the table; `roles` hold it by default beside the admin."""
        permission = str.__new__(cls, name)
        permission._value_ = name
        permission.number = number
        permission.description = description
        permission.default_roles = frozenset({Role.ADMIN, *roles})
        return permission

    TEAM_EDIT = "team.edit", 1, "Change the team's name, description and place in the hierarchy"
    TEAM_MANAGE_MEMBERS = "team.manage_members", 2, "Add and remove members and change their roles"
    TEAM_MANAGE_PERMISSIONS = "team.manage_permissions", 3, "Change what each role may do"
    BOARD_CREATE = "board.create", 10, "Create boards", Role.MEMBER
    BOARD_EDIT = "board.edit", 11, "Change a board's name and columns", Role.MEMBER
    BOARD_DELETE = "board.delete", 12, "Delete boards"
    BOARD_ACTIVITY = (
        "board.activity",
        13,
        "See the activity of a board: who changed what, and when",
        Role.MEMBER,
    )
    TASK_CREATE = "task.create", 20, "Create tasks", Role.MEMBER
    TASK_EDIT = "task.edit", 21, "Change tasks, their assignee included", Role.MEMBER
    TASK_MOVE = "task.move", 22, "Move tasks", Role.MEMBER
    TASK_DELETE = "task.delete", 23, "Move tasks to the trash", Role.MEMBER
    TASK_RESTORE = "task.restore", 24, "Restore tasks from the trash", Role.MEMBER
    TASK_EXCEED_LIMIT = (
        "task.exceed_limit",
        25,
        "Move tasks into a full column of a board whose limits are hard",
    )
    COMMENT_CREATE = (
        "comment.create",
        30,
        "Comment on tasks, and change one's own comments",
        Role.MEMBER,
        Role.GUEST,
    )
    COMMENT_MODERATE = "comment.moderate", 31, "Delete the comments of others"


# Where something is archived, the permissions of a person are these, as far as their role holds them, and this mark.
ARCHIVED = "archived"
KEPT_IN_ARCHIVED_TEAM = (Permission.BOARD_ACTIVITY,)
KEPT_ON_ARCHIVED_BOARD = (Permission.BOARD_ACTIVITY, Permission.BOARD_DELETE)

PERMISSIONS: dict[str, Permission] = {one.value: one for one in Permission}
ROLES = tuple(role.value for role in Role)  # from the highest


def exceeds(role: str, own: str) -> bool:
    """Whether a role is above one's own, so that one can't give it to others."""
    return ROLES.index(role) < ROLES.index(own)


def default_rows(team_id: str) -> list[dict[str, object]]:
    """The rows of a new team's matrix."""
    return [
        {"team_id": team_id, "role": role.value, "permission_id": permission.number}
        for role in Role
        for permission in Permission
        if role in permission.default_roles
    ]
