"""Somebody ends mails of notifications by a link, or takes that back: a change of their profile without its document.

The choice is written to PostgreSQL alone, whatever MongoDB does: the copy of the preferences is then *ahead* of the
profile's content. Who reads the profile is given the copy in its place (`taskforge.accounts.service`), and the relay
brings the content up to date (`bring_profiles_up_to_date`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy import text

from taskforge.accounts.documents import content_message
from taskforge.accounts.notification_preferences import preferences_of, write_copy_statement
from taskforge.accounts.queries import IS_NOT_DELETED
from taskforge.accounts.service import read_profile
from taskforge.errors import NotFound, StaleVersion, Unavailable
from taskforge.events import Event
from taskforge.notification_kinds import Channel, NotificationKind
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, retry_on_stale, unchanged
from taskforge.stores.prepared_statements import prepared
from taskforge.stores.unit_of_work import UnitOfWork

log = structlog.get_logger()
PROFILES_AT_ONCE = 50

_PRESENT = prepared(f"""
    SELECT u.version, u.theme, to_jsonb(s) AS settings
    FROM   users u
           LEFT JOIN notification_settings s USING (user_id)
    WHERE  u.user_id = CAST(:user_id AS uuid) AND {IS_NOT_DELETED}
""")
_RAISE_VERSION = text("""
    UPDATE users
    SET    version = version + 1, updated_at = :at
    WHERE  user_id = :user_id AND version = :version
""")
_AHEAD = prepared("""
    SELECT user_id
    FROM   notification_settings
    WHERE  is_ahead
    ORDER  BY user_id
    LIMIT  CAST(:limit AS bigint)
""")
_WRITE_CONTENT = text("""
    UPDATE users
    SET    doc_version = :doc_version, doc_sha = :sha
    WHERE  user_id = :user_id AND version = :version
""")
_CAUGHT_UP = text("""
    UPDATE notification_settings
    SET    is_ahead = false
    WHERE  user_id = :user_id
""")


def choose_mails(actor: Actor, kind: NotificationKind | None, *, wanted: bool) -> Change:
    """Let mails of a kind, or of None at all, come to the actor or come no more; nothing else changes.

    The answer's ``event_id`` is None if it was so already.

    Raises:
        NotFound: the account is deleted.
        Suspended: the account is suspended; it gets no mails anyway.
    """
    return retry_on_stale(lambda: _choose_mails(actor, kind, wanted))


def _choose_mails(actor: Actor, kind: NotificationKind | None, wanted: bool) -> Change:
    user_id = actor.user_id
    row = sql.row(_PRESENT, {"user_id": user_id})
    if row is None:
        raise NotFound()
    old = preferences_of(row["settings"])
    new = _changed(old, kind, wanted)
    if new == old:
        return unchanged(actor, entity_id=user_id, version=row["version"])
    version = row["version"] + 1
    with UnitOfWork(actor, entity_id=user_id, version=version) as uow:
        raised = {"at": uow.at, "user_id": user_id, "version": row["version"]}
        uow.update_reference(_RAISE_VERSION, raised)
        uow.execute(*write_copy_statement(user_id, version, new, is_ahead=True))
        uow.record(
            Event.USER_PROFILE_EDITED,
            entity_type="user",
            entity_id=user_id,
            version=version,
            before={"preferences": {"theme": row["theme"], "notifications": old}},
            after={"preferences": {"theme": row["theme"], "notifications": new}},
        )
    return uow.change


def _changed(old: Mapping[str, Any], kind: NotificationKind | None, wanted: bool) -> dict[str, Any]:
    if kind is None:
        return {**old, "email": wanted}
    choices = {k: v for k, v in old["matrix"].get(kind, {}).items() if k != Channel.MAIL}
    if wanted != (Channel.MAIL in kind.ways.default):
        choices[Channel.MAIL.value] = wanted
    others = {name: chosen for name, chosen in old["matrix"].items() if name != kind}
    matrix = {**others, kind.value: choices} if choices else others
    return {**old, "matrix": dict(sorted(matrix.items()))}


def bring_profiles_up_to_date() -> int:
    """Write the content of profiles whose settings are ahead; answers how many, 0 while they can't be read.

    It is no change of its own: the audit log has the choice already.
    """
    return sum(_catch_up(row["user_id"]) for row in sql.rows(_AHEAD, {"limit": PROFILES_AT_ONCE}))


def _catch_up(user_id: str) -> int:
    try:
        row, content = read_profile(user_id)
        message = content_message(user_id, row["doc_version"] + 1, content)
        actor = Actor(user_id=user_id, user_agent="TaskForge")
        with UnitOfWork(actor, entity_id=user_id, version=row["version"]) as uow:
            written = {"doc_version": message.version, "sha": message.sha}
            uow.update_reference(
                _WRITE_CONTENT, {**written, "user_id": user_id, "version": row["version"]}
            )
            uow.execute(_CAUGHT_UP, {"user_id": user_id})
            uow.stage(message)
    except (Unavailable, StaleVersion, NotFound) as error:
        log.info("profile_stays_behind", user_id=user_id, why=str(error))
        return 0
    return 1
