"""What the demo's people want to hear of, and what the first of them has put off and archived."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text

from taskforge import clock
from taskforge.accounts.service import edit_profile, get_profile
from taskforge.demo.player import DemoTeam
from taskforge.notifications import inbox_queries, triage
from taskforge.notifications.jobs import deliver
from taskforge.notifications.reminders import add_reminder
from taskforge.notifications.states import InboxState
from taskforge.notifications.watching import mute_board, watch_board, watch_task
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.queries import IS_OPEN, TASKS

WATCHED, MUTED = 0, 1  # boards of the first person
WATCHED_CARDS, REMINDED_CARDS = 3, 2
UNTOUCHED, PUT_OFF, ARCHIVED = 4, 2, 3  # cards of the first person's inbox, latest first
_OPEN_CARDS = text(f"""
    SELECT k.task_id
    FROM   {TASKS}
    WHERE  k.board_id = :board_id AND {IS_OPEN}
    ORDER  BY k.number DESC
    LIMIT  :limit
""")


def set_news(team: DemoTeam, until: datetime) -> None:
    """Arrange it for the first two people, when the half a year is over."""
    first, second = team.people[:2]
    with clock.frozen(until):
        watch_board(first, team.boards[WATCHED])
        mute_board(first, team.boards[MUTED])
        cards = _list_open(team.boards[WATCHED])
        for task_id in cards[:WATCHED_CARDS]:
            watch_task(second, task_id)
        for number, task_id in enumerate(cards[:REMINDED_CARDS], start=1):
            add_reminder(first, task_id, at=until + timedelta(days=number))
        notifications = {
            "quiet_from": "21:00",
            "quiet_until": "07:00",
            "matrix": {"status_changed": {"live": False}},
        }
        edit_profile(
            second,
            version=get_profile(second).row["version"],
            changes={"preferences": {"notifications": notifications}},
        )
        _work_through_inbox(first, until)


def _work_through_inbox(actor: Actor, at: datetime) -> None:
    """Put some cards of an inbox off and archive others; what is there by then is delivered first."""
    deliver()
    entries = inbox_queries.list_entries(actor, InboxState.INBOX).entries
    about = [entry.task_id for entry in entries if entry.task_id]
    for task_id in about[UNTOUCHED:][:PUT_OFF]:
        triage.snooze(actor, triage.Lines(task_id=task_id), until=at + timedelta(days=1))
    for task_id in about[UNTOUCHED + PUT_OFF :][:ARCHIVED]:
        triage.archive(actor, triage.Lines(task_id=task_id))


def _list_open(board_id: str) -> list[str]:
    limit = WATCHED_CARDS + REMINDED_CARDS
    return [row["task_id"] for row in sql.rows(_OPEN_CARDS, {"board_id": board_id, "limit": limit})]
