"""The background processes: ``worker.py rq [QUEUE ...]``, ``worker.py relay``, ``worker.py all``.

Each queue has a process of its own. Several of them, or ``all``, are forks of one process that has loaded the
application, and supervises them: it restarts those that end, and all share its memory.
"""

from __future__ import annotations

import argparse
import signal
import sys
from functools import partial
from types import FrameType

from flask import Flask

from taskforge import create_worker_app
from taskforge.admin.maintenance import chores
from taskforge.admin.watch import watching
from taskforge.config import ConfigError, load_config
from taskforge.messaging.queues import MAIL, PUSH, QUEUES
from taskforge.server import reporter
from taskforge.server.allocator import keep_little
from taskforge.server.forking import freeze
from taskforge.server.processes import Child
from taskforge.server.rq_worker import work
from taskforge.server.supervisor import run as supervise
from taskforge.stores.relay import Relay

RELAY = "relay"


def main(arguments: list[str]) -> int:
    """Run what the command line names; answers the exit code."""
    names = parse(arguments)
    keep_little()
    try:
        # Nobody waits for these processes: the stores have longer time limits than in a request. One connection is
        # enough: a queue has one thread that uses it, in the relay the watch waits its turn. The relay listens on
        # another one, which is not the pool's.
        config = load_config().replaced(
            mongodb_timeout_ms=5000,
            redis_timeout_seconds=2.0,
            database_pool_size=1,
            database_pool_wait_seconds=30.0,
        )
        app = create_worker_app(config)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    if len(names) > 1 and not config.smtp_url:  # no mail is ever queued
        names = [name for name in names if name != MAIL]
    if len(names) > 1 and not config.sends_push:  # nor is a push message
        names = [name for name in names if name != PUSH]
    if len(names) == 1:
        return run(app, names[0])
    freeze()
    return supervise(Child(name=name, run=partial(run, app, name)) for name in names)


def parse(arguments: list[str]) -> list[str]:
    """Read the command line: queues to work on, or `RELAY`; exits with a sentence if it is wrong."""
    parser = argparse.ArgumentParser(prog="worker.py", description=__doc__.split("\n", 1)[0])
    kinds = parser.add_subparsers(dest="what", required=True)
    rq = kinds.add_parser("rq", help="work on queues (default: all of them)")
    rq.add_argument("queues", nargs="*", metavar="QUEUE", help=", ".join(QUEUES))
    kinds.add_parser("relay", help="bring MongoDB up to PostgreSQL")
    kinds.add_parser("all", help="all queues and the relay")
    options = parser.parse_args(arguments)
    queues = getattr(options, "queues", None) or list(QUEUES)
    unknown = [queue for queue in queues if queue not in QUEUES]
    if unknown:
        parser.error(f"there is no queue {unknown[0]!r}; the queues are {', '.join(QUEUES)}")
    names = {"rq": queues, "relay": [RELAY], "all": [*queues, RELAY]}
    return names[options.what]


def run(app: Flask, name: str) -> int:
    """Work on the queue of that name, or relay, until a signal."""
    if name == RELAY:
        run_relay(app)
    else:
        with reporter.reporting(app, reporter.WORKER):
            work(app, name)
    return 0


def run_relay(app: Flask) -> None:
    """Relay until a signal."""
    with app.app_context():
        relay = Relay(chores())

        def stop(_number: int, _frame: FrameType | None) -> None:
            relay.stop()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        with reporter.reporting(app, reporter.RELAY), watching(app):
            relay.run()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
