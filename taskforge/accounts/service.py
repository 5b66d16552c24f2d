"""Use cases of accounts: register, check a password, profile. A new password: `password_change`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from taskforge import faults
from taskforge.accounts import passwords
from taskforge.accounts.documents import (
    content_message,
    denormalised_columns,
    mirror_message,
    new_profile,
)
from taskforge.accounts.field_conflicts import settle_fields
from taskforge.accounts.models import User
from taskforge.accounts.notification_preferences import (
    check,
    complete,
    preferences_of,
    write_copy_statement,
)
from taskforge.accounts.profile_merge import merge_preferences, merge_profile
from taskforge.accounts.queries import EDIT_PROFILE, USER_WITH_PENDING_CONTENT
from taskforge.errors import (
    Conflict,
    NotFound,
    StaleVersion,
    Suspended,
    Unavailable,
)
from taskforge.events import Event
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.documents import read_current
from taskforge.stores.operations import Change, idempotent, retry_on_stale, unchanged
from taskforge.stores.unit_of_work import UnitOfWork

UNREADABLE = (
    "Your profile can't be read right now, so it can't be changed safely. Please try again."
)
CANNOT_REGISTER = (
    "No account can be made with this address. If you have one already, log in instead."
)
EDITABLE = (
    "first_name", "last_name", "bio", "picture", "preferences", "time_zone", "week_start",
)  # fmt: skip

_CREDENTIALS = text("""
    SELECT user_id, password_hash, suspended_at, suspension_reason
    FROM   users
    WHERE  email = :email
""")
_REHASH = text("""
    UPDATE users
    SET    password_hash = :new
    WHERE  user_id = :user_id AND password_hash = :old
""")


@dataclass(frozen=True)
class ProfileView:
    """A person's own profile: the user's row, and the texts (None while they can't be read)."""

    row: Mapping[str, Any]
    texts: Mapping[str, Any] | None


@idempotent
def register_user(
    actor: Actor, *, email: str, password: str, first_name: str, last_name: str = ""
) -> Change:
    """Create an account and its profile. The actor's id becomes the user's id.

    Raises:
        InvalidInput: the password is too weak.
        Conflict: the address has an account already (the password is hashed all the same, so that time tells nothing).
    """
    passwords.check_password_strength(password, context_words=[email, first_name, last_name])
    password_hash = passwords.hash_password(password)
    faults.point("read.done")
    with UnitOfWork(actor, entity_id=actor.user_id, version=1) as uow:
        add_account(
            uow,
            email=email,
            password_hash=password_hash,
            fields=new_profile(first_name, last_name),
        )
    return uow.change


def add_account(
    uow: UnitOfWork,
    *,
    email: str,
    password_hash: str,
    fields: Mapping[str, Any],
    is_confirmed: bool = False,
) -> None:
    """Create the account of the actor, with its profile; `is_confirmed` says that its address is.

    Raises:
        Conflict: the address has an account already.
    """
    user_id = uow.actor.user_id
    message = content_message(user_id, 1, fields)
    row = {
        "user_id": user_id,
        "email": email,
        "email_verified_at": uow.at if is_confirmed else None,
        "password_hash": password_hash,
        "password_changed_at": uow.at,
        **denormalised_columns(fields),
        "version": 1,
        "doc_version": 1,
        "doc_sha": message.sha,
        "core_version": 1,
        "created_at": uow.at,
        "updated_at": uow.at,
        "last_login": None,
    }
    try:
        # Without an error for a taken address: PostgreSQL would log the statement, password hash included.
        uow.update_reference(insert(User).on_conflict_do_nothing(), row)
    except StaleVersion as error:
        raise Conflict(CANNOT_REGISTER) from error
    uow.stage(message)
    uow.stage(mirror_message(row))
    uow.record(
        Event.USER_REGISTERED,
        entity_type="user",
        entity_id=user_id,
        version=1,
        before=None,
        after={"email": email, **fields},
    )


def check_credentials(email: str, password: str) -> str | None:
    """The id of the user with this address and password, or None. One argon2 verification in every case.

    A hash with outdated parameters is replaced on the way.

    Raises:
        Suspended: it is the right password of a suspended account; only its owner is told.
    """
    found = sql.row(_CREDENTIALS, {"email": email})
    matches = passwords.verify_password(found["password_hash"] if found else None, password)
    if found is None or not matches:
        return None
    if found["suspended_at"] is not None:
        raise Suspended(found["suspension_reason"])
    if passwords.needs_rehash(found["password_hash"]):
        sql.execute_now(
            _REHASH,
            {
                "new": passwords.hash_password(password),
                "old": found["password_hash"],
                "user_id": found["user_id"],
            },
        )
    return str(found["user_id"])


def get_profile(actor: Actor) -> ProfileView:
    """The actor's own account and profile."""
    row = _row_of(actor.user_id)
    try:
        return ProfileView(*_with_texts(row))
    except Unavailable:
        return ProfileView(row, None)


def edit_profile(actor: Actor, *, version: int, changes: Mapping[str, Any]) -> Change:
    """Change some of `EDITABLE` of the actor's profile, of the preferences also some only.

    Raises:
        StaleVersion: one of these fields was changed in another window since `version`.
        InvalidInput: preferences of notifications that don't go together.
        Unavailable: the present profile can't be read.
    """
    return retry_on_stale(lambda: _edit_profile(actor, version=version, changes=changes))


def read_profile(user_id: str) -> tuple[sql.Row, dict[str, Any]]:
    """The row and the content of somebody's profile.

    Raises:
        NotFound: there is no such account.
        Unavailable: the content can't be read.
    """
    return _with_texts(_row_of(user_id))


def write_profile(
    actor: Actor, row: sql.Row, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Change:
    """Write the content `new` of a profile in place of `old`, which `read_profile` read with its row.

    Raises:
        StaleVersion: the account has changed since.
    """
    user_id, version = row["user_id"], row["version"] + 1
    message = content_message(user_id, row["doc_version"] + 1, new)
    with UnitOfWork(actor, entity_id=user_id, version=version) as uow:
        uow.update_reference(
            EDIT_PROFILE,
            {
                "doc_version": message.version,
                "sha": message.sha,
                **denormalised_columns(new),
                "at": uow.at,
                "user_id": user_id,
                "version": row["version"],
            },
        )
        uow.stage(message)
        changed = [name for name in new if new[name] != old.get(name)]
        if "preferences" in changed:
            notifications = new["preferences"]["notifications"]
            uow.execute(*write_copy_statement(user_id, version, notifications))
        uow.record(
            Event.USER_PROFILE_EDITED,
            entity_type="user",
            entity_id=user_id,
            version=version,
            before={name: old.get(name) for name in changed},
            after={name: new[name] for name in changed},
        )
    return uow.change


def _row_of(user_id: str) -> sql.Row:
    found = sql.row(USER_WITH_PENDING_CONTENT, {"user_id": user_id})
    if found is None:
        raise NotFound()
    return found


def _with_texts(row: sql.Row) -> tuple[sql.Row, dict[str, Any]]:
    row, texts = read_current(
        "user", row, read_row=lambda: _row_of(row["user_id"]), unreadable=UNREADABLE
    )
    preferences, ahead = texts["preferences"], row["settings_ahead"]
    stored = preferences_of(ahead) if ahead else preferences.get("notifications") or {}
    notifications = complete(stored)
    return row, {**texts, "preferences": {**preferences, "notifications": notifications}}


@idempotent
def _edit_profile(actor: Actor, *, version: int, changes: Mapping[str, Any]) -> Change:
    row, old = read_profile(actor.user_id)
    settled = settle_fields(
        actor,
        ("user", actor.user_id),
        {name: changes[name] for name in EDITABLE if name in changes},
        old,
        seen=version,
        current=row["version"],
        merge=merge_profile,
    )
    new = {**old, **settled}
    mine, stored = settled.get("preferences", {}), old["preferences"]
    merged = merge_preferences(stored, mine, stored)
    assert merged is not None  # nothing stands against itself
    new["preferences"] = {**merged, "notifications": check(merged["notifications"])}
    if new == old:
        return unchanged(actor, entity_id=actor.user_id, version=row["version"])
    return write_profile(actor, row, old, new)
