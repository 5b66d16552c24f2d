"""The live stream of a board, over real sockets against the real web server."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
import redis
from flask import Flask

from taskforge.accounts import session_records
from taskforge.ids import new_id
from taskforge.live.hints import ENCODED_PRESENCE_CHANGED, encode_change
from taskforge.messaging.keys import board_channel
from taskforge.tasks import service as tasks
from taskforge.teams import service as teams
from tests.factories import Person, Team, make_task, make_team
from tests.live.streams import listening, streaming
from tests.servers import Servers
from tests.stores.scene import our_processes
from tests.waiting import wait_until
from tests.web_servers import start_web_server

STREAMS = 20
POOL_SIZE = 5


def move(person: Person, team: Team, task_id: str, status: str = "done") -> None:
    with person.app.app_context():
        tasks.move_task(person.actor, task_id, column_id=team.columns[status])


def test_nobody_is_told_anything_without_a_session(live_server: str, team: Team) -> None:
    for headers in ({}, {"Cookie": "sid=nonsense"}, {"X_Session_Id": "x" * 43}):
        with listening(live_server, team.board_id, **headers) as answer:
            assert answer.status == 401
            assert json.load(answer)["error"]["code"] == "unauthenticated"


def test_a_foreign_an_unknown_and_an_odd_board_look_the_same(
    eve: Person, live_server: str, team: Team
) -> None:
    seen = set()
    for board_id in (team.board_id, new_id(), team.board_id.upper(), "..%2f", "%00", "", "*"):
        with listening(live_server, board_id, X_Session_Id=eve.secret) as answer:
            names = frozenset(name for name in answer.headers if name != "Date")
            seen.add((answer.status, names, answer.read()))
    assert len(seen) == 1
    assert seen.pop()[0] == 404


def test_a_move_is_told_by_ids_and_numbers_only(live_server: str, ada: Person, team: Team) -> None:
    task_id = make_task(ada, team, "A secret title")
    browser = ada.browser().get_cookie("sid")
    assert browser is not None
    with streaming(live_server, team.board_id, Cookie=f"sid={browser.value}") as stream:
        headers = stream.answer.headers
        assert headers["Content-Type"] == "text/event-stream"
        assert headers["Cache-Control"] == "no-store, no-transform"
        assert headers["X-Accel-Buffering"] == "no"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        move(ada, team, task_id)
        event = stream.next()
    assert event.kind == "board"
    expected = {"seq": event.id, "event": "task.moved", "id": task_id, "version": 2}
    assert event.data == {**expected, "actor": ada.user_id}


def test_a_move_is_published_and_what_is_published_is_told_without_the_database(
    live_server: str, servers: Servers, ada: Person, team: Team
) -> None:
    """The check of what a stream has missed, which would tell of it later, finds only what the database has."""
    task_id, channel = make_task(ada, team), board_channel(team.board_id)
    with (
        streaming(live_server, team.board_id, X_Session_Id=ada.secret) as stream,
        redis.Redis.from_url(servers.redis_url) as client,
        client.pubsub(ignore_subscribe_messages=True) as heard,
    ):
        heard.subscribe(channel)
        assert wait_until(lambda: client.pubsub_numsub(channel)[0][1] == 1)
        move(ada, team, task_id)
        event = stream.next()
        assert wait_until(lambda: seq_in(heard.get_message()) == event.id)
        facts = {"seq": event.id + 1, "event": "task.moved", "id": task_id, "version": 3}
        client.publish(channel, encode_change(facts))
        assert stream.next().data == facts


def seq_in(message: dict[str, Any] | None) -> int | None:
    """The number of the change that a published message is about."""
    if message is None or message["data"] == ENCODED_PRESENCE_CHANGED:
        return None
    return int(json.loads(message["data"])["seq"])


def test_a_browser_that_comes_back_is_told_exactly_what_it_missed(
    live_server: str, ada: Person, team: Team
) -> None:
    task_id = make_task(ada, team)
    with streaming(live_server, team.board_id, X_Session_Id=ada.secret) as stream:
        move(ada, team, task_id, "todo")
        last = stream.next().id
    for status in ("in_progress", "in_review", "done"):
        move(ada, team, task_id, status)
    for query, headers in (
        ("", {"Last_Event_ID": str(last)}),
        (f"?after={last}", {}),
        ("?after=1", {"Last_Event_ID": str(last)}),  # the address is older than what it says
    ):
        given = {**headers, "X_Session_Id": ada.secret}
        with streaming(live_server, team.board_id, query, **given) as stream:
            assert [stream.next().id for _ in range(3)] == [last + 1, last + 2, last + 3]


def test_an_odd_number_is_as_good_as_none(live_server: str, ada: Person, team: Team) -> None:
    task_id = make_task(ada, team)
    for odd in ("-1", "1e3", "9" * 40, "one", ""):
        given = {"Last_Event_ID": odd, "X_Session_Id": ada.secret}
        with streaming(live_server, team.board_id, **given) as stream:
            move(ada, team, task_id, "todo")
            assert stream.next().data["id"] == task_id
        move(ada, team, task_id, "done")


def test_whoever_missed_very_much_is_told_to_read_the_board_again(
    live_server: str, ada: Person, team: Team
) -> None:
    for number in range(201):
        make_task(ada, team, f"Task {number}")
    with streaming(live_server, team.board_id, "?after=0", X_Session_Id=ada.secret) as stream:
        event = stream.next()
        assert (event.kind, event.data) == ("reload", {"seq": event.id})
        make_task(ada, team)
        assert stream.next().id == event.id + 1
    given = {"Last_Event_ID": "1000000", "X_Session_Id": ada.secret}
    with streaming(live_server, team.board_id, **given) as stream:
        assert stream.next().kind == "reload"


def test_a_hint_that_redis_lost_comes_with_the_next_one(
    live_server: str, servers: Servers, ada: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = make_task(ada, team)
    with streaming(live_server, team.board_id, X_Session_Id=ada.secret) as stream:
        with monkeypatch.context() as lossy:
            lossy.setattr("taskforge.messaging.publishing.board_channel", lambda _: "lost")
            move(ada, team, task_id, "todo")
        move(ada, team, task_id, "done")
        first, second = stream.next(), stream.next()
        assert second.id == first.id + 1
        with redis.Redis.from_url(servers.redis_url) as client:
            for odd in ("x", "[]", "{}", '{"seq": "1"}', json.dumps({"seq": second.id + 1})):
                client.publish(f"taskforge:board:{team.board_id}", odd)
        move(ada, team, task_id, "todo")
        assert stream.next().id == second.id + 1


def test_a_lost_hint_that_none_follows_comes_with_the_next_check(
    live_server: str, ada: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = make_task(ada, team)
    with streaming(live_server, team.board_id, X_Session_Id=ada.secret) as stream:
        monkeypatch.setattr("taskforge.messaging.publishing.board_channel", lambda _: "lost")
        move(ada, team, task_id)
        assert stream.next().data["event"] == "task.moved"


def test_streams_come_back_after_redis_has_closed_their_subscription(
    live_server: str, servers: Servers, ada: Person, team: Team
) -> None:
    task_id = make_task(ada, team)
    with (
        streaming(live_server, team.board_id, X_Session_Id=ada.secret) as stream,
        redis.Redis.from_url(servers.redis_url) as client,
    ):
        assert client.client_kill_filter(_type="pubsub") >= 1
        stream.wait_until_ended()
        assert wait_until(lambda: client.pubsub_numpat() > 0)
    with streaming(live_server, team.board_id, X_Session_Id=ada.secret) as stream:
        move(ada, team, task_id)
        assert stream.next().data["id"] == task_id


def test_a_removed_member_is_told_nothing_more(
    app: Flask, live_server: str, ada: Person, grace: Person, team: Team
) -> None:
    with app.app_context():
        teams.add_member(ada.actor, team.team_id, role="member", user_id=grace.user_id)
    with streaming(live_server, team.board_id, X_Session_Id=grace.secret) as stream:
        with app.app_context():
            teams.remove_member(ada.actor, team.team_id, grace.user_id)
        stream.wait_until_ended()
    with listening(live_server, team.board_id, X_Session_Id=grace.secret) as answer:
        assert answer.status == 404


def test_a_session_that_is_over_ends_its_streams(
    app: Flask, live_server: str, ada: Person, team: Team
) -> None:
    with streaming(live_server, team.board_id, X_Session_Id=ada.secret) as stream:
        with app.app_context():
            session_records.revoke_all_sessions(ada.actor)
        stream.wait_until_ended()


def test_a_silent_stream_has_a_heartbeat(live_server: str, ada: Person, team: Team) -> None:
    with streaming(live_server, team.board_id, X_Session_Id=ada.secret) as stream:
        stream.wait_for_heartbeat()


def test_one_board_hears_nothing_of_another(
    live_server: str, ada: Person, eve: Person, team: Team
) -> None:
    others = make_team(eve)
    with streaming(live_server, team.board_id, X_Session_Id=ada.secret) as stream:
        make_task(eve, others)
        mine = make_task(ada, team)
        assert stream.next().data["id"] == mine


def test_open_streams_hold_neither_threads_nor_connections(
    live_server: str, app: Flask, ada: Person, team: Team
) -> None:
    """More than the server has of both: 4 threads, 5 connections."""
    with app.app_context():
        before = our_processes()
    with ExitStack() as opened:
        for _ in range(STREAMS):
            opened.enter_context(streaming(live_server, team.board_id, X_Session_Id=ada.secret))
        for _ in range(STREAMS):
            request = Request(f"{live_server}/api/teams", headers=ada.headers)
            with urlopen(request, timeout=30) as answer:
                assert answer.status == 200
        with app.app_context():
            assert len(our_processes() - before) <= POOL_SIZE


def test_a_server_that_is_asked_to_stop_ends_its_streams_first(
    servers: Servers, ada: Person, team: Team, tmp_path: Path
) -> None:
    process, address = start_web_server(servers, tmp_path)
    with streaming(address, team.board_id, X_Session_Id=ada.secret) as stream:
        process.ask_to_stop()
        stream.wait_until_ended()  # which it does not where the server waits for it in vain
        assert process.wait_stopped()
