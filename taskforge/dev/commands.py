"""The command lines of TaskForge's own processes, for the launcher and for tests."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from taskforge.dev.servers import Home
from taskforge.server.processes import Child

ROOT = Path(__file__).resolve().parent.parent.parent
HOST = "127.0.0.1"
# What brings the stores to the state that this version of the code expects.
RELEASE = (("db", "upgrade"), ("ensure-indexes",))
WORKERS = {"workers": ("all",)}


def web_command() -> tuple[str, ...]:
    """The web server; it listens where the environment variable BIND says."""
    return (sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py")


def flask_command(*words: str) -> tuple[str, ...]:
    """A command of the application's own command line."""
    return (sys.executable, "-m", "flask", "--app", "wsgi", *words)


def web_child(environment: Mapping[str, str], port: int, home: Home) -> Child:
    """The web server on a port of this machine, ready when every store answers it."""
    return Child(
        name="web",
        command=web_command(),
        env={**environment, "BIND": f"{HOST}:{port}"},
        cwd=ROOT,
        log=home.log("web"),
        pid_file=home.pid_file("web"),
        marker=" ".join(web_command()),
        is_ready=lambda: _answers(f"http://{HOST}:{port}/readyz"),
        ready_seconds=60,
    )


def worker_children(environment: Mapping[str, str], home: Home) -> Iterator[Child]:
    """The queue workers and the relay: one process and its forks, which share its memory."""
    for name, words in WORKERS.items():
        command = (sys.executable, "worker.py", *words)
        yield Child(
            name=name,
            command=command,
            env=environment,
            cwd=ROOT,
            log=home.log(name),
            pid_file=home.pid_file(name),
            marker=" ".join(command),
        )


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=2) as answer:  # noqa: S310  (http to this machine)
            return bool(answer.status == 200)
    except URLError:
        return False
