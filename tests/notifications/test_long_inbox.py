"""A page of an inbox of 10,000 lines costs what one of an inbox of 100 lines costs."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask
from sqlalchemy import text

from taskforge.extensions import db
from taskforge.notifications.inbox_queries import list_entries, list_lines_of_card
from taskforge.notifications.queries import list_notifications
from taskforge.notifications.snoozes import return_due
from taskforge.notifications.states import InboxState
from taskforge.stores import sql
from tests.factories import Person
from tests.plans import Explained, explaining

ONE_CARD = "01a227ea-2b7b-752e-a76a-021aec3d2a51"
# Lines of many cards, a third of one card; an eighth put off, an eighth archived, half of the rest read.
FILL = text("""
    INSERT INTO notifications (notification_id, event_id, user_id, kind, payload, created_at, read_at,
                               snoozed_until, snoozed_at, archived_at)
    SELECT gen_random_uuid(), gen_random_uuid(), :user_id, 'assigned',
           jsonb_build_object('key', 'WEB-1', 'title', 'Paint', 'task_id',
                              CASE WHEN i % 3 = 0 THEN :one_card ELSE CAST(gen_random_uuid() AS text) END),
           now(), CASE WHEN i % 8 < 5 THEN now() END,
           CASE WHEN i % 8 = 1 THEN now() + interval '1 day' END, CASE WHEN i % 8 = 1 THEN now() END,
           CASE WHEN i % 8 = 2 THEN now() END
    FROM   generate_series(1, :count) i
""")
# A deeper index, and the lines of one card that a page passes over on its way to 25 others.
GROWTH, SPARE_ROWS, SPARE_BLOCKS = 1.25, 400, 500


def measure(app: Flask, person: Person, place: str) -> Mapping[str, Explained]:
    actor = person.actor
    reads = {
        **{
            f"page of {state}": lambda state=state: list_entries(actor, state)
            for state in InboxState
        },
        "a later page": lambda: list_entries(actor, InboxState.INBOX, before=place),
        "the lines of a card": lambda: list_lines_of_card(actor, ONE_CARD, InboxState.INBOX),
        "the list of programs": lambda: list_notifications(actor, state=InboxState.INBOX),
        "the sweep": return_due,
    }
    found = {}
    with app.app_context(), explaining(db.engine) as explained:
        for name, read in reads.items():
            explained.clear()
            read()
            found[name] = explained[0]
    return found


def test_a_page_costs_the_same_however_long_the_inbox_is(app: Flask, ada: Person) -> None:
    measured = []
    for count in (400, 9_600):
        with app.app_context():
            sql.execute_now(FILL, {"user_id": ada.user_id, "one_card": ONE_CARD, "count": count})
            sql.execute_now(text("ANALYZE notifications"))
        measured.append(measure(app, ada, "80000000-0000-0000-0000-000000000000"))
    short, long = measured
    worse = [
        f"{name}: {then.rows_read} rows, {then.blocks} blocks, {then.milliseconds} ms -> "
        f"{now.rows_read}, {now.blocks}, {now.milliseconds} ms\n  {now.outline()}"
        for name, then in short.items()
        if (now := long[name]).rows_read > GROWTH * then.rows_read + SPARE_ROWS
        or now.blocks > GROWTH * then.blocks + SPARE_BLOCKS
    ]
    assert not worse, "\n".join(worse)


def test_a_card_with_thousands_of_lines_costs_no_more_than_the_bound(
    app: Flask, ada: Person
) -> None:
    with app.app_context():
        sql.execute_now(FILL, {"user_id": ada.user_id, "one_card": ONE_CARD, "count": 5_000})
        only = text(
            "UPDATE notifications SET payload = payload || jsonb_build_object('task_id', CAST(:id AS text))"
        )
        sql.execute_now(only, {"id": ONE_CARD})
        sql.execute_now(text("ANALYZE notifications"))
    with app.app_context(), explaining(db.engine) as explained:
        page = list_entries(ada.actor, InboxState.INBOX)
        found = explained[0]
    assert [entry.task_id for entry in page.entries] == [ONE_CARD]
    assert page.next_place is not None
    assert found.rows_read < 4_000
