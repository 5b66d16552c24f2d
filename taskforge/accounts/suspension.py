"""Use cases of suspension: a site administrator keeps somebody out, and lets them in again.

A suspended person is nobody: `IS_ACTIVE` stands in every statement that finds who is asking. Their sessions end with
the suspension, their open pages lead to the log-in, and what they were about to write is refused when it is written.
"""

from __future__ import annotations

from sqlalchemy import text

from taskforge.accounts import session_records
from taskforge.accounts.session_records import hash_sid
from taskforge.accounts.site_admins import hold_people, require_other_admin
from taskforge.errors import Conflict, Suspended
from taskforge.events import Event
from taskforge.stores import change_writer, sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent
from taskforge.stores.unit_of_work import UnitOfWork

MAX_REASON = 300
YOURSELF = "You can't suspend yourself."

# Asked in the last statement of each change, of its actor. KEY SHARE conflicts with nothing but the FOR UPDATE of
# `site_admins`: a change waits for a suspension that is under way and then sees it, and a suspension for a change. What
# the change itself has done to the account does not count: it may be the one that closes it.
HOLD_ACTOR = """
    SELECT suspended_at IS NOT NULL AND NOT (xmin = CAST(pg_current_xact_id() AS xid)) AS is_suspended,
           suspension_reason
    FROM   users
    WHERE  user_id = CAST(:actor_id AS uuid)
    FOR    KEY SHARE"""
change_writer.ask_of_actors(HOLD_ACTOR)

_SUSPEND = text("""
    UPDATE users
    SET    suspended_at = :at, suspension_reason = :reason, version = version + 1, updated_at = :at
    WHERE  user_id = :user_id
""")
_LIFT = text("""
    UPDATE users
    SET    suspended_at = NULL, suspension_reason = NULL, version = version + 1, updated_at = :at
    WHERE  user_id = :user_id
""")
_OF_SESSION = text("""
    SELECT u.suspension_reason
    FROM   user_sessions s
           JOIN users u USING (user_id)
    WHERE  s.sid_hash = :sid_hash AND u.suspended_at IS NOT NULL
""")


@idempotent
def suspend_person(actor: Actor, user_id: str, *, reason: str) -> Change:
    """Keep somebody out from now on; `reason` is told to them when they try to log in.

    Raises:
        NotFound: the actor is no site administrator, or there is no such person.
        Conflict: they are suspended already, are the actor, or the last site administrator.
    """
    with UnitOfWork(actor, entity_id=user_id, version=0) as uow:
        person, others = hold_people(uow, user_id)
        if user_id == actor.user_id:
            raise Conflict(YOURSELF)
        if person["suspended_at"] is not None:
            raise Conflict("They are suspended already.")
        require_other_admin(person, others)
        uow.answer(version=person["version"] + 1)
        uow.update_reference(_SUSPEND, {"at": uow.at, "reason": reason, "user_id": user_id})
        ended = session_records.revoke_in(uow, user_id)
        uow.record(
            Event.USER_SUSPENDED,
            entity_type="user",
            entity_id=user_id,
            version=person["version"] + 1,
            before={"is_suspended": False, "suspension_reason": None},
            after={
                "is_suspended": True,
                "suspension_reason": reason,
                "sessions_ended": len(ended),
            },
        )
        uow.end_pages_of([user_id])
    session_records.forget(user_id, ended)
    return uow.change


@idempotent
def lift_suspension(actor: Actor, user_id: str) -> Change:
    """Let somebody in again. Sessions that have ended stay ended: they log in anew.

    Raises:
        NotFound: the actor is no site administrator, or there is no such person.
        Conflict: they are not suspended.
    """
    with UnitOfWork(actor, entity_id=user_id, version=0) as uow:
        person, _ = hold_people(uow, user_id)
        if person["suspended_at"] is None:
            raise Conflict("They are not suspended.")
        uow.answer(version=person["version"] + 1)
        uow.update_reference(_LIFT, {"at": uow.at, "user_id": user_id})
        uow.record(
            Event.USER_SUSPENSION_LIFTED,
            entity_type="user",
            entity_id=user_id,
            version=person["version"] + 1,
            before={"is_suspended": True, "suspension_reason": person["suspension_reason"]},
            after={"is_suspended": False, "suspension_reason": None},
        )
    return uow.change


def find_suspension(sid: str) -> Suspended | None:
    """The suspension of the person whose session a browser had, by its secret; None if there is none."""
    found = sql.row(_OF_SESSION, {"sid_hash": hash_sid(sid)})
    return None if found is None else Suspended(found["suspension_reason"])
