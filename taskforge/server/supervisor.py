"""A small supervisor: starts child processes, restarts those that end, and stops all of them in order.

`make run` runs everything under it, `worker.py all` the workers. Stores stop last, so that the other processes can
finish their work. A second Ctrl-C while stopping kills what is left.
"""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import FrameType

from taskforge.server.processes import POLL_SECONDS, Child, Process, StartFailed, describe_exit

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
FIRST_DELAY_SECONDS = 0.25
LONGEST_DELAY_SECONDS = 10.0
STEADY_SECONDS = 30.0
STORE_FALSE_STARTS = 4


def say(message: str) -> None:
    """Print to the terminal; a closed terminal is no error."""
    with contextlib.suppress(OSError):
        print(message, flush=True)


@dataclass
class _Slot:
    """A child and its present process, which is None while it waits for its restart.

    `failures` counts ends in a row without a run of `STEADY_SECONDS` between them, and sets the delay of the restart;
    `false_starts` counts restarts in a row that never became ready.
    """

    child: Child
    process: Process | None
    failures: int = 0
    false_starts: int = 0
    start_at: float = 0.0
    was_ready: bool = True


class Supervisor:
    """Keeps children running until a signal, or until a store can't be kept running. `tell` prints its messages."""

    def __init__(self, tell: Callable[[str], None] = say) -> None:
        self._tell = tell
        self._slots: list[_Slot] = []
        self._signals_seen = 0

    @property
    def is_stopping(self) -> bool:
        """Whether a stop signal was received."""
        return self._signals_seen > 0

    def listen(self) -> None:
        """Handle SIGINT, SIGTERM and SIGHUP (a closed terminal) as requests to stop everything."""
        for number in STOP_SIGNALS:
            signal.signal(number, self._count_signal)

    def adopt(self, process: Process) -> None:
        """Supervise a child that runs already."""
        self._slots.append(_Slot(process.child, process))

    def start(self, child: Child) -> None:
        """Start a child and wait until it is ready, or until a stop signal.

        Raises:
            StartFailed: it ended or was not ready in time.
        """
        if self.is_stopping:
            return
        process = Process(child)
        self.adopt(process)
        process.wait_until_ready(cancelled=lambda: self.is_stopping)

    def watch(self) -> int:
        """Keep everything running until a stop signal. Returns the exit code: 1 when a store was given up."""
        while not self.is_stopping:
            for slot in self._slots:
                if not self._keep(slot):
                    return 1
            time.sleep(POLL_SECONDS * 4)
        return 0

    def stop(self) -> None:
        """Stop everything: first the processes that use the stores, then the stores."""
        seen = self._signals_seen
        for stores in (False, True):
            running = [
                slot.process
                for slot in self._slots
                if slot.process and slot.child.is_store is stores
            ]
            for process in running:
                process.ask_to_stop()
            for process in running:
                if not process.wait_stopped(hurry=lambda: self._signals_seen > seen):
                    self._tell(f"{process.child.name} did not stop by itself and was killed.")

    def _keep(self, slot: _Slot) -> bool:
        """Check a child and restart it when its delay is over. Returns False when it is given up."""
        process, now = slot.process, time.monotonic()
        if process is None:
            if now >= slot.start_at:
                self._restart(slot)
            return True
        if process.exit_code is None:
            return self._check_alive(slot, process)
        return self._record_end(slot, describe_exit(process.exit_code), process)

    def _check_alive(self, slot: _Slot, process: Process) -> bool:
        age = time.monotonic() - process.started_at
        if not slot.was_ready:
            slot.was_ready = process.is_ready()
            if not slot.was_ready and age > slot.child.ready_seconds:
                process.kill()
                return self._record_end(slot, "does not answer", process)
        if slot.was_ready:
            slot.false_starts = 0
            slot.failures = slot.failures if age < STEADY_SECONDS else 0
        return True

    def _record_end(self, slot: _Slot, what: str, process: Process) -> bool:
        slot.process = None
        slot.failures += 1
        slot.false_starts += 0 if slot.was_ready else 1
        if slot.child.is_store and slot.false_starts >= STORE_FALSE_STARTS:
            self._tell(f"{slot.child.name} {what} again and again; giving up.{process.log_tail()}")
            return False
        delay = min(FIRST_DELAY_SECONDS * 2 ** (slot.failures - 1), LONGEST_DELAY_SECONDS)
        slot.start_at = time.monotonic() + delay
        where = f" (see {slot.child.log})" if slot.child.log else ""
        self._tell(f"{slot.child.name} {what}{where}; starting it again in {delay:g} s.")
        return True

    def _restart(self, slot: _Slot) -> None:
        slot.was_ready = False
        try:
            slot.process = Process(slot.child)
        except StartFailed as failure:
            slot.failures += 1
            slot.start_at = time.monotonic() + LONGEST_DELAY_SECONDS
            self._tell(str(failure))

    def _count_signal(self, number: int, frame: FrameType | None) -> None:
        self._signals_seen += 1


def run(children: Iterable[Child], *, tell: Callable[[str], None] = say) -> int:
    """Run children until a signal, then stop them in order. Returns the exit code: 1 when one can't be kept running."""
    supervisor = Supervisor(tell)
    supervisor.listen()
    try:
        for child in children:
            supervisor.start(child)
        return supervisor.watch()
    except StartFailed as failure:
        tell(str(failure))
        return 1
    finally:
        supervisor.stop()
