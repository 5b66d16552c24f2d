"""The permission catalogue and what each role may do in a new team.

The catalogue is code, because code asks for the permissions; the matrix is data, because each team edits its own.
Everybody in a team may see everything in it.
"""

from __future__ import annotations

ROLES = ("admin", "member", "guest")

CATALOGUE: dict[str, tuple[int, str]] = {
    "team.edit": (1, "Change the team's name, description and place in the hierarchy"),
    "team.manage_members": (2, "Add and remove members and change their roles"),
    "team.manage_permissions": (3, "Change what each role may do"),
    "board.create": (10, "Create boards"),
    "board.edit": (11, "Change a board's name and columns"),
    "board.delete": (12, "Delete boards"),
    "task.create": (20, "Create tasks"),
    "task.edit": (21, "Change tasks, their assignee included"),
    "task.move": (22, "Move tasks"),
    "task.delete": (23, "Move tasks to the trash"),
    "task.restore": (24, "Restore tasks from the trash"),
    "comment.create": (30, "Comment on tasks, and change one's own comments"),
    "comment.moderate": (31, "Delete the comments of others"),
}

DEFAULTS: dict[str, frozenset[str]] = {
    "admin": frozenset(CATALOGUE),
    "member": frozenset(
        {
            "board.create",
            "board.edit",
            "task.create",
            "task.edit",
            "task.move",
            "task.delete",
            "task.restore",
            "comment.create",
        }
    ),
    "guest": frozenset({"comment.create"}),
}


def default_rows(team_id: str) -> list[dict[str, object]]:
    """The rows of a new team's matrix."""
    return [
        {"team_id": team_id, "role": role, "permission_id": CATALOGUE[name][0]}
        for role, names in DEFAULTS.items()
        for name in sorted(names)
    ]
