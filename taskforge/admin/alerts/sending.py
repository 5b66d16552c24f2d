"""Sends messages to Apprise addresses: chat, mail, push, whatever the library knows.

It does so in a process of its own (`messenger`), which ends with the message: the relay would keep the 26 MB that the
library takes for as long as it runs.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import structlog

MESSENGER = "taskforge.admin.alerts.messenger"
ROOT = Path(__file__).parents[3]
# The messenger ends by itself after 40 s and one more try; in any case before another relay may send the message.
LONGEST_SECONDS = 55.0
_SCHEME = re.compile(r"[a-z0-9+]{1,20}(?=://)")


def send(addresses: Sequence[str], title: str, body: str) -> bool:
    """Send a message to each address, with some tries; whether one of them took it.

    Addresses hold secrets: they are given over standard input, and logs name only their place in the list and kind.
    """
    order = {"addresses": list(addresses), "title": title, "body": body}
    taken = _run(json.dumps(order)) or [False] * len(addresses)
    for number, address in enumerate(addresses, start=1):
        if not taken[number - 1]:
            kind = _SCHEME.match(address)
            structlog.get_logger().warning(
                "alert_not_taken", address_number=number, kind=kind[0] if kind else "unknown"
            )
    return any(taken)


def _run(order: str) -> list[bool]:
    """What the messenger answers, for each address; nothing when it failed."""
    command = [sys.executable, "-m", MESSENGER]
    try:
        done = subprocess.run(
            command,
            input=order,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a library's own words could hold an address
            cwd=ROOT,
            timeout=LONGEST_SECONDS,
            text=True,
            check=True,
        )
        answer: list[bool] = json.loads(done.stdout)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        structlog.get_logger().warning("messenger_failed", why=type(error).__name__)
        return []
    return answer
