"""What becomes of the rows of an account that is deleted: a pseudonym, and nothing else that is the person's."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from taskforge.accounts.documents import (
    content_message,
    deleted_mirror_message,
    denormalised_columns,
    new_profile,
)
from taskforge.accounts.session_records import revoke_in
from taskforge.errors import NotFound, StaleVersion
from taskforge.events import Event
from taskforge.messaging import keys
from taskforge.messaging.redis_client import RedisUnavailable, redis_guard
from taskforge.stores import sql
from taskforge.stores.retention import delete_messages
from taskforge.stores.unit_of_work import UnitOfWork

DELETED_PERSON = "Deleted person"
MAX_ADDRESSES = 50  # that an account had before its last one
# What the profile of a deleted person says, until MongoDB drops it.
_NEUTRAL = new_profile(*DELETED_PERSON.split())
_COPIES = denormalised_columns(_NEUTRAL)

_ACCOUNT = text("""
    SELECT user_id, email, display_name, version, doc_version, created_at, is_site_admin
    FROM   users
    WHERE  user_id = :user_id AND suspended_at IS NULL AND deleted_at IS NULL
""")
# No password has this hash.
_ANONYMISE = text(f"""
    UPDATE users
    SET    email = :address, password_hash = '!', password_changed_at = :at, is_site_admin = false,
           email_verified_at = NULL, two_factor_at = NULL, last_login = NULL, suspended_at = :at, deleted_at = :at,
           version = version + 1, doc_version = :doc_version, doc_sha = :sha, core_version = core_version + 1,
           updated_at = :at, {", ".join(f"{name} = :{name}" for name in _COPIES)}
    WHERE  user_id = :user_id AND version = :version AND doc_version = :doc_version - 1
           AND deleted_at IS NULL
    RETURNING user_id, email, created_at, last_login, password_changed_at, core_version
""")
# Credentials, links and how they wanted to be notified. Sessions stay as revoked until `sweep`, so that Redis can't
# bring one back.
_CREDENTIALS = tuple(
    text(f"DELETE FROM {table} WHERE user_id = :user_id")
    for table in (
        "totp_secrets",
        "recovery_codes",
        "passkeys",
        "api_tokens",
        "notification_settings",
    )
)
_LINKS = (
    text("""
        DELETE FROM account_links
        WHERE  user_id = :user_id OR address = ANY(CAST(:addresses AS text[]))
    """),
    text("DELETE FROM pending_registrations WHERE email = ANY(CAST(:addresses AS text[]))"),
)
# As whom others look at a team names the person.
_VIEWS = text("UPDATE user_sessions SET viewing = NULL WHERE viewing ->> 'user_id' = :user_id")
_EARLIER_ADDRESSES = text(f"""
    SELECT l.previous_state ->> 'email' AS address
    FROM   audit_logs l
    WHERE  l.entity_id = :user_id AND l.event = '{Event.USER_EMAIL_CHANGED}'
           AND l.previous_state ->> 'email' IS NOT NULL
    GROUP  BY l.previous_state ->> 'email'
    ORDER  BY max(l.log_id) DESC
    LIMIT  {MAX_ADDRESSES}
""")
_FREE_ADDRESSES = text("""
    SELECT a.address
    FROM   unnest(CAST(:addresses AS text[])) AS a (address)
    WHERE  NOT EXISTS (SELECT FROM users u WHERE u.email = a.address)
""")
_SESSIONS = text("DELETE FROM user_sessions WHERE user_id = :user_id AND revoked_at IS NOT NULL")


def find_account(user_id: str) -> sql.Row:
    """The row of an account that can be deleted.

    Raises:
        NotFound: there is none, or it is suspended.
    """
    row = sql.row(_ACCOUNT, {"user_id": user_id})
    if row is None:
        raise NotFound()
    return row


def list_earlier_addresses(user_id: str) -> list[str]:
    """The addresses that an account had before its present one, the latest first."""
    return [row["address"] for row in sql.rows(_EARLIER_ADDRESSES, {"user_id": user_id})]


def keep_free(addresses: Sequence[str]) -> list[str]:
    """Those of some addresses that no account has now: what names another one may be about its present owner."""
    return [row["address"] for row in sql.rows(_FREE_ADDRESSES, {"addresses": list(addresses)})]


def pseudonym_address(user_id: str) -> str:
    """The address of a deleted account, at which nothing arrives; the person's own is free again."""
    return f"deleted-{user_id}@deleted.invalid"


def anonymise(uow: UnitOfWork, account: sql.Row, addresses: Sequence[str]) -> list[str]:
    """Make an account a pseudonym to which nobody logs in; answers the hashes of the sessions that have ended.

    `addresses` are those that it has and had, as far as they are nobody else's.

    Its document follows by the outbox, and MongoDB drops that later; older versions on their way are gone.

    Raises:
        StaleVersion: the account was changed since it was read.
    """
    user_id = account["user_id"]
    content = content_message(user_id, account["doc_version"] + 1, _NEUTRAL)
    row = uow.row(
        _ANONYMISE,
        {
            "user_id": user_id,
            "version": account["version"],
            "address": pseudonym_address(user_id),
            "doc_version": content.version,
            "sha": content.sha,
            "at": uow.at,
            **_COPIES,
        },
    )
    if row is None:
        raise StaleVersion()
    delete_messages(uow, [user_id])
    uow.stage(content)
    uow.stage(deleted_mirror_message(row, uow.at))
    ended = revoke_in(uow, user_id)
    _delete_credentials(uow, user_id, addresses)
    return ended


def sweep(uow: UnitOfWork, user_id: str, addresses: Sequence[str]) -> None:
    """Delete what a request that was under way has written since, and the sessions."""
    revoke_in(uow, user_id)
    _delete_credentials(uow, user_id, addresses)
    uow.execute(_SESSIONS, {"user_id": user_id})
    uow.execute(_VIEWS, {"user_id": user_id})


def forget_in_redis(user_id: str) -> None:
    """Delete what Redis knows of a person. Best effort: all of it expires."""
    families = (keys.USER_SESSIONS, keys.PROFILE, keys.UNREAD_COUNT)
    try:
        with redis_guard() as client, client.pipeline(transaction=False) as pipe:
            pipe.delete(*(family.key(user_id=user_id) for family in families))
            pipe.zrem(keys.ONLINE_USERS.key(), user_id)
            pipe.execute()
    except RedisUnavailable:
        return


def _delete_credentials(uow: UnitOfWork, user_id: str, addresses: Sequence[str]) -> None:
    for statement in (*_CREDENTIALS, *_LINKS):
        uow.execute(statement, {"user_id": user_id, "addresses": list(addresses)})
