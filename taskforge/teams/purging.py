"""The rows of deleted teams, for the purge that removes them for good (`taskforge.admin.trash`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text

from taskforge.events import Event
from taskforge.stores import sql
from taskforge.stores.unit_of_work import UnitOfWork

RECORDED = ("name", "created_by")  # what the audit event says of the team

_DELETED_BEFORE = text("""
    SELECT team_id
    FROM   teams
    WHERE  deleted_at < :before
    ORDER  BY deleted_at
    LIMIT  :limit
""")
_DELETED_AT = text("SELECT deleted_at FROM teams WHERE team_id = :team_id")
_LOCK = text("SELECT * FROM teams WHERE team_id = :team_id FOR UPDATE")
_CHILDREN = text("""
    SELECT team_id, version, name, description, parent_team_id, inherits_members
    FROM   teams
    WHERE  parent_team_id = :team_id
    ORDER  BY team_id
    FOR    UPDATE
""")
_RELEASE = text("""
    UPDATE teams
    SET    parent_team_id = NULL, inherits_members = false, version = version + 1, updated_at = :at
    WHERE  team_id = :team_id
""")
# In this order: the rows of the others refer to the team's.
_ROWS = tuple(
    text(f"DELETE FROM {table} WHERE team_id = :team_id")
    for table in (
        "join_links", "invitations", "role_permissions", "team_memberships", "effective_memberships", "teams",
    )
)  # fmt: skip


def list_deleted_before(before: datetime, limit: int) -> Sequence[str]:
    """The ids of teams that were deleted before an instant, oldest deletion first."""
    return [row["team_id"] for row in sql.rows(_DELETED_BEFORE, {"before": before, "limit": limit})]


def was_deleted_at(uow: UnitOfWork, team_id: str) -> datetime | None:
    """When a team was deleted; None for one that is not."""
    found: datetime | None = uow.execute(_DELETED_AT, {"team_id": team_id}).scalar()
    return found


def lock_deleted_team(uow: UnitOfWork, team_id: str) -> sql.Row | None:
    """The row of a team, held until COMMIT; None if there is none. The tree must be locked for a change."""
    return uow.row(_LOCK, {"team_id": team_id})


def release_children(uow: UnitOfWork, team_id: str) -> None:
    """Let the teams below one have no parent any more, each with its audit event."""
    for child in uow.execute(_CHILDREN, {"team_id": team_id}).mappings().all():
        uow.execute(_RELEASE, {"team_id": child["team_id"], "at": uow.at})
        before = {name: child[name] for name in child if name not in ("team_id", "version")}
        uow.record(
            Event.TEAM_EDITED,
            entity_type="team",
            entity_id=child["team_id"],
            version=child["version"] + 1,
            before=before,
            after={**before, "parent_team_id": None, "inherits_members": False},
            team_id=child["team_id"],
        )


def delete_team_rows(uow: UnitOfWork, team_id: str) -> None:
    """Delete the row of a team and what belongs to it alone. No board of it may be left."""
    for statement in _ROWS:
        uow.execute(statement, {"team_id": team_id})
