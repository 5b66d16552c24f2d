"""Use cases of the site role: who administers the whole installation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from taskforge.errors import Conflict, NotFound
from taskforge.events import Event
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent
from taskforge.stores.unit_of_work import UnitOfWork

LAST_ADMIN = "This is the last site administrator. Give somebody else the role first."

# All who have the site role and the person concerned, locked in one order: of two changes that would together leave
# nobody, the second one sees what the first one did. FOR UPDATE, for what waits in `suspension.HOLD_ACTOR`.
_LOCK = text("""
    SELECT user_id, email, display_name, is_site_admin, suspended_at, suspension_reason, version
    FROM   users
    WHERE  (is_site_admin OR user_id = ANY(CAST(:ids AS uuid[]))) AND deleted_at IS NULL
    ORDER  BY user_id
    FOR    UPDATE
""")
_SET = text("""
    UPDATE users
    SET    is_site_admin = :is_site_admin, version = version + 1, updated_at = :at
    WHERE  user_id = :user_id
""")

Person = Mapping[str, Any]


def hold_people(uow: UnitOfWork, user_id: str) -> tuple[Person, list[Person]]:
    """Somebody's row, and those of all other site administrators who can act; kept as they are until COMMIT.

    Raises:
        NotFound: the actor is no site administrator (any more), or there is no such person.
    """
    found = {row["user_id"]: row for row in _lock(uow, [uow.actor.user_id, user_id])}
    able = [row for row in found.values() if row["is_site_admin"] and not row["suspended_at"]]
    if user_id not in found or uow.actor.user_id not in {row["user_id"] for row in able}:
        raise NotFound()
    return found[user_id], [row for row in able if row["user_id"] != user_id]


def require_other_admin(person: Person, others: list[Person]) -> None:
    """Refuse what would leave the installation without a site administrator. Raises `Conflict`."""
    if person["is_site_admin"] and not others:
        raise Conflict(LAST_ADMIN)


def claim_site_role(uow: UnitOfWork) -> None:
    """Make the actor a site administrator, inside the transaction that uses up their one-time link.

    Raises:
        NotFound: the actor has no account.
    """
    found = {row["user_id"]: row for row in _lock(uow, [uow.actor.user_id])}
    if uow.actor.user_id not in found:
        raise NotFound()
    set_site_role(uow, found[uow.actor.user_id], to=True)


@idempotent
def grant_site_role(actor: Actor, user_id: str) -> Change:
    """Make somebody a site administrator.

    Raises:
        NotFound: the actor is none, or there is no such person.
        Conflict: they are one already, or suspended.
    """
    with UnitOfWork(actor, entity_id=user_id, version=0) as uow:
        person, _ = hold_people(uow, user_id)
        if person["is_site_admin"]:
            raise Conflict("They are a site administrator already.")
        if person["suspended_at"] is not None:
            raise Conflict("They are suspended. Lift the suspension first.")
        set_site_role(uow, person, to=True)
        uow.refresh_pages_of([user_id])
    return uow.change


@idempotent
def revoke_site_role(actor: Actor, user_id: str) -> Change:
    """Take the site role from somebody, also from oneself.

    Raises:
        NotFound: the actor is no site administrator, or there is no such person.
        Conflict: they have no such role, or are the last one who has it.
    """
    with UnitOfWork(actor, entity_id=user_id, version=0) as uow:
        person, others = hold_people(uow, user_id)
        if not person["is_site_admin"]:
            raise Conflict("They are no site administrator.")
        require_other_admin(person, others)
        set_site_role(uow, person, to=False)
        uow.refresh_pages_of([user_id])
    return uow.change


def set_site_role(uow: UnitOfWork, person: Person, *, to: bool) -> None:
    """Change and record the site role of somebody whose row is locked."""
    user_id, version = person["user_id"], person["version"] + 1
    uow.answer(version=version)
    uow.update_reference(_SET, {"is_site_admin": to, "at": uow.at, "user_id": user_id})
    uow.record(
        Event.USER_ADMIN_GRANTED if to else Event.USER_ADMIN_REVOKED,
        entity_type="user",
        entity_id=user_id,
        version=version,
        before={"is_site_admin": person["is_site_admin"]},
        after={"is_site_admin": to},
    )


def _lock(uow: UnitOfWork, user_ids: Sequence[str]) -> Sequence[Any]:
    return uow.execute(_LOCK, {"ids": list(user_ids)}).mappings().all()
