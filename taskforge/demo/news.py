"""What the demo's people want to hear of: boards watched and muted, cards watched, reminders, quiet hours."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text

from taskforge import clock
from taskforge.accounts.service import edit_profile, get_profile
from taskforge.demo.player import DemoTeam
from taskforge.notifications.reminders import add_reminder
from taskforge.notifications.watching import mute_board, watch_board, watch_task
from taskforge.stores import sql
from taskforge.tasks.queries import IS_OPEN, TASKS

WATCHED, MUTED = 0, 1  # boards of the first person
WATCHED_CARDS, REMINDED_CARDS = 3, 2
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


def _list_open(board_id: str) -> list[str]:
    limit = WATCHED_CARDS + REMINDED_CARDS
    return [row["task_id"] for row in sql.rows(_OPEN_CARDS, {"board_id": board_id, "limit": limit})]
