"""Who a request with an API token is of, what it may do, and in which teams.

One statement says it, together with the row that the request preloads. A token is asked for anew in each request, so
that it ends at once when it is revoked, has run out, or its person is suspended.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache

from sqlalchemy import TextClause, text

from taskforge import clock
from taskforge.accounts.session_records import Identity
from taskforge.errors import NotAuthenticated
from taskforge.mail.tokens import hash_token
from taskforge.stores import sql
from taskforge.stores.prepared_statements import prepared
from taskforge.stores.sql import JoinedQuery
from taskforge.stores.team_limit import narrow_sql

PREFIX = "tf_"  # of every token, so that people and scanners of secrets know what they see
NOTED_EVERY = timedelta(minutes=1)
UNKNOWN = "This API token is not known. If it was revoked, its person can make a new one."
PROBLEMS = {
    "suspended": "The account of this API token is suspended.",
    "expired": "This API token has expired. Its person can make a new one.",
}
_IN_LIMIT = """
    user_id <> u.user_id OR u.token_team_ids IS NULL OR team_id = ANY(u.token_team_ids)
"""
_NOTE_USE = text("""
    UPDATE api_tokens
    SET    last_used_at = :at, last_used_ip = CAST(:ip AS inet)
    WHERE  token_id = :token_id AND (last_used_at IS NULL OR last_used_at <= :before)
""")


class Scope(StrEnum):
    """What a token may do; each one includes those before it."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"

    def covers(self, needed: Scope) -> bool:
        """Whether this one includes `needed`."""
        order = list(Scope)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, kw_only=True)
class TokenIdentity(Identity):
    """Whose token a request has; it belongs to no session, so ``session_id`` is empty.

    ``scope`` is the widest of its scopes. ``team_ids`` are the teams that it is limited to, None for all of its
    person's. It makes nobody a site administrator.
    """

    token_id: str
    token_name: str
    scope: Scope
    team_ids: tuple[str, ...] | None


_PERSON = ("user_id", "email", "display_name", "theme", "picture", "time_zone", "week_start")
_TOKEN = (
    "token_id", "token_name", "token_scopes", "token_team_ids", "token_used_at", "token_problem",
)  # fmt: skip
assert {*_PERSON} <= {each.name for each in fields(Identity)}


def identify(
    token: str, query: JoinedQuery | None = None, *, ip: str | None = None
) -> tuple[TokenIdentity, sql.Row | None]:
    """Whose a token is, and the row of `query` joined to the user (None where it gives none); notes the use of it.

    Raises:
        NotAuthenticated: the token is unknown or has expired, or its person is suspended; the message says which.
    """
    at = clock.now()
    found = sql.row(
        _who(query.sql if query else ""),
        {
            **(query.parameters if query else {}),
            "token_hash": hash_token(token.removeprefix(PREFIX)),
            "at": at,
        },
    )
    if found is None:
        raise NotAuthenticated(UNKNOWN)
    if found["token_problem"] is not None:
        raise NotAuthenticated(PROBLEMS[found["token_problem"]])
    _note_use(found, at, ip)
    row = {name: value for name, value in found.items() if name not in _PERSON + _TOKEN}
    return _identity(found), row if any(value is not None for value in row.values()) else None


def _identity(found: sql.Row) -> TokenIdentity:
    team_ids = found["token_team_ids"]
    return TokenIdentity(
        **{name: found[name] for name in _PERSON},
        is_site_admin=False,
        session_id="",
        kind="token",
        confirmed_at=None,
        token_id=found["token_id"],
        token_name=found["token_name"],
        scope=max(map(Scope, found["token_scopes"]), key=list(Scope).index),
        team_ids=None if team_ids is None else tuple(team_ids),
    )


def _note_use(found: sql.Row, at: datetime, ip: str | None) -> None:
    """Store when and from where a token is used: at most once in `NOTED_EVERY`, however often that is."""
    before = at - NOTED_EVERY
    if found["token_used_at"] is None or found["token_used_at"] <= before:
        noted = {"token_id": found["token_id"], "at": at, "before": before, "ip": ip}
        sql.execute_now(_NOTE_USE, noted)


@cache
def _who(query: str) -> TextClause:
    more = ", joined.*" if query else ""
    narrowed = narrow_sql(query, _IN_LIMIT)
    join = f" LEFT JOIN LATERAL ({narrowed}) joined ON true" if query else ""
    # The LIMIT makes PostgreSQL look up the token first, as for sessions.
    return prepared(f"""
        SELECT u.*{more}
        FROM   (SELECT u.user_id, u.email, u.display_name, u.theme, u.picture, u.time_zone, u.week_start,
                       k.token_id, k.name AS token_name, k.scopes AS token_scopes,
                       k.team_ids AS token_team_ids, k.last_used_at AS token_used_at,
                       CASE WHEN u.suspended_at IS NOT NULL THEN 'suspended'
                            WHEN k.expires_at <= :at THEN 'expired' END AS token_problem
                FROM   api_tokens k JOIN users u USING (user_id)
                WHERE  k.token_hash = :token_hash
                LIMIT  1) u{join}
    """)
