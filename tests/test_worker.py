"""`worker.py`: the processes behind the pages start, work, outlive a Redis that is away, and stop when told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from taskforge.dev.commands import ROOT
from taskforge.messaging import queues
from taskforge.messaging.redis_client import redis_client
from taskforge.server.processes import free_port
from tests.servers import Servers
from tests.stores.scene import our_processes, read, security_event, set_scene, write
from tests.waiting import wait_until
from tests.web_servers import SECRETS

UNSEALED = "SELECT count(*) FROM audit_logs l WHERE NOT EXISTS (SELECT FROM audit_chain WHERE log_id = l.log_id)"
Start = Callable[..., "subprocess.Popen[str]"]

# What only the web server needs; each of these costs memory in three processes.
OF_THE_WEB = (
    "taskforge.web",
    "taskforge.api",
    "taskforge.identity",
    "taskforge.http.assets",
    "taskforge.http.fragments",
    "flask_login",
    "flask_smorest",
    "marshmallow",
    "wtforms",
    "brotli",
)
LIST_MODULES = """
import importlib, json, sys
import worker
from taskforge.messaging.queues import ALLOWED
import taskforge.store_app, taskforge.server.rq_worker, taskforge.stores.relay, taskforge.admin.maintenance
for name in ALLOWED:
    importlib.import_module(name.rpartition(".")[0])
print(json.dumps(sorted(sys.modules)))
"""


@pytest.fixture
def start(app: Flask, servers: Servers) -> Iterator[Start]:
    """Start worker.py with some words; what still runs is ended afterwards."""
    started: list[subprocess.Popen[str]] = []

    def run(*words: str, **environment: str) -> subprocess.Popen[str]:
        known = {name.upper(): value for name, value in SECRETS.items()}
        process = subprocess.Popen(
            [sys.executable, "worker.py", *words],
            cwd=ROOT,
            env={**os.environ, **servers.environment, **known, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def name_of(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().rstrip("\n")


def stop(process: subprocess.Popen[str]) -> int:
    process.send_signal(signal.SIGTERM)
    return process.wait(timeout=30)


def test_a_queue_that_does_not_exist_is_refused(start: Start) -> None:
    process = start("rq", "post")
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "there is no queue 'post'; the queues are audit, notifications" in said


def test_a_missing_setting_is_a_sentence(start: Start) -> None:
    process = start("relay", AUDIT_KEY="short")
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "Traceback" not in said
    assert "AUDIT_KEY is shorter" in said


def test_the_workers_and_the_relay_do_what_requests_left_them(app: Flask, start: Start) -> None:
    process = start("all")
    with app.app_context():
        scene = set_scene()
        scene.add_task(assignee_id=scene.bob.user_id)
        left = (
            "SELECT (SELECT count(*) FROM outbox)"
            " + (SELECT count(*) FROM audit_logs) - (SELECT count(*) FROM audit_chain)"
            " + (SELECT count(*) FROM notification_intents WHERE delivered_at IS NULL)"
            " + (SELECT count(*) FROM notification_fan_outs)"
        )
        assert wait_until(lambda: read(left) == 0)
        assert wait_until(lambda: len(children(process.pid)) == 3)
    ours = children(process.pid)
    assert sorted(map(name_of, ours)) == ["audit", "notifications", "relay"]
    assert stop(process) == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in ours)


def test_a_worker_that_is_killed_is_started_again(app: Flask, start: Start) -> None:
    process = start("rq")
    assert wait_until(lambda: len(children(process.pid)) == 2)
    victim = children(process.pid)[0]
    os.kill(victim, signal.SIGKILL)
    assert wait_until(
        lambda: victim not in children(process.pid) and len(children(process.pid)) == 2
    )
    assert stop(process) == 0


def test_a_worker_waits_for_a_redis_that_is_away(start: Start) -> None:
    process = start("rq", "audit", REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(2)]  # it tries again, and again
    assert all("redis_away" in line for line in said), said
    assert stop(process) == 0


def test_a_worker_refuses_a_job_that_is_not_ours(app: Flask, start: Start) -> None:
    with app.app_context():
        queue = queues.queue(queues.AUDIT, redis_client())
        job = queue.enqueue("os.system", "touch /tmp/taskforge-owned")
        process = start("rq", "audit")
        assert wait_until(lambda: job.get_status(refresh=True).value == "failed")
        assert "UnknownJob" in (job.latest_result().exc_string or "")
    assert not Path("/tmp/taskforge-owned").exists()
    assert stop(process) == 0


def test_workers_and_relay_import_nothing_that_only_pages_need() -> None:
    listed = subprocess.run(
        [sys.executable, "-c", LIST_MODULES], cwd=ROOT, capture_output=True, text=True, check=True
    )
    imported = json.loads(listed.stdout)
    assert "taskforge.audit.jobs" in imported
    assert [name for name in imported if name.startswith(OF_THE_WEB)] == []


def test_a_worker_runs_its_jobs_in_its_own_process_on_one_connection(
    app: Flask, start: Start
) -> None:
    with app.app_context():
        others = our_processes()
        process = start("rq", "audit")
        backends = []
        for _ in range(3):
            assert queues.enqueue_security_event(security_event())
            assert wait_until(
                lambda: read(UNSEALED) == 0 and read("SELECT count(*) FROM audit_logs")
            )
            assert children(process.pid) == []
            backends.append(our_processes() - others)
            write("DELETE FROM audit_chain")
            write("DELETE FROM audit_logs")
    assert len(backends[0]) == 1
    assert backends == [backends[0]] * 3
    assert stop(process) == 0


@pytest.mark.crash
@pytest.mark.parametrize(
    ("queue", "point"),
    [
        ("audit", "job.started"),
        ("audit", "audit.sealed"),
        ("notifications", "job.started"),
        ("notifications", "notification.inserted"),
    ],
)
def test_what_a_killed_worker_was_at_is_done_by_the_next_one_and_only_once(
    app: Flask, start: Start, queue: str, point: str
) -> None:
    with app.app_context():
        scene = set_scene()
        scene.add_task(assignee_id=scene.bob.user_id)
        redis_client().flushdb()  # only the job of this test is waiting
        if queue == "audit":
            assert queues.enqueue_security_event(security_event())
        killed = start("rq", queue, TASKFORGE_FAULT=point)
        assert killed.wait(timeout=120) == -signal.SIGKILL
        process = start("rq", queue)
        left = {
            "audit": "SELECT 1 - (SELECT count(*) FROM audit_logs WHERE event = 'user.login_failed')"
            " + (SELECT count(*) FROM audit_logs) - (SELECT count(*) FROM audit_chain)",
            "notifications": "SELECT count(*) FROM notification_intents WHERE delivered_at IS NULL",
        }
        jobs = queues.queue(queue, redis_client())
        # Together: while the job is taken back from the dead worker, it is in neither list for a moment.
        assert wait_until(
            lambda: (
                jobs.count + jobs.started_job_registry.get_job_count() == 0
                and read(left[queue]) == 0
            )
        )
        assert stop(process) == 0
        events = read("SELECT count(*) FROM audit_logs WHERE event = 'user.login_failed'")
        news = read("SELECT count(*) FROM notifications WHERE kind = 'assigned'")
        assert (events, news) == ((1, 0) if queue == "audit" else (0, 1))


HANGING = """
import signal, sys, time
from taskforge.audit import jobs
from taskforge.messaging import queues
from taskforge.server import rq_worker
import worker

def hang():
    print("hanging", flush=True)
    if sys.argv[1] == "deaf":
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    time.sleep(60)

jobs.seal_pending = hang
queues.JOB_TIMEOUT_SECONDS = rq_worker.GRACE_SECONDS = 1
sys.exit(worker.main(["rq", "audit"]))
"""


@pytest.mark.parametrize("kind", ["polite", "deaf"])
def test_a_job_that_hangs_is_ended_and_its_process_if_it_must_be(
    app: Flask, servers: Servers, kind: str
) -> None:
    known = {name.upper(): value for name, value in SECRETS.items()}
    process = subprocess.Popen(
        [sys.executable, "-c", HANGING, kind],
        cwd=ROOT,
        env={**os.environ, **servers.environment, **known},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "hanging\n"
        if kind == "deaf":
            assert process.wait(timeout=60) == 1
            return
        assert process.stdout.readline() == "hanging\n"  # it is tried again, by the same process
        assert process.poll() is None
    finally:
        process.kill()
        process.communicate()
