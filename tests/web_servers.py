"""The real web server as a process of its own, on the test process's stores."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from taskforge.dev.commands import web_child
from taskforge.dev.servers import Home
from taskforge.server.processes import Process, free_port
from tests.servers import Servers

SECRETS = {"secret_key": "0123456789abcdef" * 4, "audit_key": "fedcba9876543210" * 4}
# Tests share a machine with each other: a slow answer is not what they look for.
PATIENCE = {
    "database_pool_wait_seconds": 30.0,
    "database_lock_timeout_ms": 30_000,
    "database_statement_timeout_ms": 30_000,
    "database_deadline_seconds": 40.0,
    "mongodb_timeout_ms": 5000,
    "redis_timeout_seconds": 2.0,
}


def as_environment(*settings: Mapping[str, object]) -> dict[str, str]:
    """Settings as the variables that a process of ours reads."""
    return {name.upper(): str(value) for given in settings for name, value in given.items()}


def start_web_server(
    servers: Servers, directory: Path, host: str = "127.0.0.1", **settings: str
) -> tuple[Process, str]:
    """Start a server that keeps its files in `directory`; it, and its address with `host` once it answers.

    `settings` are environment variables.
    """
    home = Home(directory)
    home.prepare()
    port = free_port()
    address = f"http://{host}:{port}"
    environment = {
        **os.environ,
        **servers.environment,
        **as_environment(SECRETS, PATIENCE),
        "PUBLIC_URL": address,
        "WEB_WORKERS": "1",
        "ARGON2_TIME_COST": "1",
        "ARGON2_MEMORY_KIB": "64",
        **settings,
    }
    process = Process(web_child(environment, port, home))
    process.wait_until_ready()
    return process, address


@contextmanager
def web_server_at(
    servers: Servers, directory: Path, host: str = "127.0.0.1", **settings: str
) -> Iterator[str]:
    """The address of a server that runs until the block ends; arguments as in `start_web_server`."""
    process, address = start_web_server(servers, directory, host, **settings)
    yield address
    process.ask_to_stop()
    process.wait_stopped()
