"""Who has logged in to an account, and tried to, from where. The audit log is its store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from taskforge import clock
from taskforge.accounts import notices
from taskforge.audit.security_events import pseudonym
from taskforge.events import Event
from taskforge.notification_kinds import NotificationKind
from taskforge.stores import sql
from taskforge.stores.actor import ITSELF
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.text.devices import describe_device

SHOWN_FOR = timedelta(days=90)
MAX_LOGINS = 100
_OWN = (Event.USER_LOGGED_IN, Event.USER_SECOND_FACTOR_FAILED)

_PERSON = text("SELECT email, display_name FROM users WHERE user_id = :user_id")
_COLUMNS = (
    "l.log_id, l.event, l.action_timestamp AS at, host(l.ip_address) AS ip_address, l.user_agent"
)
_LIST = text(f"""
    SELECT *
    FROM   ((SELECT {_COLUMNS}, l.new_state AS details
             FROM   audit_logs l
             WHERE  l.entity_id = :user_id AND l.event = ANY(:own) AND l.action_timestamp > :since
             ORDER  BY l.log_id DESC
             LIMIT  :limit)
            UNION ALL
            (SELECT {_COLUMNS}, l.new_state AS details
             FROM   audit_logs l
             WHERE  l.event = 'user.login_failed' AND l.new_state ->> 'address' = :address
                    AND l.action_timestamp > :since
             ORDER  BY l.log_id DESC
             LIMIT  :limit)) logins
    ORDER  BY at DESC, log_id DESC
    LIMIT  :limit
""")


def list_logins(user_id: str) -> Sequence[sql.Row]:
    """Log-ins to an account, and refused ones, of the last `SHOWN_FOR`, latest first, at most `MAX_LOGINS`.

    Refused ones with a wrong password are found by the account's present address. ``details`` of a log-in are ``kind``
    and ``second_factor``, of a refused one ``why`` if it was not the password.
    """
    person = sql.row(_PERSON, {"user_id": user_id})
    if person is None:
        return []
    return sql.rows(
        _LIST,
        {
            "user_id": user_id,
            "own": [event.value for event in _OWN],
            "address": pseudonym(person["email"]),
            "since": clock.now() - SHOWN_FOR,
            "limit": MAX_LOGINS,
        },
    )


def tell_of_new_device(user_id: str, *, ip: str | None, user_agent: str | None) -> None:
    """Tell somebody, in their inbox and by mail, that a browser logged in to their account that never did before."""
    actor = replace(ITSELF, ip=ip, user_agent=user_agent)
    device = f"{describe_device(user_agent)} at {ip}" if ip else describe_device(user_agent)
    person = sql.row(_PERSON, {"user_id": user_id})
    if person is None:
        return
    with UnitOfWork(actor, entity_id=user_id, version=0) as uow:
        event_id = uow.record(
            Event.USER_NEW_DEVICE,
            entity_type="user",
            entity_id=user_id,
            before=None,
            after={"device": device},
        )
        uow.notify(event_id, [user_id], NotificationKind.NEW_DEVICE, {"device": device})
        notices.tell_new_device(uow, person, event_id, device=device)
