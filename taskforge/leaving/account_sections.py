"""Sections of an export that are about the account itself: inbox, watching, sessions, log-ins, tokens."""

from __future__ import annotations

from taskforge.accounts.api_tokens import list_tokens
from taskforge.accounts.login_history import list_logins
from taskforge.accounts.queries import sessions_of_person
from taskforge.leaving.section_pages import LINES_AT_ONCE, Page, cursor
from taskforge.notifications.own_rows import list_choices_from, list_reminders_from
from taskforge.notifications.queries import list_notifications_from
from taskforge.stores.actor import Actor
from taskforge.tasks.views.queries import list_views_of


def read_notifications(actor: Actor, after: str | None) -> Page:
    """What came to their inbox."""
    found = list_notifications_from(actor, after_id=after, limit=LINES_AT_ONCE)
    records = [
        {
            "notificationId": row["notification_id"],
            "kind": row["kind"],
            "about": row["payload"],
            "createdAt": row["created_at"],
            "readAt": row["read_at"],
            "snoozedUntil": row["snoozed_until"],
            "archivedAt": row["archived_at"],
        }
        for row in found
    ]
    return Page(records, cursor(found, "notification_id", LINES_AT_ONCE))


def read_sessions(actor: Actor, after: str | None) -> Page:
    """Their sessions, ended ones too."""
    found = sessions_of_person(actor.user_id, after, LINES_AT_ONCE)
    records = [
        {
            "sessionId": row["session_id"],
            "kind": row["kind"],
            "ipAddress": row["ip_address"],
            "userAgent": row["user_agent"],
            "createdAt": row["created_at"],
            "lastSeenAt": row["last_seen_at"],
            "expiresAt": row["expires_at"],
            "endedAt": row["revoked_at"],
        }
        for row in found
    ]
    return Page(records, cursor(found, "session_id", LINES_AT_ONCE))


def read_watching(actor: Actor, after: str | None) -> Page:
    """What they chose to hear of, and not to."""
    found = list_choices_from(actor, after_id=after, limit=LINES_AT_ONCE)
    records = [
        {f"{row['about']}Id": row["id"], "choice": row["choice"], "chosenAt": row["chosen_at"]}
        for row in found
    ]
    return Page(records, cursor(found, "id", LINES_AT_ONCE))


def read_views(actor: Actor, after: str | None) -> Page:
    """The views that they saved."""
    found = list_views_of(actor, after_id=after, limit=LINES_AT_ONCE)
    records = [
        {
            "viewId": row["view_id"],
            "boardId": row["board_id"],
            "name": row["name"],
            "kind": row["kind"],
            "query": row["query"],
            "isShared": row["is_shared"],
            "createdAt": row["created_at"],
            "updatedAt": row["updated_at"],
        }
        for row in found
    ]
    return Page(records, cursor(found, "view_id", LINES_AT_ONCE))


def read_reminders(actor: Actor, after: str | None) -> Page:
    """Their reminders."""
    found = list_reminders_from(actor, after_id=after, limit=LINES_AT_ONCE)
    records = [
        {
            "reminderId": row["reminder_id"],
            "taskId": row["task_id"],
            "at": row["remind_at"],
            "createdAt": row["created_at"],
            "toldAt": row["told_at"],
        }
        for row in found
    ]
    return Page(records, cursor(found, "reminder_id", LINES_AT_ONCE))


def read_tokens(actor: Actor, _after: str | None) -> Page:
    """Their API tokens, without the secrets."""
    return Page(
        [
            {
                "tokenId": row["token_id"],
                "name": row["name"],
                "scopes": row["scopes"],
                "teamIds": row["team_ids"],
                "createdAt": row["created_at"],
                "expiresAt": row["expires_at"],
                "lastUsedAt": row["last_used_at"],
            }
            for row in list_tokens(actor.user_id)
        ]
    )


def read_logins(actor: Actor, _after: str | None) -> Page:
    """Their log-ins and what changed of them."""
    return Page(
        [
            {
                "event": row["event"],
                "at": row["at"],
                "ipAddress": row["ip_address"],
                "userAgent": row["user_agent"],
                "details": row["details"],
            }
            for row in list_logins(actor.user_id)
        ]
    )
