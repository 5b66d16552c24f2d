"""Who has a board open now is told to everybody else who has, and to nobody else."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Collection
from typing import Any

import pytest
import redis
from flask import Flask

from taskforge.boards import service as boards
from taskforge.ids import new_id
from taskforge.live.hints import Hint
from taskforge.live.hub import Listener
from taskforge.live.presence import Presence
from taskforge.teams import service as teams
from taskforge.text.people import Person as Face
from tests.factories import Person, Team, make_person, make_team
from tests.live.streams import streaming
from tests.servers import Servers


@pytest.fixture
def team(ada: Person, grace: Person) -> Team:
    return make_team(ada, member=grace)


def test_people_see_each_other_come_and_go(
    live_server: str, servers: Servers, ada: Person, grace: Person, team: Team
) -> None:
    with streaming(live_server, team.board_id, X_Session_Id=ada.secret) as stream:
        stream.wait_for_people("Ada")
        with streaming(live_server, team.board_id, X_Session_Id=grace.secret) as other:
            stream.wait_for_people("Ada", "Grace")
            other.wait_for_people("Ada", "Grace")
        stream.wait_for_people("Ada")
        # She was taken out: nobody waited for her mark to grow stale.
        with redis.Redis.from_url(servers.redis_url) as client:
            assert client.zcard(f"presence:board:{team.board_id}") == 1


def test_it_says_how_to_draw_them_and_nothing_more(
    live_server: str, ada: Person, team: Team
) -> None:
    with streaming(live_server, team.board_id, X_Session_Id=ada.secret) as stream:
        said = stream.next_presence()
    assert said["count"] == 1
    assert [set(one) for one in said["people"]] == [{"id", "name", "initials", "hue"}]
    assert said["people"][0]["id"] == ada.user_id


def test_several_windows_of_one_person_count_once(
    live_server: str, ada: Person, grace: Person, team: Team
) -> None:
    with streaming(live_server, team.board_id, X_Session_Id=ada.secret) as stream:
        with streaming(live_server, team.board_id, X_Session_Id=grace.secret):
            with streaming(live_server, team.board_id, X_Session_Id=grace.secret) as second:
                second.wait_for_people("Ada", "Grace")
            stream.wait_for_people("Ada", "Grace")
        # The second window's end was no news: the next is that she left.
        assert [one["id"] for one in stream.next_presence()["people"]] == [ada.user_id]


def test_whoever_was_served_by_a_process_that_died_drops_out(
    live_server: str, servers: Servers, ada: Person, grace: Person, team: Team
) -> None:
    key = f"presence:board:{team.board_id}"
    with (
        streaming(live_server, team.board_id, X_Session_Id=ada.secret) as stream,
        redis.Redis.from_url(servers.redis_url) as client,
    ):
        stream.wait_for_people("Ada")
        client.zadd(key, {f"{grace.user_id}:elsewhere": time.time()})
        client.publish(f"taskforge:board:{team.board_id}", "here")
        stream.wait_for_people("Ada", "Grace")
        stream.wait_for_people("Ada")
        assert client.ttl(key) > 0


def test_strangers_are_never_named_even_if_redis_names_them(
    live_server: str, servers: Servers, ada: Person, grace: Person, eve: Person, team: Team
) -> None:
    with (
        streaming(live_server, team.board_id, X_Session_Id=ada.secret) as stream,
        redis.Redis.from_url(servers.redis_url) as client,
    ):
        members = [f"{eve.user_id}:x", f"{new_id()}:x", f"{grace.user_id}:x"]
        client.zadd(f"presence:board:{team.board_id}", dict.fromkeys(members, time.time() + 60))
        client.publish(f"taskforge:board:{team.board_id}", "here")
        while (said := stream.next_presence())["count"] != 2:
            pass
        assert {one["id"] for one in said["people"]} == {ada.user_id, grace.user_id}


def test_a_removed_member_disappears(
    app: Flask, live_server: str, ada: Person, grace: Person, team: Team
) -> None:
    with (
        streaming(live_server, team.board_id, X_Session_Id=ada.secret) as stream,
        streaming(live_server, team.board_id, X_Session_Id=grace.secret),
    ):
        stream.wait_for_people("Ada", "Grace")
        with app.app_context():
            teams.remove_member(ada.actor, team.team_id, grace.user_id)
        stream.wait_for_people("Ada")


def test_without_redis_nobody_is_told_and_nothing_fails() -> None:
    async def come_and_go() -> None:
        board_id, user_id = new_id(), new_id()
        presence = Presence(
            "redis://127.0.0.1:1/0", stale_seconds=1, find_people=refuse, publish=refuse
        )
        presence.join(board_id, user_id, Listener())
        await asyncio.sleep(0.5)
        presence.leave(board_id, user_id)
        presence.join(board_id, user_id, Listener())
        await asyncio.sleep(0.1)
        presence.leave(board_id, user_id)
        presence.stop()

    async def refuse(*_args: object) -> Any:
        raise AssertionError("somebody was told of")

    asyncio.run(come_and_go())


def test_one_board_does_not_know_who_is_at_another(
    app: Flask, live_server: str, ada: Person, grace: Person, team: Team
) -> None:
    with app.app_context():
        second = boards.create_board(ada.actor, team.team_id, name="Second").entity_id
    with streaming(live_server, second, X_Session_Id=grace.secret) as other:
        other.wait_for_people("Grace")
        with streaming(live_server, team.board_id, X_Session_Id=ada.secret) as stream:
            assert [one["id"] for one in stream.next_presence()["people"]] == [ada.user_id]


def test_twenty_are_named_and_the_rest_counted(
    app: Flask, live_server: str, servers: Servers, ada: Person, team: Team
) -> None:
    crowd = [make_person(app, f"Person{number:02}") for number in range(25)]
    with app.app_context():
        for one in crowd:
            teams.add_member(ada.actor, team.team_id, role="member", user_id=one.user_id)
    with redis.Redis.from_url(servers.redis_url) as client:
        marks = {f"{one.user_id}:x": time.time() + 60 for one in crowd}
        client.zadd(f"presence:board:{team.board_id}", marks)
        with streaming(live_server, team.board_id, X_Session_Id=ada.secret) as stream:
            said = stream.next_presence()
    assert said["count"] == 26
    assert len(said["people"]) == 20


def test_nobody_is_told_of_the_others_without_themselves(servers: Servers) -> None:
    """Streams open at every moment of a turn, at boards where somebody else is already."""
    ada, bob = sorted((new_id(), new_id()))
    told: dict[str, list[list[str]]] = {}

    async def find_people(_board_id: str, user_ids: Collection[str]) -> tuple[list[Face], int]:
        return [Face(one, "Somebody") for one in sorted(user_ids)], len(user_ids)

    async def publish(board_id: str, hint: Hint) -> None:
        said = json.loads(hint.frame.decode().partition("data: ")[2])
        told.setdefault(board_id, []).append([one["id"] for one in said["people"]])

    async def crowd() -> None:
        board_ids = [new_id() for _ in range(200)]
        with redis.Redis.from_url(servers.redis_url) as client:
            for board_id in board_ids:
                client.zadd(f"presence:board:{board_id}", {f"{bob}:elsewhere": time.time() + 60})
        presence = Presence(
            servers.redis_url, stale_seconds=0.1, find_people=find_people, publish=publish
        )
        for board_id in board_ids:
            presence.join(board_id, ada, Listener())
            await asyncio.sleep(0.004)
        async with asyncio.timeout(60):
            while len(told) < len(board_ids):
                await asyncio.sleep(0.05)
        presence.stop()

    asyncio.run(crowd())
    assert {tuple(first) for first, *_ in told.values()} == {(ada, bob)}
    assert len(told) == 200
