"""Notifications as pages show them. What they say: `taskforge.notifications.sentences`."""

from __future__ import annotations

from typing import Any

from taskforge.notifications.inbox_queries import InboxEntry
from taskforge.notifications.sentences import THIS_CARD, describe, name_card, path_of
from taskforge.stores import sql
from taskforge.text.excerpts import excerpt_of
from taskforge.text.people import person_of


def show_notification(row: sql.Row) -> dict[str, Any]:
    """One notification by itself: its sentence names the card."""
    return _show(row, card=name_card(row["payload"]))


def show_entry(entry: InboxEntry, *, is_line: bool = False) -> dict[str, Any]:
    """An entry of the inbox; `is_line`: on the page of its card, which names the card itself.

    ``heading`` is key and title of the card as they are today, or as they were for who can't see it any more; then
    there is no ``url``. What is about no card has its sentence as heading.
    """
    latest = entry.latest
    is_card = entry.task_id is not None and not is_line
    is_hidden = entry.task_id is not None and latest["card_key"] is None
    return {
        "id": entry.task_id if is_card else latest["notification_id"],
        "is_card": is_card,
        "heading": _heading(latest) if is_card else None,
        "url": None if is_hidden else address_of(latest),
        "is_unread": entry.unread_count > 0,
        "latest": _show_line(latest),
        "earlier": [_show_line(row) for row in entry.earlier] if is_card else [],
        "more": max(0, entry.line_count - 1 - len(entry.earlier)) if is_card else 0,
        "line_count": entry.line_count,
    }


def address_of(row: sql.Row) -> str:
    """The address of the page of a notification's subject; the inbox for a notification without one."""
    return path_of(row["kind"], row["payload"])


def _show_line(row: sql.Row) -> dict[str, Any]:
    """A line below the heading of its card, with an excerpt of the comment."""
    excerpt = excerpt_of(row["excerpt"]) if row["excerpt"] else ""
    line = _show(row, card=THIS_CARD)
    return {**line, "excerpt": excerpt, "snoozed_until": row["snoozed_until"]}


def _heading(row: sql.Row) -> dict[str, str]:
    payload = row["payload"]
    return {
        "key": row["card_key"] or payload.get("key", ""),
        "title": row["card_title"] or payload.get("title", ""),
    }


def _show(row: sql.Row, *, card: str) -> dict[str, Any]:
    return {
        "notification_id": row["notification_id"],
        "kind": row["kind"],
        "text": describe(row, card=card),
        "url": address_of(row),
        "actor": person_of(row["actor_id"], row["actor_name"], picture=row["actor_picture"]),
        "created_at": row["created_at"],
        "read_at": row["read_at"],
    }
