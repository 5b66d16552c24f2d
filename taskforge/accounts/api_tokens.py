"""API tokens of people: make one, list them, revoke one. `taskforge.accounts.token_identity` lets them in.

A token is shown once, by whoever makes it (`taskforge.identity.own_tokens`); here only its hash is known.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from taskforge import clock
from taskforge.accounts import notices
from taskforge.accounts.token_identity import Scope
from taskforge.errors import Conflict, InvalidInput, NotFound
from taskforge.events import Event
from taskforge.ids import new_id
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent
from taskforge.stores.unit_of_work import UnitOfWork

MAX_TOKENS = 50
MAX_TEAMS = 50  # that a token can be limited to
MAX_CHANGES = 20
NAME_LENGTH = 80
TOO_MANY = f"You have {MAX_TOKENS} API tokens. Revoke one that you no longer use."
IS_PAST = "The end of a token must lie in the future."
WORDS = {Scope.READ: "read", Scope.WRITE: "read and write", Scope.ADMIN: "administer teams"}
_EVENTS = (Event.USER_TOKEN_CREATED, Event.USER_TOKEN_REVOKED)

_COLUMNS = """
           token_id, token_hash, name, scopes, team_ids, created_at, expires_at, last_used_at,
           host(last_used_ip) AS last_used_ip
"""
_LIST = text(f"""
    SELECT {_COLUMNS}
    FROM   api_tokens
    WHERE  user_id = :user_id
    ORDER  BY created_at DESC, token_id
    LIMIT  {MAX_TOKENS}
""")
_FIND = text(f"SELECT {_COLUMNS} FROM api_tokens WHERE user_id = :user_id AND token_id = :token_id")
# Held until COMMIT, so that two tokens that are made at once are counted one after the other.
_OWNER = text("""
    SELECT email, display_name
    FROM   users
    WHERE  user_id = :user_id AND suspended_at IS NULL
    FOR    NO KEY UPDATE
""")
_INSERT = text("""
    INSERT INTO api_tokens (token_id, user_id, token_hash, name, scopes, team_ids, created_at, expires_at)
    SELECT :token_id, CAST(:user_id AS uuid), :token_hash, :name, CAST(:scopes AS text[]),
           CAST(:team_ids AS uuid[]), :at, CAST(:expires_at AS timestamptz)
    WHERE  (SELECT count(*) FROM api_tokens WHERE user_id = :user_id) < :maximum
""")
_DELETE = text(f"""
    DELETE FROM api_tokens
    WHERE  user_id = :user_id AND token_id = :token_id
    RETURNING {_COLUMNS}
""")
_DELETE_ALL = text("DELETE FROM api_tokens WHERE user_id = :user_id")
_CHANGES = text("""
    SELECT l.event, l.action_timestamp AS at, host(l.ip_address) AS ip_address, l.user_agent,
           coalesce(l.new_state ->> 'name', l.previous_state ->> 'name') AS name
    FROM   audit_logs l
    WHERE  l.entity_id = :user_id AND l.event = ANY(:events)
    ORDER  BY l.log_id DESC
    LIMIT  :limit
""")


@dataclass(frozen=True, kw_only=True)
class NewToken:
    """A token to be made: its name, what it may do, where (None: in all teams of its person), and until when."""

    name: str
    scopes: Collection[str]
    team_ids: Collection[str] | None = None
    expires_at: datetime | None = None


def list_tokens(user_id: str) -> Sequence[sql.Row]:
    """Somebody's tokens, latest first, also those that have expired: all columns but whose they are."""
    return sql.rows(_LIST, {"user_id": user_id})


def get_token(user_id: str, token_id: str) -> sql.Row:
    """One of somebody's tokens.

    Raises:
        NotFound: they have no such token.
    """
    found = sql.row(_FIND, {"user_id": user_id, "token_id": token_id})
    if found is None:
        raise NotFound()
    return found


def list_changes(user_id: str) -> Sequence[sql.Row]:
    """What was done last with somebody's tokens, latest first: event, at, name, ip_address, user_agent."""
    events = [event.value for event in _EVENTS]
    return sql.rows(_CHANGES, {"user_id": user_id, "events": events, "limit": MAX_CHANGES})


@idempotent
def create_token(actor: Actor, new: NewToken, *, token_hash: bytes) -> Change:
    """Keep a token by its hash, and tell its person by mail. The caller has checked that they are in its teams.

    Raises:
        InvalidInput: it has no scope, or would have expired already.
        Conflict: they have too many.
    """
    scopes = [scope.value for scope in Scope if scope in new.scopes]
    if not scopes:
        raise InvalidInput.about("scopes", "must name what the token may do")
    if new.expires_at is not None and new.expires_at <= clock.now():
        raise InvalidInput(IS_PAST, {"expires_at": IS_PAST})
    token_id = new_id()
    kept = {
        "token_id": token_id,
        "name": new.name,
        "scopes": scopes,
        "team_ids": None if new.team_ids is None else list(new.team_ids),
        "expires_at": new.expires_at,
    }
    with UnitOfWork(actor, entity_id=token_id, version=1) as uow:
        owner = uow.row(_OWNER, {"user_id": actor.user_id})
        if owner is None:
            raise NotFound()
        given = {"user_id": actor.user_id, "token_hash": token_hash, "at": uow.at}
        if uow.execute(_INSERT, {**kept, **given, "maximum": MAX_TOKENS}).rowcount != 1:
            raise Conflict(TOO_MANY)
        event_id = _record(uow, Event.USER_TOKEN_CREATED, before=None, after=_state(kept))
        widest = WORDS[Scope(scopes[-1])]
        notices.tell_token_created(uow, owner, event_id, token=new.name, scope=widest)
    return uow.change


@idempotent
def revoke_token(actor: Actor, token_id: str) -> Change:
    """End one of the actor's tokens: it authenticates nobody from the next request on.

    Raises:
        NotFound: they have no such token.
    """
    with UnitOfWork(actor, entity_id=token_id, version=0) as uow:
        found = uow.row(_DELETE, {"user_id": actor.user_id, "token_id": token_id})
        if found is None:
            raise NotFound()
        _record(uow, Event.USER_TOKEN_REVOKED, before=_state(found), after=None)
    return uow.change


def revoke_all_in(uow: UnitOfWork, user_id: str) -> int:
    """End all tokens of somebody inside a transaction whose event says so; answers how many ended."""
    return int(uow.execute(_DELETE_ALL, {"user_id": user_id}).rowcount)


def _state(token: sql.Row | dict[str, Any]) -> dict[str, Any]:
    """What the audit log keeps of a token: never its hash."""
    expires_at = token["expires_at"]
    return {
        "token_id": token["token_id"],
        "name": token["name"],
        "scopes": list(token["scopes"]),
        "team_ids": token["team_ids"],
        "expires_at": expires_at.isoformat() if expires_at else None,
    }


def _record(
    uow: UnitOfWork, event: Event, *, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> str:
    return uow.record(
        event, entity_type="user", entity_id=uow.actor.user_id, before=before, after=after
    )
