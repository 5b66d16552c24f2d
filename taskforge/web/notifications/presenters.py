"""Notifications as sentences with addresses. Kinds and sentences: `taskforge.notification_kinds`."""

from __future__ import annotations

from typing import Any

from flask import url_for

from taskforge.boards.statuses import STATUS_NAMES
from taskforge.notification_kinds import Subject, find_kind
from taskforge.stores import sql
from taskforge.text import moments
from taskforge.text.counting import count_cards
from taskforge.text.people import person_of

UNKNOWN_KIND = "{actor} changed {task}"


def show_notification(row: sql.Row) -> dict[str, Any]:
    """One notification of the inbox."""
    payload = row["payload"]
    kind = find_kind(row["kind"])
    words = {
        "actor": row["actor_name"] or "Somebody",
        "task": f"{payload.get('key', 'a task')} “{payload.get('title', '')}”",
        "column": payload.get("column")
        or STATUS_NAMES.get(payload.get("status", ""), "another column"),
        "team": f"“{payload['team_name']}”" if payload.get("team_name") else "a team",
        "cards": count_cards(payload.get("cards", 0)),
        "person": row["person_name"] or "somebody",
        "device": payload.get("device", "an unknown device"),
        "day": moments.show_moment(moments.read_logged(payload["from"]))
        if "from" in payload
        else "now",
    }
    sentence = kind.sentence if kind else UNKNOWN_KIND
    return {
        "notification_id": row["notification_id"],
        "kind": row["kind"],
        "text": sentence.format(**words),
        "url": address_of(row),
        "actor": person_of(row["actor_id"], row["actor_name"], picture=row["actor_picture"]),
        "created_at": row["created_at"],
        "read_at": row["read_at"],
    }


def address_of(row: sql.Row) -> str:
    """The address of the page of a notification's subject; the inbox for a notification without one."""
    payload = row["payload"]
    kind = find_kind(row["kind"])
    subject = kind.subject if kind else Subject.TASK
    if subject in (Subject.TASK, Subject.COMMENT) and payload.get("task_id") is not None:
        comment_id = payload.get("comment_id")
        anchor = f"comment-{comment_id}" if comment_id else None
        return url_for("tasks.show", task_id=payload["task_id"], _anchor=anchor)
    if subject is Subject.TEAM and payload.get("team_id") is not None:
        return url_for("teams.show", team_id=payload["team_id"])
    if subject is Subject.SESSIONS:
        return url_for("accounts.login_history")
    if subject is Subject.INVITATION:
        return url_for("teams.index", _anchor="own-invitations")
    return url_for("notifications.inbox")
