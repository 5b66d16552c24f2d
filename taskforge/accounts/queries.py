"""SQL of accounts for the features above, and reads of people that several of them need.

The fragments are the only way in which another feature's SQL names the tables of accounts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import column, table, text

from taskforge.stores import sql
from taskforge.stores.outbox import pending_content
from taskforge.stores.unit_of_work import UnitOfWork

MAX_IDLE_DAYS = 14  # of a session
# Items of a FROM clause.
PEOPLE = "users u"
SESSIONS = "user_sessions s"
# Of the user `u`: whether they may do anything at all. Every statement that finds who is asking has it.
IS_ACTIVE = "u.suspended_at IS NULL"
# The same people for statements that SQLAlchemy composes.
COMPOSED_PEOPLE = table(
    "users", column("user_id"), column("display_name"), column("picture")
).alias("u")
# A sum that changes whenever one of the people in `:people` is renamed.
VERSIONS_OF_PEOPLE = """
       (SELECT coalesce(sum(p.version), 0)
        FROM   users p
        WHERE  p.user_id = ANY(CAST(:people AS uuid[])))
"""
# Locks the account of `:user_id` until COMMIT; two that run at once wait for each other. No row for a deleted one: who
# waited for its deletion comes too late.
LOCK_PERSON = text("""
    SELECT 1
    FROM   users
    WHERE  user_id = :user_id AND deleted_at IS NULL
    FOR    NO KEY UPDATE
""")
# Whether the account `u` is still somebody's.
IS_NOT_DELETED = "u.deleted_at IS NULL"

_FIND_PERSON = text("""
    SELECT user_id
    FROM   users
    WHERE  (user_id = CAST(:user_id AS uuid) OR email = :email) AND deleted_at IS NULL
    LIMIT  1
""")
_SESSIONS = text("""
    SELECT session_id, kind, host(ip_address) AS ip_address, user_agent, created_at, last_seen_at, expires_at,
           revoked_at
    FROM   user_sessions
    WHERE  user_id = :user_id AND (CAST(:after AS uuid) IS NULL OR session_id > CAST(:after AS uuid))
    ORDER  BY session_id
    LIMIT  :limit
""")
_NAMES = text("""
    SELECT user_id, display_name
    FROM   users
    WHERE  user_id = ANY(CAST(:ids AS uuid[]))
""")


# An account for what its person does with it; the second one with the content that MongoDB has yet to get.
_USER = """
       u.user_id, u.email, u.display_name, u.theme, u.is_site_admin, u.version, u.doc_version,
       u.core_version, u.created_at, u.updated_at, u.last_login, u.password_changed_at,
       u.email_verified_at, u.picture, u.time_zone, u.week_start
"""
USER_WITH_PASSWORD = text(f"""
    SELECT {_USER}, u.password_hash
    FROM   users u
    WHERE  u.user_id = :user_id AND u.suspended_at IS NULL
""")
USER_WITH_PENDING_CONTENT = text(f"""
    SELECT {_USER}, {pending_content("u.user_id")} AS pending_content,
           CASE WHEN s.is_ahead THEN to_jsonb(s) END AS settings_ahead
    FROM   users u
           LEFT JOIN notification_settings s USING (user_id)
    WHERE  u.user_id = :user_id AND u.deleted_at IS NULL
""")
EDIT_PROFILE = text("""
    UPDATE users
    SET    version = version + 1, doc_version = :doc_version, doc_sha = :sha,
           display_name = :display_name, theme = :theme, picture = :picture,
           time_zone = :time_zone, week_start = :week_start, updated_at = :at
    WHERE  user_id = :user_id AND version = :version
""")


# When the person `p` was last seen: a session that goes on, or the start of one that is over.
LAST_SEEN = """
       greatest(p.last_login,
                (SELECT max(s.last_seen_at)
                 FROM   user_sessions s
                 WHERE  s.user_id = p.user_id AND s.revoked_at IS NULL)) AS last_seen_at
"""


def is_deleted(alias: str) -> str:
    """SQL of the condition that the account `alias` is deleted."""
    return f"{alias}.deleted_at IS NOT NULL"


def join_person(user_id: str, alias: str = "u") -> str:
    """SQL that joins the account, as `alias`, of the person whose id the column `user_id` holds."""
    return f"JOIN users {alias} ON {alias}.user_id = {user_id}"


def is_session_over(session_id: str) -> str:
    """SQL of the condition that the session with a public id was ended, or has expired, before ``:before``."""
    return f"""{session_id} IN (SELECT session_id
                               FROM   user_sessions
                               WHERE  revoked_at < :before OR expires_at < :before)"""


def join_live_session(session_id: str) -> str:
    """SQL that joins, as ``e``, the session whose public id `session_id` gives, if it still authenticates."""
    return f"""JOIN user_sessions e
                ON e.session_id = {session_id} AND e.revoked_at IS NULL AND e.expires_at > now()
                   AND e.last_seen_at > now() - interval '{MAX_IDLE_DAYS} days'"""


# How a person wants to be notified, of `left_join_settings`; all NULL for the defaults.
SETTINGS_COLUMNS = """
       s.email, s.push, s.frequency, s.digest_hour, s.digest_weekday, s.quiet_from, s.quiet_until, s.matrix
"""


def left_join_settings(user_id: str) -> str:
    """SQL that joins, as ``s``, how the person whose id the column `user_id` holds wants to be notified."""
    return f"LEFT JOIN notification_settings s ON s.user_id = {user_id}"


def left_join_person(user_id: str, alias: str = "u") -> str:
    """Like `join_person`, for a column that may be NULL, or name an account that does not exist any more."""
    return f"LEFT {join_person(user_id, alias)}"


def find_user_id(*, user_id: str | None = None, email: str | None = None) -> str | None:
    """The id of the account with this id or e-mail address; None when there is none."""
    found: str | None = sql.scalar(_FIND_PERSON, {"user_id": user_id, "email": email})
    return found


def sessions_of_person(user_id: str, after: str | None, limit: int) -> Sequence[sql.Row]:
    """Somebody's sessions on record, also those that are over, in the order of their ids, behind one."""
    return sql.rows(_SESSIONS, {"user_id": user_id, "after": after, "limit": limit})


def list_display_names(
    user_ids: Iterable[str | None], uow: UnitOfWork | None = None
) -> dict[str, str]:
    """The display names of people by id; ids of nobody are left out. Read in the transaction of `uow`, if given."""
    parameters = {"ids": [user_id for user_id in user_ids if user_id]}
    found = (
        sql.rows(_NAMES, parameters)
        if uow is None
        else uow.execute(_NAMES, parameters).mappings().all()
    )
    return {row["user_id"]: row["display_name"] for row in found}


# Raises the version that was read; a hash that has changed since stays.
CHANGE_PASSWORD = text("""
    UPDATE users
    SET    version = version + 1, core_version = core_version + 1, password_hash = :new_hash,
           password_changed_at = :at, updated_at = :at
    WHERE  user_id = :user_id AND version = :version AND core_version = :core_version
           AND password_hash = :old_hash
""")
# Of the sessions with these hashes, those that were revoked; of these users, the sessions that still hold.
REVOKED_SESSIONS = text("""
    SELECT encode(sid_hash, 'hex') AS hash
    FROM   user_sessions
    WHERE  sid_hash = ANY(:hashes) AND revoked_at IS NOT NULL
""")
LIVE_SESSIONS = text("""
    SELECT user_id, encode(sid_hash, 'hex') AS hash
    FROM   user_sessions
    WHERE  user_id = ANY(CAST(:ids AS uuid[])) AND revoked_at IS NULL
           AND expires_at > :at AND last_seen_at > :idle_since
""")

# As whom the person of a session looks at a team.
SET_VIEWING = text("""
    UPDATE user_sessions
    SET    viewing = CAST(:viewing AS jsonb)
    WHERE  session_id = :session_id AND user_id = :user_id AND kind = 'browser' AND revoked_at IS NULL
""")

# One-time links that make their reader a site administrator.
INSERT_ADMIN_CLAIM = text("""
    INSERT INTO admin_claims (token_hash, created_at, expires_at)
    VALUES (:token_hash, :at, :expires_at)
""")
_IS_OPEN = "token_hash = :token_hash AND used_at IS NULL AND expires_at > :at"
OPEN_ADMIN_CLAIM = text(f"""
    SELECT 1
    FROM   admin_claims
    WHERE  {_IS_OPEN}
""")
USE_ADMIN_CLAIM = text(f"""
    UPDATE admin_claims
    SET    used_at = :at, used_by = :user_id
    WHERE  {_IS_OPEN}
""")
