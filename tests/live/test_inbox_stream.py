"""A person's own stream: what comes to their inbox, and nothing of anybody else's."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from taskforge import clock
from taskforge.notifications.jobs import deliver
from taskforge.notifications.service import mark_read
from taskforge.tasks.bulk.hand_over import remove_member
from tests.admin.test_suspension import make_site_admin, suspend
from tests.factories import Person, Team, make_task, make_team
from tests.live.streams import SILENCE_SECONDS, Stream, streaming


@pytest.fixture
def team(ada: Person, bob: Person) -> Team:
    return make_team(ada, member=bob)


@contextmanager
def asking(server: str, path: str = "/live/inbox", **headers: str) -> Iterator[Any]:
    connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=SILENCE_SECONDS)
    connection.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    try:
        yield connection.getresponse()
    finally:
        connection.close()


def next_inbox(stream: Stream) -> dict[str, Any]:
    for block in stream.blocks():
        if block.get("event") == "inbox":
            assert "id" not in block
            return dict(json.loads(block["data"]))
    raise AssertionError("the server ended the stream")


def test_nobody_listens_without_a_session(live_server: str) -> None:
    with asking(live_server) as answer:
        assert answer.status == 401
    with asking(live_server, X_Session_ID="x" * 43) as answer:
        assert answer.status == 401


@pytest.mark.parametrize("path", ["/live/inbox/", "/live/inboxes", "/live/inbox/1"])
def test_no_other_address_is_a_stream(live_server: str, ada: Person, path: str) -> None:
    with asking(live_server, path, X_Session_ID=ada.secret) as answer:
        assert answer.status == 404


def test_it_says_how_many_are_unread_and_which_are_new(
    app: Flask, live_server: str, ada: Person, bob: Person, team: Team
) -> None:
    with app.app_context():
        deliver()
    with asking(live_server, X_Session_ID=bob.secret) as answer:
        stream = Stream(answer)
        assert next(stream.blocks()) == {"retry": "3000"}
        make_task(ada, team, "Secret words", assignee_id=bob.user_id)
        with app.app_context():
            deliver()
        hint = next_inbox(stream)
        assert hint["unread"] == 2
        assert len(hint["ids"]) == 1
        assert "Secret" not in str(hint)
        with app.app_context():
            mark_read(bob.actor)
        assert next_inbox(stream) == {"unread": 0, "ids": []}
        for choice in (
            {"matrix": {"assigned": {"live": False}}},
            {"matrix": {"assigned": {"live": True}}, "push": False},
            {"push": True, "quietFrom": "11:00", "quietUntil": "13:00"},
        ):
            bob.api("PATCH", "/users/me", {"preferences": {"notifications": choice}})
            make_task(ada, team, assignee_id=bob.user_id)
            with app.app_context(), clock.frozen(datetime(2026, 3, 1, 12, tzinfo=UTC)):
                deliver()
            assert next_inbox(stream)["ids"] == []


def test_a_board_s_stream_carries_it_and_nobody_hears_that_of_another(
    app: Flask, live_server: str, ada: Person, bob: Person, team: Team
) -> None:
    with (
        streaming(live_server, team.board_id, X_Session_ID=bob.secret) as his,
        streaming(live_server, team.board_id, X_Session_ID=ada.secret) as hers,
    ):
        task = make_task(ada, team, assignee_id=bob.user_id)
        with app.app_context():
            deliver()
            assert next_inbox(his)["unread"] == 2
            # Hers tells of the card alone: what comes next on it is the board's.
            ada.api("PATCH", f"/tasks/{task}", {"title": "Another"})
        kinds: list[str] = []
        while "board" not in kinds:
            kinds.append(next(hers.blocks()).get("event", ""))

        assert "inbox" not in kinds


@pytest.mark.parametrize("path", ["/live/inbox", "/live/boards/{board_id}"])
def test_a_suspension_sends_the_page_to_the_log_in_and_ends_the_stream(
    app: Flask, live_server: str, ada: Person, bob: Person, team: Team, path: str
) -> None:
    root = make_site_admin(ada)
    with asking(
        live_server, path.format(board_id=team.board_id), X_Session_ID=bob.secret
    ) as answer:
        stream = Stream(answer)
        assert next(stream.blocks()) == {"retry": "3000"}
        suspend(root, bob)
        assert next_inbox(stream) == {"ids": [], "ended": True}
        stream.wait_until_ended()
    with asking(live_server, X_Session_ID=bob.secret) as answer:
        assert answer.status == 401


def test_who_is_removed_hears_of_it_before_of_the_cards_that_go(
    app: Flask, live_server: str, ada: Person, bob: Person, team: Team
) -> None:
    """A page that is refused what a hint names listens no longer: it would show the board on."""
    make_task(ada, team, assignee_id=bob.user_id)
    with streaming(live_server, team.board_id, X_Session_ID=bob.secret) as stream:
        with app.app_context():
            remove_member(ada.actor, team.team_id, bob.user_id, hand_over_to=ada.user_id)
        told = [block for block in stream.blocks() if block.get("event") in ("inbox", "board")]
    assert told[0]["event"] == "inbox"
    assert json.loads(told[0]["data"])["refresh"] is True
