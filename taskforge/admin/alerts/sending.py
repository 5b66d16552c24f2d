"""Sends messages to Apprise addresses: chat, mail, push, whatever the library knows.

`apprise` is imported with the first message that is sent, and so only in a relay that has something to tell.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Sequence

import structlog

TRIES = 3
PAUSE_SECONDS = 1.0
DEADLINE_SECONDS = (
    40.0  # a try takes at most 8 s: four to connect, four to answer, the library's defaults
)
_SCHEME = re.compile(r"[a-z0-9+]{1,20}(?=://)")


def send(addresses: Sequence[str], title: str, body: str) -> bool:
    """Send a message to each address, with some tries; whether one of them took it.

    Addresses hold secrets: logs name only their place in the list and their kind.
    """
    import apprise  # late: see the module

    logging.getLogger("apprise").setLevel(
        logging.CRITICAL + 1
    )  # it logs addresses that it can't read
    deadline = time.monotonic() + DEADLINE_SECONDS
    taken = 0
    for number, address in enumerate(addresses, start=1):
        receiver = apprise.Apprise()
        if receiver.add(address) and _try(receiver, title, body, deadline):
            taken += 1
            continue
        kind = _SCHEME.match(address)
        structlog.get_logger().warning(
            "alert_not_taken", address_number=number, kind=kind[0] if kind else "unknown"
        )
    return taken > 0


def _try(receiver: object, title: str, body: str, deadline: float) -> bool:
    for number in range(TRIES):
        if receiver.notify(title=title, body=body):  # type: ignore[attr-defined]
            return True
        if time.monotonic() > deadline:
            return False
        if number < TRIES - 1:
            time.sleep(PAUSE_SECONDS)
    return False
