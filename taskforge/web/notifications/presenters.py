"""Notifications in words, and where they lead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from taskforge.stores import sql
from taskforge.text.people import person_of
from taskforge.web.tasks.forms import STATUS_NAMES

SENTENCES = {
    "assigned": "{actor} assigned {task} to you",
    "mentioned": "{actor} mentioned you in {task}",
    "commented": "{actor} commented on {task}",
    "status_changed": "{actor} moved {task} to “{status}”",
    "added_to_team": "{actor} added you to a team",
}
OTHER = "{actor} changed {task}"


def show_line(row: sql.Row) -> dict[str, Any]:
    """One line of the inbox."""
    payload = row["payload"]
    words = {
        "actor": row["actor_name"] or "Somebody",
        "task": f"{payload.get('key', 'a task')} “{payload.get('title', '')}”",
        "status": STATUS_NAMES.get(payload.get("status", ""), "another column"),
    }
    return {
        "notification_id": row["notification_id"],
        "kind": row["kind"],
        "text": SENTENCES.get(row["kind"], OTHER).format(**words),
        "url": address_of(payload),
        "actor": person_of(row["actor_id"], row["actor_name"]),
        "created_at": row["created_at"],
        "read_at": row["read_at"],
    }


def address_of(payload: Mapping[str, Any]) -> str:
    """The page that a notification is about."""
    if payload.get("task_id") is not None:
        comment_id = payload.get("comment_id")
        anchor = f"comment-{comment_id}" if comment_id else None
        return url_for("tasks.show", task_id=payload["task_id"], _anchor=anchor)
    if payload.get("team_id") is not None:
        return url_for("teams.show", team_id=payload["team_id"])
    return url_for("notifications.inbox")
