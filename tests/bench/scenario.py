"""One thing that is measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.bench.load import Flow


@dataclass(frozen=True)
class Scenario:
    """One thing that is asked for again and again.

    ``fact`` names the audit event that every answered request must have left (None: it only reads). ``before`` does
    something that is not measured, such as a change; then ``burst`` requests are, one of each connection, where given.
    """

    name: str
    title: str
    flow: Flow
    is_floor: bool = False
    connections: int = 8
    statuses: tuple[int, ...] = (200,)
    fact: str | None = None
    burst: int | None = None
    before: Callable[[int], None] | None = None
