"""What a notification says, and where it leads: for every channel the same. Kinds: `taskforge.notification_kinds`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taskforge.boards.statuses import STATUS_NAMES
from taskforge.notification_kinds import Subject, find_kind
from taskforge.text import moments
from taskforge.text.counting import count_cards

UNKNOWN_KIND = "{actor} changed {task}"
ROLES = {"admin": "an admin", "member": "a member", "guest": "a guest"}
THIS_CARD = "this card"


def name_card(payload: Mapping[str, Any]) -> str:
    """The card of a notification by key and title, as they were when it was caused."""
    return f"{payload.get('key', 'a task')} “{payload.get('title', '')}”"


def describe(row: Mapping[str, Any], *, card: str) -> str:
    """The sentence of a notification (``kind``, ``payload``, ``actor_name``, ``person_name``), which calls its card so.

    Instants are in the reader's zone.
    """
    payload, kind = row["payload"], find_kind(row["kind"])
    words = {
        "actor": row["actor_name"] or "Somebody",
        "task": card,
        "column": payload.get("column")
        or STATUS_NAMES.get(payload.get("status", ""), "another column"),
        "team": f"“{payload['team_name']}”" if payload.get("team_name") else "a team",
        "cards": count_cards(payload.get("cards", 0)),
        "person": row["person_name"] or "somebody",
        "due": moments.show_moment(moments.read_logged(payload["due"]))
        if "due" in payload
        else "now",
        "role": ROLES.get(payload.get("role", ""), "a member"),
        "device": payload.get("device", "an unknown device"),
        "day": moments.show_moment(moments.read_logged(payload["from"]))
        if "from" in payload
        else "now",
    }
    sentence = (kind.sentence if kind else UNKNOWN_KIND).format(**words)
    return sentence[:1].upper() + sentence[1:]  # one may begin with “this card”


def path_of(kind_name: str, payload: Mapping[str, Any]) -> str:
    """The path of the page of a notification's subject; the inbox for a notification without one.

    Written out, because jobs answer no request: a test compares them with the routes.
    """
    kind = find_kind(kind_name)
    subject = kind.subject if kind else Subject.TASK
    if subject in (Subject.TASK, Subject.COMMENT) and payload.get("task_id") is not None:
        comment_id = payload.get("comment_id")
        anchor = f"#comment-{comment_id}" if comment_id else ""
        return f"/tasks/{payload['task_id']}{anchor}"
    if subject is Subject.TEAM and payload.get("team_id") is not None:
        return f"/teams/{payload['team_id']}"
    if subject is Subject.OWN_DATA:
        return "/profile/data"
    if subject is Subject.SESSIONS:
        return "/sessions/history"
    if subject is Subject.INVITATION:
        return "/teams#own-invitations"
    return "/inbox"
