"""Guests who are limited to boards: the mark in their membership. The boards are `boards.named_people`'s matter."""

from __future__ import annotations

from sqlalchemy import text

from taskforge.errors import Conflict, NotFound
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.permissions import Role
from taskforge.teams.queries import get_standing

INHERITED = "They are a guest through a parent team, and can be limited there."
GUESTS_ONLY = "Only guests can be limited to boards. Make them a guest first."

_MEMBERSHIP = text("""
    SELECT role, is_limited
    FROM   team_memberships
    WHERE  team_id = :team_id AND user_id = :user_id
    FOR UPDATE
""")
_SET = text("""
    UPDATE team_memberships
    SET    is_limited = :is_limited
    WHERE  team_id = :team_id AND user_id = :user_id
""")


def set_limit(uow: UnitOfWork, team_id: str, user_id: str, *, is_limited: bool) -> bool:
    """Mark a guest as limited, or not, under the team's lock; answers whether they were before.

    Raises:
        NotFound: no such member.
        Conflict: they are no guest.
    """
    of_person = {"team_id": team_id, "user_id": user_id}
    found = uow.row(_MEMBERSHIP, of_person)
    if found is None:
        if get_standing(uow, team_id, user_id) is not None:
            raise Conflict(INHERITED)
        raise NotFound()
    if found["role"] != Role.GUEST:
        raise Conflict(GUESTS_ONLY)
    uow.execute(_SET, {**of_person, "is_limited": is_limited})
    return bool(found["is_limited"])
