"""Limits of the work that formatting texts takes: steps for one text, processor time for all texts of a request.

The steps make the answer to a text always the same, so that it can be cached. The time protects a page of many texts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from taskforge.errors import ClientLeft

# Processor time for all texts of one request. Ordinary text takes about 5 ms for 10,000 characters.
REQUEST_SECONDS = 0.5
STEPS = 2_000
STEPS_FOR_EACH_CHARACTER = 0.5
STEPS_BETWEEN_LOOKS = 32


class TooMuchWork(Exception):
    """A text takes more steps than a text of its length may take: in every request."""


class OutOfTime(Exception):
    """The request has no time left for formatting; another one may have it."""


@dataclass
class RequestEffort:
    """What is left for the texts of a request; ``is_unwanted`` says whether the client has left."""

    seconds: float
    is_unwanted: Callable[[], bool]


_request: ContextVar[RequestEffort | None] = ContextVar("request_effort", default=None)


class Meter:
    """Counts the steps of one text; `step` is called for each."""

    def __init__(self, length: int) -> None:
        self._left = STEPS + int(length * STEPS_FOR_EACH_CHARACTER)
        self._request = _request.get()
        self._ends = time.thread_time() + self._request.seconds if self._request else None

    def step(self) -> None:
        """Count a step.

        Raises:
            TooMuchWork: the text has used its steps.
            OutOfTime: the request has used its time.
            ClientLeft: nobody waits for the answer.
        """
        self._left -= 1
        if self._left < 0:
            raise TooMuchWork
        if self._left % STEPS_BETWEEN_LOOKS == 0:
            if self._ends is not None and time.thread_time() > self._ends:
                raise OutOfTime
            stop_if_unwanted()


def begin_request(is_unwanted: Callable[[], bool]) -> None:
    """Give a new request its time, in this context (`contextvars`), until `end_request`."""
    _request.set(RequestEffort(REQUEST_SECONDS, is_unwanted))


def end_request() -> None:
    """Work without the limits of a request from now on."""
    _request.set(None)


def is_spent() -> bool:
    """Whether the request has used its time: a text may then be shown as it was typed, which must not be cached."""
    request = _request.get()
    return request is not None and request.seconds <= 0


def stop_if_unwanted() -> None:
    """Stop work for which nobody waits.

    Raises:
        ClientLeft: the client of a reading request has left.
    """
    request = _request.get()
    if request is not None and request.is_unwanted():
        raise ClientLeft


@contextmanager
def metered(text: str) -> Iterator[Meter]:
    """The meter for one text; the processor time until the end of the block is taken off what the request has left.

    Raises:
        OutOfTime: nothing is left.
    """
    request = _request.get()
    if request is None:
        yield Meter(len(text))
        return
    if request.seconds <= 0:
        raise OutOfTime
    began = time.thread_time()
    try:
        yield Meter(len(text))
    finally:
        request.seconds -= time.thread_time() - began
