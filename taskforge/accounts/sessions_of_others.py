"""Use cases of sessions that a site administrator ends for somebody."""

from __future__ import annotations

from taskforge.accounts import api_tokens, session_records
from taskforge.accounts.site_admins import hold_people
from taskforge.errors import NotFound
from taskforge.events import Event
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent
from taskforge.stores.unit_of_work import UnitOfWork


@idempotent
def end_session_of(actor: Actor, user_id: str, session_id: str) -> Change:
    """End one session of somebody, by its public id.

    Raises:
        NotFound: the actor is no site administrator, or the person has no such live session.
    """
    with UnitOfWork(actor, entity_id=user_id, version=0) as uow:
        hold_people(uow, user_id)
        ended = session_records.revoke_in(uow, user_id, only=session_id)
        if not ended:
            raise NotFound()
        uow.record(
            Event.USER_SESSION_REVOKED,
            entity_type="user",
            entity_id=user_id,
            before={"session_id": session_id, "revoked": False},
            after={"session_id": session_id, "revoked": True},
        )
    session_records.forget(user_id, ended)
    return uow.change


@idempotent
def end_all_sessions_of(actor: Actor, user_id: str) -> Change:
    """End all sessions and API tokens of somebody; their open pages lead to the log-in.

    Raises:
        NotFound: the actor is no site administrator, or there is no such person.
    """
    with UnitOfWork(actor, entity_id=user_id, version=0) as uow:
        hold_people(uow, user_id)
        ended = session_records.revoke_in(uow, user_id)
        revoked = api_tokens.revoke_all_in(uow, user_id)
        uow.record(
            Event.USER_ALL_SESSIONS_REVOKED,
            entity_type="user",
            entity_id=user_id,
            before={"sessions": len(ended)},
            after={"sessions": 0, "kept_current": False, "tokens_revoked": revoked},
        )
        uow.end_pages_of([user_id])
    session_records.forget(user_id, ended)
    return uow.change
