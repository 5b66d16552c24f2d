"""The client for Redis: connections that broke, or were left in the middle of a reply, are never used again."""

from __future__ import annotations

import pytest
import redis

from taskforge.messaging.quick_redis import QuickPool, QuickRedis
from tests.servers import Servers


@pytest.fixture
def client(servers: Servers) -> QuickRedis:
    pool = QuickPool.from_url(servers.environment["REDIS_URL"], retry=None, socket_timeout=10)
    return QuickRedis(connection_pool=pool)


def kept(client: QuickRedis) -> list[redis.Connection]:
    found: list[redis.Connection] = client.connection_pool._available_connections
    return found


def test_a_connection_is_kept_also_behind_an_answer_that_is_an_error(client: QuickRedis) -> None:
    assert client.ping()
    first = kept(client)[0]
    with pytest.raises(redis.ResponseError):
        client.execute_command("NO-SUCH-COMMAND")
    with client.pipeline(transaction=False) as pipe:
        pipe.echo("a").echo("b")
        assert pipe.execute() == [b"a", b"b"]
    assert kept(client) == [first]


def test_a_connection_that_the_server_closed_is_renewed(client: QuickRedis) -> None:
    number = client.client_id()
    other = redis.Redis(connection_pool=client.connection_pool.__class__.from_url(url_of(client)))
    other.client_kill_filter(_id=str(number))
    assert client.ping()
    assert client.client_id() != number


def test_a_command_that_was_broken_off_leaves_no_reply_to_the_next_one(client: QuickRedis) -> None:
    assert client.ping()
    connection = client.connection_pool.get_connection()
    connection.send_command("ECHO", "left")
    assert connection.can_read(timeout=10)
    client.connection_pool.release(connection)
    assert client.echo("asked") == b"asked"

    class Stopped(BaseException):
        pass

    def stop(*_arguments: object, **_options: object) -> None:
        raise Stopped

    client.parse_response = stop  # type: ignore[method-assign]
    with pytest.raises(Stopped):
        client.echo("left")
    del client.parse_response
    assert client.echo("asked") == b"asked"
    assert len(kept(client)) == 1


def url_of(client: QuickRedis) -> str:
    given = client.connection_pool.connection_kwargs
    return f"redis://{given['host']}:{given['port']}/{given.get('db', 0)}"
