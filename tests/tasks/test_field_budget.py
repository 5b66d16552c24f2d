"""What the edit of a title may ask of the stores: exact numbers, so that a statement too many is seen."""

from __future__ import annotations

import pytest
from flask import Flask

from taskforge.ids import new_id
from tests.factories import Person, Team, csrf_token, make_task
from tests.pages import HTMX
from tests.trips import count_round_trips, counting_statements

# Who asks, and the task; operation, lock and membership; row, audit event and outbox.
STATEMENTS = 3


@pytest.mark.parametrize(
    ("headers", "status", "commands"),
    # The session with the limit of writes; hint and wake-up; for what is rendered, the unread count.
    [({"Accept": "application/json"}, 200, 2), (HTMX, 200, 3), ({}, 303, 2)],
    ids=["script", "partial", "browser"],
)
def test_a_titles_edit_reads_its_row_once_and_no_content(
    app: Flask, ada: Person, team: Team, headers: dict[str, str], status: int, commands: int
) -> None:
    task_id, browser = (
        make_task(ada, team, texts={"description": "Of *iron*."}),
        ada.browser(in_redis=True),
    )
    token = csrf_token(browser)
    with counting_statements(app) as statements:
        for version, title in enumerate(("One", "Two", "Three"), start=1):
            statements.clear()  # the first time the connection learns the statements
            fields = {"csrf_token": token, "op": new_id(), "value": title, "version": str(version)}
            answer = browser.post(f"/tasks/{task_id}/fields/title", data=fields, headers=headers)
            assert answer.status_code == status, answer.text
    assert count_round_trips(answer) == {"postgresql": STATEMENTS, "redis": commands}
    assert len(statements) == STATEMENTS
    if headers == HTMX:
        assert "Three" in answer.text
        assert 'data-version="4"' in answer.text
