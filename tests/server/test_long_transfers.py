"""Long bodies and long answers: what they hold while they last, and that nobody else waits for them."""

from __future__ import annotations

import asyncio
import resource
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from taskforge.server import answering, asgi_bridge, request_body
from tests.held_memory import most_held
from tests.server.test_asgi_bridge import Client, body_message, scope_of

MB = 1024 * 1024
PIECE = b"x" * 65_536
FILE_BYTES = 25 * MB


class Uploader(Client):
    """Sends a long body in pieces of 64 kB, each made when it is asked for."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.left = size

    async def receive(self) -> dict[str, Any]:
        if self.left <= 0:
            return await super().receive()
        piece = bytes(min(self.left, len(PIECE)))
        self.left -= len(piece)
        return body_message(piece, more=self.left > 0)


class Downloader(Client):
    """Takes an answer, piece by piece, and keeps only how long the pieces were."""

    async def send(self, message: Any) -> None:
        self.sent.append({**message, "body": len(message.get("body", b""))})


def serve(program: Any, scope: dict[str, Any], client: Client, **options: Any) -> Client:
    application = asgi_bridge.in_threads(program, threads=2, **options)
    asyncio.run(asyncio.wait_for(application(scope, client.receive, client.send), 60))
    return client


def takes_files(_scope: Any) -> int:
    return FILE_BYTES + MB


def count_body(environ: Any, start: Any) -> Iterable[bytes]:
    """Reads the body as a form's reader does, and answers how long it was."""
    size = 0
    while piece := environ["wsgi.input"].read(65_536):
        size += len(piece)
    start("200 OK", [])
    return [str(size).encode()]


def file_of(size: int) -> Callable[[Any, Any], Iterator[bytes]]:
    """A program that answers with so many bytes, a chunk at a time."""

    def program(_environ: Any, start: Any) -> Iterator[bytes]:
        start("200 OK", [("Content-Length", str(size))])
        for at in range(0, size, 255 * 1024):
            yield bytes(min(255 * 1024, size - at))

    return program


def test_a_long_body_reaches_the_program_from_the_disk() -> None:
    clients: list[Client] = []

    def upload() -> None:
        scope = scope_of("POST", content_length=str(FILE_BYTES))
        clients.append(serve(count_body, scope, Uploader(FILE_BYTES), limit_of=takes_files))

    assert most_held(upload) < 1.5 * MB
    assert clients[0].body == str(FILE_BYTES).encode()


def test_of_a_long_answer_a_piece_is_held_at_a_time() -> None:
    clients: list[Client] = []

    def download() -> None:
        clients.append(serve(file_of(FILE_BYTES), scope_of(), Downloader()))

    assert most_held(download) < MB
    assert sum(message["body"] for message in clients[0].sent) == FILE_BYTES


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "chunked"])
def test_a_body_over_the_limit_of_its_route_is_refused_unread(announced: bool) -> None:
    asked: list[str] = []

    def limit_of(scope: Any) -> int:
        asked.append(scope["raw_path"].decode())
        return 13 * MB

    headers = {"content_length": str(20 * MB)} if announced else {"transfer_encoding": "chunked"}
    client = Uploader(20 * MB)
    serve(count_body, scope_of("POST", b"/files", **headers), client, limit_of=limit_of)
    assert client.body == b"0"
    assert client.left == 20 * MB if announced else client.left < 7 * MB
    assert asked == ["/files"]


def test_a_short_body_asks_for_no_limit() -> None:
    def limit_of(_scope: Any) -> int:
        raise AssertionError

    client = Client([body_message(b"short")])
    assert serve(count_body, scope_of("POST"), client, limit_of=limit_of).body == b"5"


def test_bodies_that_fill_the_disk_together_are_refused_and_leave_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(request_body, "MAX_SPOOLED_BYTES", 3 * MB)
    application = asgi_bridge.in_threads(count_body, threads=2)
    scope = scope_of("POST", transfer_encoding="chunked")
    waiting = Uploader(2 * MB)
    arrived = asyncio.Event()
    give = waiting.receive

    async def stop_before_the_end() -> dict[str, Any]:
        if not waiting.left:
            arrived.set()
            await asyncio.Event().wait()
        message = await give()
        return {**message, "more_body": True}

    waiting.receive = stop_before_the_end  # type: ignore[method-assign]

    async def others() -> list[Client]:
        first = asyncio.create_task(application(scope, waiting.receive, waiting.send))
        await arrived.wait()
        refused, short, later = Uploader(2 * MB), Client([body_message(b"short")]), Uploader(2 * MB)
        await application(scope, refused.receive, refused.send)
        await application(scope, short.receive, short.send)
        first.cancel()
        await asyncio.wait([first])
        await application(scope, later.receive, later.send)
        return [refused, short, later]

    refused, short, later = asyncio.run(asyncio.wait_for(others(), 60))
    assert refused.sent[0]["status"] == 503
    assert (b"retry-after", b"5") in refused.sent[0]["headers"]
    assert (short.body, later.body) == (b"5", str(2 * MB).encode())


def test_a_full_disk_refuses_a_body_and_is_forgotten_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(request_body, "MAX_SPOOLED_BYTES", 3 * MB)
    application = asgi_bridge.in_threads(count_body, threads=2)
    scope = scope_of("POST", content_length=str(2 * MB))
    clients = [Uploader(2 * MB) for _ in range(4)]

    async def send(client: Uploader) -> None:
        await asyncio.wait_for(application(scope, client.receive, client.send), 60)

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(
        resource.RLIMIT_FSIZE, (MB, hard)
    )  # of a file; more is an error as on a full disk
    try:
        for refused in clients[:3]:
            asyncio.run(send(refused))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [client.sent[0]["status"] for client in clients[:3]] == [503] * 3
    assert b"no space" in clients[0].body
    asyncio.run(send(clients[3]))
    assert clients[3].body == str(2 * MB).encode()


def test_a_body_that_came_fast_may_not_pause_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "PAUSE_SECONDS", 0.2)
    client = Uploader(MB)
    give = client.receive

    async def stop_before_the_end() -> dict[str, Any]:
        if not client.left:
            await asyncio.Event().wait()
        return {**await give(), "more_body": True}

    client.receive = stop_before_the_end  # type: ignore[method-assign]
    serve(count_body, scope_of("POST", content_length=str(2 * MB)), client)
    assert client.sent[0]["status"] == 408


def test_clients_that_take_long_answers_slowly_hold_no_thread() -> None:
    taken: list[Client] = []

    async def many() -> None:
        application = asgi_bridge.in_threads(file_or_page, threads=1)
        slow = [Downloader() for _ in range(3)]
        for client in slow:
            client.send = never  # type: ignore[method-assign]
        downloads = [
            asyncio.create_task(application(scope_of(target=b"/file"), one.receive, one.send))
            for one in slow
        ]
        page = Client()
        await application(scope_of(target=b"/page"), page.receive, page.send)
        taken.append(page)
        for download in downloads:
            download.cancel()
        await asyncio.wait(downloads)

    async def never(_message: Any) -> None:
        await asyncio.Event().wait()

    def file_or_page(environ: Any, start: Any) -> Iterable[bytes]:
        return (file_of(FILE_BYTES) if environ["PATH_INFO"] == "/file" else count_body)(
            environ, start
        )

    asyncio.run(asyncio.wait_for(many(), 60))
    assert taken[0].body == b"0"


def test_long_bodies_leave_threads_to_pages() -> None:
    working, release = threading.Semaphore(0), threading.Event()

    def program(environ: Any, start: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/upload":
            working.release()
            assert release.wait(60)
        return count_body(environ, start)

    async def many() -> bytes:
        application = asgi_bridge.in_threads(program, threads=2)
        uploads = [Uploader(MB) for _ in range(3)]
        scope = scope_of("POST", b"/upload", content_length=str(MB))
        sent = [asyncio.create_task(application(scope, u.receive, u.send)) for u in uploads]
        await asyncio.to_thread(working.acquire, timeout=60)
        page = Client()
        await application(scope_of(target=b"/page"), page.receive, page.send)
        release.set()
        await asyncio.gather(*sent)
        assert [upload.body for upload in uploads] == [str(MB).encode()] * 3
        return page.body

    assert asyncio.run(asyncio.wait_for(many(), 60)) == b"0"


def test_a_stream_is_closed_after_the_step_that_its_cancelled_request_had_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(answering, "PIECE_BYTES", 10)
    asked, release = threading.Event(), threading.Event()
    events: list[str] = []

    def program(_environ: Any, start: Any) -> Iterator[bytes]:
        start("200 OK", [("Content-Length", str(2 * MB))])
        try:
            yield PIECE
            asked.set()
            assert release.wait(60)
            events.append("made")
            yield PIECE
        finally:
            events.append("closed")

    async def cancelled() -> None:
        client = Downloader()
        application = asgi_bridge.in_threads(program, threads=2)
        request = asyncio.create_task(application(scope_of(), client.receive, client.send))
        await asyncio.to_thread(asked.wait, 60)
        request.cancel()
        asyncio.get_running_loop().call_later(0.1, release.set)
        await asyncio.wait([request])

    asyncio.run(asyncio.wait_for(cancelled(), 60))
    assert events == ["made", "closed"]
