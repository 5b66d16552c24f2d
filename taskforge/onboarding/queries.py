"""SQL of onboarding: the newcomer, and the cards of a sample board's tutorial."""

from __future__ import annotations

from sqlalchemy import text

from taskforge.accounts.queries import PEOPLE
from taskforge.boards.queries import join_board
from taskforge.boards.statuses import Status
from taskforge.tasks.queries import TASKS
from taskforge.teams.queries import IS_IN_A_TEAM, MEMBERSHIPS

# A person's name, and whether they are in a team.
NEWCOMER = text(f"""
    SELECT u.display_name, {IS_IN_A_TEAM} AS is_in_a_team
    FROM   {PEOPLE}
    WHERE  u.user_id = :user_id
""")
ANY_MEMBERSHIP = text(f"""
    SELECT 1
    FROM   {MEMBERSHIPS}
    WHERE  m.user_id = :user_id
    LIMIT  1
""")
# The cards that a sample board began with, as far as they are not in the trash.
_TUTORIAL = f"""
    FROM   {TASKS}
           {join_board("k.board_id")} AND k.number <= b.sample_cards
    WHERE  b.board_id = :board_id AND k.deleted_at IS NULL
"""
TUTORIAL_TASK_IDS = text(f"""
    SELECT k.task_id
    {_TUTORIAL}
""")
HAS_OPEN_TUTORIAL_TASK = text(f"""
    SELECT EXISTS (
        SELECT 1
        {_TUTORIAL}
               AND k.status <> '{Status.DONE}')
""")
