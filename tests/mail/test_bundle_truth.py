"""A mail says of cards that are due, and of how many more there are, what is true when it is made."""

from __future__ import annotations

from datetime import date

from taskforge.notifications.bundles.contents import MAX_SHOWN
from taskforge.notifications.due_sweep import tell_all
from taskforge.tasks.service import edit_task
from tests.factories import Person, Team, make_task
from tests.mail.bundling import at, choose, parts, send_at
from tests.mail.server import Inbox
from tests.stores.scene import read, write

TODAY = date(2026, 6, 2)  # of `MORNING`


def test_what_is_not_due_any_more_is_not_mailed(
    ada: Person, bob: Person, team: Team, inbox: Inbox
) -> None:
    choose(bob, frequency="daily", time_zone="UTC", matrix={"assigned": {"mail": False}})
    titles = ("Still due", "Later now", "Without a date", "Done by now", "Moved and back")
    cards = {
        title: make_task(ada, team, title, assignee_id=bob.user_id, due_at=TODAY)
        for title in titles
    }
    with at(1.5):
        assert tell_all() == len(cards)
    edit_task(ada.actor, cards["Later now"], changes={"due_at": date(2026, 7, 1)})
    edit_task(ada.actor, cards["Without a date"], changes={"due_at": None})
    edit_task(ada.actor, cards["Done by now"], changes={"column_id": team.columns["done"]})
    for day in (date(2026, 7, 1), TODAY):
        edit_task(ada.actor, cards["Moved and back"], changes={"due_at": day})
    assert send_at(25) == 1
    words, _ = parts(inbox.mails[0])
    assert [title for title in cards if title in words] == ["Still due", "Moved and back"]
    assert read("SELECT line_count FROM notification_bundles WHERE sent_at IS NOT NULL") == 2


def test_how_many_more_there_are_counts_what_is_wanted_alone(
    ada: Person, bob: Person, team: Team, inbox: Inbox
) -> None:
    choose(bob, frequency="daily")
    with at():
        make_task(ada, team, "Oil the hinge", assignee_id=bob.user_id)
    add_lines("assigned", MAX_SHOWN + 6)
    add_lines("moved_away", 40)  # of a kind that nobody knows
    add_lines("role_changed", 3)
    choose(bob, matrix={"role_changed": {"mail": False}})
    assert send_at(24) == 1
    words, page = parts(inbox.mails[0])
    assert "And 7 more in your inbox" in words
    assert "And 7 more in your inbox" in page
    assert words.count("  * ") == MAX_SHOWN
    assert f": {MAX_SHOWN + 7} notifications on 1 card" in str(inbox.mails[0]["Subject"])


def add_lines(kind: str, number: int) -> None:
    """Copy the line of the assignment, as of a kind, and have the copies mailed with it."""
    write(f"""
        WITH lines AS (
            INSERT INTO notifications (notification_id, event_id, user_id, kind, payload, created_at)
            SELECT gen_random_uuid(), gen_random_uuid(), n.user_id, '{kind}', n.payload, n.created_at
            FROM   (SELECT * FROM notifications WHERE kind = 'assigned' LIMIT 1) n, generate_series(1, {number})
            RETURNING notification_id, user_id, created_at
        )
        INSERT INTO notification_mails (notification_id, user_id, created_at, due_at)
        SELECT l.notification_id, l.user_id, l.created_at, (SELECT min(due_at) FROM notification_mails)
        FROM   lines l
    """)
