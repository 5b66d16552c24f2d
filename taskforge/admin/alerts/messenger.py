"""The short-lived process that hands a message to Apprise: ``python -m taskforge.admin.alerts.messenger``.

It reads an object with ``addresses``, ``title`` and ``body`` from standard input, and prints for each address whether
it took the message.
"""

from __future__ import annotations

import json
import logging
import sys
import time

import apprise

TRIES = 3
PAUSE_SECONDS = 1.0
# A try takes at most 8 s: four to connect, four to answer, the library's defaults.
DEADLINE_SECONDS = 40.0


def main() -> None:
    """Send one message to each address, with some tries."""
    # It logs addresses that it can't read.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    order = json.load(sys.stdin)
    deadline = time.monotonic() + DEADLINE_SECONDS
    taken = []
    for address in order["addresses"]:
        receiver = apprise.Apprise()
        is_known = receiver.add(address)
        taken.append(is_known and _try(receiver, order["title"], order["body"], deadline))
    print(json.dumps(taken))


def _try(receiver: apprise.Apprise, title: str, body: str, deadline: float) -> bool:
    for number in range(TRIES):
        if receiver.notify(title=title, body=body):
            return True
        if time.monotonic() > deadline:
            return False
        if number < TRIES - 1:
            time.sleep(PAUSE_SECONDS)
    return False


if __name__ == "__main__":
    main()
