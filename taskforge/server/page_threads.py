"""The threads in which the web server runs requests."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Job = Callable[[], None]


class PageThreads(Executor):
    """So many threads, started by the first job: a process may fork after this was made.

    `put` is for what needs no future, which is half of what handing a request over costs the library's pool.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._starting = threading.Lock()
        weakref.finalize(self, self._jobs.put, None)

    def put(self, job: Job) -> None:
        """Run a job, which raises nothing, in the next thread that is free."""
        self._jobs.put(job)
        if not self._threads:
            self._start()

    def submit(
        self,
        function: Callable[Parameters, Result],
        /,
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Future[Result]:
        """The same with a future, as of every executor."""
        future: Future[Result] = Future()
        self.put(partial(_complete, future, partial(function, *args, **kwargs)))
        return future

    def stop(self, seconds: float) -> None:
        """Let the threads finish what was put, for so long; nothing may be put from now on."""
        self._jobs.put(None)
        for thread in self._threads:
            thread.join(seconds)

    def _start(self) -> None:
        with self._starting:
            if not self._threads:
                self._threads = [
                    threading.Thread(
                        target=_work, args=(self._jobs,), name=f"page_{number}", daemon=True
                    )
                    for number in range(self.count)
                ]
                for thread in self._threads:
                    thread.start()


def _work(jobs: SimpleQueue[Job | None]) -> None:
    while (job := jobs.get()) is not None:
        job()
        del job  # and with it the request, until the next one comes
    jobs.put(None)  # for the next thread


def _complete(future: Future[Any], function: Callable[[], Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = function()
    except BaseException as error:
        future.set_exception(error)
    else:
        future.set_result(result)
