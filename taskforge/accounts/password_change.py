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
        ended = set_password(
            uow,
            row,
            new_hash,
            event=Event.USER_PASSWORD_CHANGED,
            keep=actor.session_id,
            revoke_tokens=revoke_tokens,
        )
    session_records.forget(actor.user_id, ended)
    return uow.change


def set_password(
    uow: UnitOfWork,
    row: sql.Row,
    new_hash: str,
    *,
    event: Event,
    keep: str | None = None,
    revoke_tokens: bool,
) -> list[str]:
    """Set an account's password, end its sessions but for `keep`, and tell its owner.

    With `revoke_tokens` its API tokens end too. `row` is the account with the hash of the password before. Answers the
    hashes of the sessions that have ended, for `taskforge.accounts.session_records.forget` after the commit.

    Raises:
        StaleVersion: the account was changed since it was read.
    """
    user_id = row["user_id"]
    uow.update_reference(
        CHANGE_PASSWORD,
        {
            "new_hash": new_hash,
            "old_hash": row["password_hash"],
            "at": uow.at,
            "user_id": user_id,
            "version": row["version"],
            "core_version": row["core_version"],
        },
    )
    changed = {"password_changed_at": uow.at, "core_version": row["core_version"] + 1}
    uow.stage(mirror_message({**row, **changed}))
    ended = session_records.revoke_in(uow, user_id, keep=keep)
    revoked = api_tokens.revoke_all_in(uow, user_id) if revoke_tokens else 0
    event_id = uow.record(
        event,
        entity_type="user",
        entity_id=user_id,
        version=row["version"] + 1,
        before={"password_changed_at": row["password_changed_at"].isoformat()},
        after={
            "password_changed_at": uow.at.isoformat(),
            "sessions_ended": len(ended),
            "tokens_revoked": revoked,
        },
    )
    notices.tell_password_changed(uow, row, event_id)
    return ended
