"""Child processes that are forks of this one: they share the memory of all that was loaded before."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable

from taskforge.server.allocator import trim

PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def freeze() -> None:
    """Keep the garbage collector away from what is loaded now: it would touch, and so copy, its pages in each child."""
    gc.collect()
    trim()
    gc.freeze()


def follow_parent(parent: int, signal_number: int) -> None:
    """In a child: ask the kernel for a signal when the parent dies (Linux only)."""
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:  # it died before the request was made
        os._exit(1)


class Fork:
    """A fork that runs a function, with what the supervisor uses of `subprocess.Popen`.

    The child has a session of its own, this process's default signal handlers, and the name for `ps`; its exit code is
    what the function answers. The parent must have no other threads.
    """

    def __init__(self, name: str, run: Callable[[], int], stop_signal: int) -> None:
        self._code: int | None = None
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        parent = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            _run_child(name, run, stop_signal, parent, blocked)
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)

    def poll(self) -> int | None:
        """The exit code, negative for the signal that ended it; None while it runs."""
        if self._code is None:
            with contextlib.suppress(ChildProcessError):
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                if pid:
                    self._code = os.waitstatus_to_exitcode(status)
        return self._code

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def wait(self) -> int:
        """Wait for its end; the exit code."""
        while (code := self.poll()) is None:
            time.sleep(0.01)
        return code


def _run_child(
    name: str,
    run: Callable[[], int],
    stop_signal: int,
    parent: int,
    blocked: set[signal.Signals | int],
) -> None:
    code = 1
    try:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        follow_parent(parent, stop_signal)
        if _libc is not None:
            _libc.prctl(PR_SET_NAME, name.encode())
        code = run()
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
