"""Without Redis everything works; only what Redis remembered is missing."""

from __future__ import annotations

import pytest

from taskforge.accounts import session_records
from taskforge.boards.queries import list_boards
from taskforge.http import health
from taskforge.notifications.queries import count_unread
from taskforge.stores.actor import Actor
from taskforge.tasks.queries import get_task
from taskforge.tasks.service import create_task, edit_task
from tests.degraded.conftest import MakeApp


@pytest.fixture(params=["refused", "hanging"])
def away(request: pytest.FixtureRequest) -> str:
    return f"redis://127.0.0.1:{request.getfixturevalue(request.param)}/15"


def test_changes_and_reads_work(make_app: MakeApp, away: str, person: Actor) -> None:
    with make_app(redis_url=away).app_context():
        board_id = list_boards(person)[0]["board_id"]
        made = create_task(person, board_id=board_id, title="T", texts={"description": "a"})
        edit_task(person, made.entity_id, changes={"description": "b"}, version=1)
        assert get_task(person, made.entity_id).texts["description"] == "b"
        assert count_unread(person.user_id) == 0


def test_a_session_is_found_in_postgresql(make_app: MakeApp, away: str, person: Actor) -> None:
    with make_app(redis_url=away).app_context():
        session_records.open_session(person.user_id, "s" * 43, kind="browser")
        found = session_records.find_identity(sid="s" * 43)
        assert found is not None
        assert found.user_id == person.user_id


def test_pages_answer_and_say_what_is_missing(make_app: MakeApp, away: str) -> None:
    app = make_app(redis_url=away)
    client = app.test_client()
    for _ in range(5):
        assert client.get("/login").status_code == 200
    assert health.degraded_now() == ["redis"]
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json["degraded"] == ["redis"]
