"""Child processes: start one with a log, check whether it is ready, stop it, and end what earlier runs left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO

from taskforge.server.forking import Fork, follow_parent

LOG_LIMIT_BYTES = 5_000_000
POLL_SECONDS = 0.03


class StartFailed(Exception):
    """Something could not be started; the message is a sentence for the person at the terminal."""


@dataclass(frozen=True)
class Account:
    """The user and group that a child runs as."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, kw_only=True)
class Child:
    """A command and how to supervise it, or a function to be run by a fork, which has no log or account of its own.

    `is_store` children are stopped after all others, and end the supervisor when restarts do not help. `pid_file` and
    `marker`, a text in the command line, identify the process of an earlier run. `is_ready` is asked until it answers
    true, for at most `ready_seconds`; after the stop signal the child has `grace_seconds` before it is killed.
    """

    name: str
    command: tuple[str, ...] = ()
    run: Callable[[], int] | None = None
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    log: Path | None = None
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace_seconds: float = 10.0
    is_store: bool = False
    is_ready: Callable[[], bool] = field(default=lambda: True, repr=False)
    ready_seconds: float = 30.0
    pid_file: Path | None = None
    marker: str = ""


class Process:
    """One running child. On Linux it gets its stop signal when the thread that started it ends."""

    def __init__(self, child: Child) -> None:
        end_leftover(child)
        self.child = child
        self.started_at = time.monotonic()
        self._popen: subprocess.Popen[bytes] | Fork = (
            Fork(child.name, child.run, child.stop_signal) if child.run else _spawn(child)
        )
        if child.pid_file:
            child.pid_file.write_text(str(self.pid))

    @property
    def pid(self) -> int:
        """The process id, also its process group and session."""
        return self._popen.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative for the signal that ended it."""
        return self._popen.poll()

    def is_ready(self) -> bool:
        """Whether it is ready; a check that fails means not yet."""
        try:
            return self.exit_code is None and self.child.is_ready()
        except (OSError, ValueError, IndexError):
            return False

    def wait_until_ready(self, *, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Block until it is ready, or until `cancelled()` is true.

        Raises:
            StartFailed: it ended or was not ready in time; the message has the end of its log.
        """
        deadline = time.monotonic() + self.child.ready_seconds
        while not self.is_ready() and not cancelled():
            if self.exit_code is not None:
                raise StartFailed(
                    f"{self.child.name} {describe_exit(self.exit_code)}.{self.log_tail()}"
                )
            if time.monotonic() > deadline:
                seconds = f"{self.child.ready_seconds:.0f} s"
                raise StartFailed(
                    f"{self.child.name} did not answer within {seconds}.{self.log_tail()}"
                )
            time.sleep(POLL_SECONDS)

    def ask_to_stop(self) -> None:
        """Send the child's stop signal, if it still runs."""
        if self.exit_code is None:
            self._popen.send_signal(self.child.stop_signal)

    def wait_stopped(self, *, hurry: Callable[[], bool] = lambda: False) -> bool:
        """Wait for its end for `grace_seconds`, or until `hurry()` is true, then kill its process group.

        Returns whether it ended by itself.
        """
        deadline = time.monotonic() + self.child.grace_seconds
        while self.exit_code is None and time.monotonic() < deadline and not hurry():
            time.sleep(POLL_SECONDS)
        ended_by_itself = self.exit_code is not None
        if not ended_by_itself:
            self.kill()
        return ended_by_itself

    def kill(self) -> None:
        """SIGKILL to the child and its process group."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            self._popen.kill()
        self._popen.wait()

    def log_tail(self, lines: int = 12) -> str:
        """The last lines of its log, indented for a terminal; empty without a log."""
        return log_tail(self.child.log, lines) if self.child.log else ""


def end_leftover(child: Child) -> None:
    """Stop the process that an earlier run of this child left behind, and wait for its end.

    When a launcher was killed, its stores may still be shutting down while the next one starts; two servers on one data
    folder would destroy it. A process id that another program has by now is left alone.

    Raises:
        StartFailed: it does not end, even after SIGKILL.
    """
    pid = _earlier_pid(child)
    if pid is None:
        return
    for signal_number, patience in ((child.stop_signal, 15.0), (signal.SIGKILL, 5.0)):
        _signal(pid, signal_number)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if _earlier_pid(child) is None:
                return
            time.sleep(POLL_SECONDS)
    raise StartFailed(
        f"An earlier {child.name} (process {pid}) does not end; stop it, then try again."
    )


def command_line(pid: int) -> str:
    """The command line of a process; empty when there is no such process (or it is a zombie)."""
    proc = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self/cmdline").exists():
        try:
            return proc.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    listing = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True
    )
    return listing.stdout.strip()


def free_port(start: int = 0) -> int:
    """A free TCP port on 127.0.0.1: any, or the first from `start` on.

    Raises:
        StartFailed: none of 200 ports is free.
    """
    for port in range(start, start + 200) if start else (0,):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise StartFailed(f"No free port between {start} and {start + 199}.")


def log_tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log, indented for a terminal; empty when it can't be read."""
    try:
        text = log.read_text(errors="replace")
    except OSError:
        return ""
    tail = "".join(f"\n    {line}" for line in text.splitlines()[-lines:])
    return f" The end of {log}:{tail}" if tail else f" Its log, {log}, is empty."


def describe_exit(code: int) -> str:
    """An exit code as words that follow the name of a process; negative codes are signals."""
    return (
        f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
    )


def _spawn(child: Child) -> subprocess.Popen[bytes]:
    account = child.account
    output = _open_log(child.log) if child.log else None
    try:
        return subprocess.Popen(
            child.command,
            env=dict(child.env) if child.env is not None else None,
            cwd=child.cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            # A session of its own: Ctrl-C reaches only the supervisor, which stops things in order.
            start_new_session=True,
            preexec_fn=partial(follow_parent, os.getpid(), int(child.stop_signal)),
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    except OSError as error:
        raise StartFailed(
            f"{child.name} can't be started: {error.strerror} ({error.filename})."
        ) from error
    finally:
        if output:
            output.close()


def _open_log(log: Path) -> IO[bytes]:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(".old.log"))
    return log.open("ab")


def _earlier_pid(child: Child) -> int | None:
    if not child.pid_file or not child.marker:
        return None
    try:
        pid = int(child.pid_file.read_text())
    except (OSError, ValueError):
        return None
    return pid if child.marker in command_line(pid) else None


def _signal(pid: int, signal_number: int) -> None:
    try:
        os.kill(pid, signal_number)
    except (ProcessLookupError, PermissionError):
        return
