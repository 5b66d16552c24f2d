"""A device that does not answer holds up nobody else's messages."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from taskforge.notifications.jobs import deliver
from taskforge.notifications.push import endpoints
from tests.factories import Person, Team
from tests.push.service import Browser, PushService
from tests.push.test_sending import assign, pending, send, subscribe


@pytest.fixture
def dripping() -> Iterator[str]:
    """A server that answers byte by byte, without an end; its address."""
    server, has_ended = socket.create_server(("127.0.0.1", 0)), threading.Event()
    server.settimeout(0.2)

    def answer(client: socket.socket) -> None:
        try:
            client.sendall(b"HTTP/1.1 201 Created\r\nX-Long: ")
            while not has_ended.wait(0.1):
                client.sendall(b"x")
        except OSError:
            client.close()

    def accept() -> None:
        while not has_ended.is_set():
            try:
                client, _ = server.accept()
            except TimeoutError:
                continue
            threading.Thread(target=answer, args=(client,), daemon=True).start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/push"
    has_ended.set()
    accepting.join()
    server.close()


def test_a_device_that_answers_byte_by_byte_is_tried_once_and_left_alone(
    app: Flask,
    ada: Person,
    bob: Person,
    team: Team,
    service: PushService,
    dripping: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(endpoints, "CONVERSATION_SECONDS", 1.0)
    with app.app_context():
        deliver()
    subscribe(bob, Browser(dripping))
    for title in ("Paint", "Oil", "Sweep"):
        assign(app, ada, bob, team, title)
    assert [send(app), send(app), pending(app)] == [1, 0, 3]
    subscribe(bob, service.browser())
    assign(app, ada, bob, team, "Another")
    assert [send(app), len(service.taken), pending(app)] == [1, 1, 4]
    assert [send(app, later=timedelta(seconds=40)), pending(app)] == [1, 4]
    assert send(app, later=timedelta(seconds=80)) == 0
