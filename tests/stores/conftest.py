"""A scene on the stores, the doomed processes, and what a running system would do in the background."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from taskforge.admin import doctor_probes, erasure
from taskforge.audit import chain
from taskforge.dev.commands import ROOT
from taskforge.extensions import config_of
from taskforge.notifications import jobs as notifications
from taskforge.stores import doctor, document_checks
from taskforge.stores.actor import Actor
from tests.servers import Servers
from tests.stores.healing import Lived, live
from tests.stores.scene import Scene, relay_everything, set_scene, write
from tests.web_servers import PATIENCE, SECRETS, as_environment


class Doomed:
    """The process that forks children which die at a crash point."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.stores.doomed"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def die_at(self, point: str, what: str, actor: Actor | None = None, **arguments: Any) -> None:
        """Do something in a process of its own, which must die at the point."""
        order = {"fault": point, "what": what, "arguments": arguments}
        order["actor"] = _plain(actor) if actor else None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        ended = json.loads(self._process.stdout.readline())
        assert ended["signal"] == signal.SIGKILL, f"{what} did not reach {point}: {ended}"

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)


@pytest.fixture(scope="session")
def doomed(servers: Servers, migrated_app: Flask) -> Iterator[Doomed]:
    """Processes to kill."""
    environment = {
        **os.environ,
        **servers.environment,
        **as_environment(SECRETS, PATIENCE),
    }
    process = Doomed(environment)
    yield process
    process.close()


@pytest.fixture
def scene(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """A team on a board, with every store up to date."""
    monkeypatch.setattr(document_checks, "SECOND_LOOK_SECONDS", 0.0)
    with app.app_context():
        made = set_scene()
        catch_up()
        yield made


@pytest.fixture
def lived(scene: Scene) -> Lived:
    """A scene with a past, with every store up to date."""
    made = live(scene)
    catch_up()
    assert_stores_agree()
    return made


def catch_up() -> None:
    """What relay and workers do when they run again, without the waiting for leases of the dead."""
    write("UPDATE outbox SET claimed_until = '-infinity'")
    relay_everything()
    chain.seal_pending(config_of().audit_key.encode())
    notifications.deliver()


def assert_stores_agree() -> None:
    """Every invariant holds, without a repair."""
    assert doctor.examine(doctor_probes.probes()).found == []


def _plain(actor: Actor) -> dict[str, Any]:
    fields = {name: value for name, value in asdict(actor).items() if value is not None}
    fields.pop("op_fingerprint", None)  # bytes, which JSON has not
    return fields


@pytest.fixture
def settled_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No request is under way when an account is deleted: the relay need not wait."""
    monkeypatch.setattr(erasure, "SETTLED_AFTER", timedelta(0))
