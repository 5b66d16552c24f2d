"""A whole TaskForge of its own: three durable stores, web server, queue workers and relay, and ways to kill each."""

from __future__ import annotations

import os
import random
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from taskforge.dev.commands import RELEASE, ROOT, flask_command, web_child, worker_children
from taskforge.dev.servers import (
    DESCRIBE,
    Home,
    Store,
    describe_mongodb,
    describe_postgres,
    describe_redis,
)
from taskforge.server.processes import Child, Process, StartFailed, command_line, free_port

MARK = "TASKFORGE_CHAOS"
LONGEST_PAUSE_SECONDS = 1.0
# How often each kind is chosen, out of all.
KILLS = {
    "web worker": 26, "web master": 8, "audit worker": 8, "notifications worker": 8, "mail worker": 8, "relay": 16,
    "workers' parent": 4, "PostgreSQL backend": 12, "PostgreSQL": 6, "Redis": 8, "MongoDB": 8,
}  # fmt: skip
PROCESS = {
    "web master": "web",
    "workers' parent": "workers",
    "PostgreSQL": "PostgreSQL",
    "Redis": "Redis",
    "MongoDB": "MongoDB",
}


# Forks of one process, by the name that they have for `ps`.
FORKS = {
    "audit worker": "audit",
    "notifications worker": "notifications",
    "mail worker": "mail",
    "relay": "relay",
}


@dataclass
class Slot:
    """One process that is to run: how to describe it anew, and what runs now."""

    describe: Callable[[], Child]
    process: Process | None = None
    start_at: float = 0.0


@dataclass
class System:
    """Everything that runs. Start and keep it from one thread: children end with the thread that started them."""

    home: Home
    chance: random.Random
    slots: dict[str, Slot] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    port: int = 0
    mark: str = field(default_factory=lambda: secrets.token_hex(8))

    @classmethod
    def start(
        cls,
        folder: Path,
        chance: random.Random,
        *,
        settings: Mapping[str, str] | None = None,
        fill: Callable[[System], None] = lambda _system: None,
    ) -> System:
        """Start everything in an empty folder and wait until it answers.

        `settings` replace those of the environment; `fill` may fill the stores before anything else uses them.
        """
        home = Home(folder, usual_ports=False)
        home.prepare()
        system = cls(home, chance)
        os.environ[MARK] = system.mark  # all children inherit it, whoever starts them
        system.port = free_port()
        system.environment = {
            **os.environ,
            "SECRET_KEY": secrets.token_hex(32),
            "AUDIT_KEY": secrets.token_hex(32),
            "PUBLIC_URL": f"http://127.0.0.1:{system.port}",
            "RATE_LIMIT_PER_MINUTE": "1000000",
            "RATE_LIMIT_WRITES_PER_MINUTE": "1000000",
            "INVITATIONS_PER_DAY": "1000000",
            # A log-in that an outage breaks off counts as a try, and everybody comes from one address.
            "LOGIN_ATTEMPTS_PER_15_MINUTES": "1000000",
            "ARGON2_TIME_COST": "1",
            "ARGON2_MEMORY_KIB": "64",
            "WEB_WORKERS": "2",
            "PYTHONUNBUFFERED": "1",
            **(settings or {}),
        }
        try:
            for describe in DESCRIBE.values():
                system._start_store(describe(home))
            for words in RELEASE:
                subprocess.run(
                    flask_command(*words),
                    cwd=ROOT,
                    env=system.environment,
                    check=True,
                    stdout=subprocess.DEVNULL,
                )
            fill(system)
            web = web_child(system.environment, system.port, home)
            for name, child in [
                *((child.name, child) for child in worker_children(system.environment, home)),
                ("web", web),
            ]:
                system.slots[name] = Slot(lambda child=child: child, Process(child))
            system.wait_until_up(60)
        except BaseException:
            system.stop()
            raise
        return system

    def keep(self) -> None:
        """Start again what is dead and whose pause is over."""
        for slot in self.slots.values():
            if slot.process is not None and slot.process.exit_code is not None:
                slot.process = None
                slot.start_at = time.monotonic() + self.chance.uniform(0, LONGEST_PAUSE_SECONDS)
            if slot.process is None and time.monotonic() >= slot.start_at:
                try:
                    slot.process = Process(slot.describe())
                except StartFailed:
                    slot.start_at = time.monotonic() + LONGEST_PAUSE_SECONDS

    def kill_something(self) -> str | None:
        """`kill` one process of a kind chosen at random."""
        return self.kill(self.chance.choices(list(KILLS), list(KILLS.values()))[0])

    def kill(self, kind: str) -> str | None:
        """SIGKILL one process of a kind; the kind, or None if there was none to kill."""
        victim = self._find(kind)
        if victim is None:
            return None
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            return None
        return kind

    def wait_until_up(self, seconds: float) -> None:
        """Keep everything running until all of it answers.

        Raises:
            StartFailed: it did not within `seconds`.
        """
        deadline = time.monotonic() + seconds
        while not all(slot.process and slot.process.is_ready() for slot in self.slots.values()):
            if time.monotonic() > deadline:
                waiting = [
                    name
                    for name, slot in self.slots.items()
                    if not (slot.process and slot.process.is_ready())
                ]
                raise StartFailed(f"{', '.join(waiting)} did not come back within {seconds:.0f} s.")
            self.keep()
            time.sleep(0.1)

    def command(self, *words: str, seconds: float = 120) -> tuple[int, str]:
        """Run a command of TaskForge's command line; its exit code and what it said."""
        return self._run(flask_command(*words), seconds)

    def run_module(self, name: str, *words: str, seconds: float = 120) -> None:
        """Run a module of Python on these stores.

        Raises:
            RuntimeError: it failed; with what it said.
        """
        code, said = self._run([sys.executable, "-m", name, *words], seconds)
        if code:
            raise RuntimeError(f"{name} exited with {code}: {said}")

    def _run(self, words: Sequence[str], seconds: float) -> tuple[int, str]:
        done = subprocess.run(
            words,
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=seconds,
        )
        return done.returncode, done.stdout + done.stderr

    def stop(self) -> None:
        """End everything that this system started, also what lost its parent."""
        running = [(slot, slot.process) for slot in self.slots.values() if slot.process]
        for stores in (False, True):
            chosen = [process for _, process in running if process.child.is_store is stores]
            for process in chosen:
                process.ask_to_stop()
            for process in chosen:
                process.wait_stopped()
        for pid in self._marked():
            os.kill(pid, signal.SIGKILL)

    def _start_store(self, store: Store) -> None:
        # PostgreSQL's folder must be looked at before each start; the others would get another port.
        again = {
            describe_postgres: lambda: describe_postgres(self.home).child,
            describe_redis: lambda: store.child,
            describe_mongodb: lambda: store.child,
        }
        describe = next(again[key] for name, key in DESCRIBE.items() if name == store.variable)  # type: ignore[index]
        process = Process(store.child)
        self.slots[store.child.name] = Slot(describe, process)
        process.wait_until_ready()
        self.environment[store.variable] = store.url

    def _find(self, kind: str) -> int | None:
        if kind in PROCESS:
            process = self.slots[PROCESS[kind]].process
            return process.pid if process and process.exit_code is None else None
        slot = "workers" if kind in FORKS else "web" if kind == "web worker" else "PostgreSQL"
        parent = self.slots[slot].process
        if parent is None:
            return None
        found = _children(parent.pid)
        if kind in FORKS:
            found = [pid for pid in found if _name_of(pid) == FORKS[kind]]
        if kind == "PostgreSQL backend":
            found = [pid for pid in found if "postgres: taskforge taskforge" in command_line(pid)]
        return self.chance.choice(found) if found else None

    def _marked(self) -> list[int]:
        """Processes that carry this system's mark in their environment, but this one."""
        needle, found = f"{MARK}={self.mark}".encode(), []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                try:
                    if needle in (entry / "environ").read_bytes():
                        found.append(int(entry.name))
                except OSError:
                    continue
        return found


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _name_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().rstrip("\n")
    except OSError:
        return ""
