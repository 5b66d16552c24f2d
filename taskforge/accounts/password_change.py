"""Changing one's own password, by giving the present one; a forgotten one: `password_reset`."""

from __future__ import annotations

from taskforge.accounts import api_tokens, notices, passwords, session_records
from taskforge.accounts.documents import mirror_message
from taskforge.accounts.queries import CHANGE_PASSWORD, USER_WITH_PASSWORD
from taskforge.errors import InvalidInput, NotFound
from taskforge.events import Event
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent
from taskforge.stores.unit_of_work import UnitOfWork


@idempotent
def change_password(actor: Actor, *, current: str, new: str, revoke_tokens: bool = False) -> Change:
    """Change the actor's password and end all their other sessions; if they want, all their API tokens too.

    Raises:
        InvalidInput: the present password is wrong or the new one too weak.
    """
    row = sql.row(USER_WITH_PASSWORD, {"user_id": actor.user_id})
    if row is None:
        raise NotFound()
    if not passwords.verify_password(row["password_hash"], current):
        raise InvalidInput.about("current_password", "is not your present password")
    passwords.check_password_strength(
        new, context_words=[row["email"], row["display_name"]], field="new_password"
    )
    new_hash = passwords.hash_password(new)
    with UnitOfWork(actor, entity_id=actor.user_id, version=row["version"] + 1) as uow:
        after = {**row, "password_changed_at": uow.at, "core_version": row["core_version"] + 1}
        uow.update_reference(
            CHANGE_PASSWORD,
            {
                "new_hash": new_hash,
                "old_hash": row["password_hash"],
                "at": uow.at,
                "user_id": actor.user_id,
                "version": row["version"],
                "core_version": row["core_version"],
            },
        )
        uow.stage(mirror_message(after))
        ended = session_records.revoke_in(uow, actor.user_id, keep=actor.session_id)
        revoked = api_tokens.revoke_all_in(uow, actor.user_id) if revoke_tokens else 0
        event_id = uow.record(
            Event.USER_PASSWORD_CHANGED,
            entity_type="user",
            entity_id=actor.user_id,
            version=row["version"] + 1,
            before={"password_changed_at": row["password_changed_at"].isoformat()},
            after={
                "password_changed_at": uow.at.isoformat(),
                "sessions_ended": len(ended),
                "tokens_revoked": revoked,
            },
        )
        notices.tell_password_changed(uow, row, event_id)
    session_records.forget(actor.user_id, ended)
    return uow.change
