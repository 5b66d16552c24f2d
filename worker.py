"""The background processes: ``worker.py rq [QUEUE ...]``, ``worker.py relay``, ``worker.py all``.

Each queue has a process of its own. Several of them, or ``all``, run under a supervisor that restarts those that end.
"""

from __future__ import annotations

import argparse
import signal
import sys
from types import FrameType

from taskforge import create_worker_app
from taskforge.config import ConfigError, load_config
from taskforge.messaging.queues import QUEUES
from taskforge.server.processes import Child
from taskforge.server.reporter import RELAY, WORKER, reporting
from taskforge.server.supervisor import run as supervise


def main(arguments: list[str]) -> int:
    """Run what the command line names; answers the exit code."""
    options = parse(arguments)
    try:
        if options.what == "relay":
            return run_relay()
        queues = getattr(options, "queues", None) or list(QUEUES)
        if options.what == "rq" and len(queues) == 1:
            return run_queue(queues[0])
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    words = [("rq", queue) for queue in queues]
    return supervise(
        child(*each) for each in (words if options.what == "rq" else [*words, ("relay",)])
    )


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line; exits with a sentence if it is wrong."""
    parser = argparse.ArgumentParser(prog="worker.py", description=__doc__.split("\n", 1)[0])
    kinds = parser.add_subparsers(dest="what", required=True)
    rq = kinds.add_parser("rq", help="work on queues (default: all of them)")
    rq.add_argument("queues", nargs="*", metavar="QUEUE", help=", ".join(QUEUES))
    kinds.add_parser("relay", help="bring MongoDB up to PostgreSQL")
    kinds.add_parser("all", help="all queues and the relay")
    options = parser.parse_args(arguments)
    unknown = [queue for queue in getattr(options, "queues", []) if queue not in QUEUES]
    if unknown:
        parser.error(f"there is no queue {unknown[0]!r}; the queues are {', '.join(QUEUES)}")
    return options


def run_queue(queue: str) -> int:
    """Work on one queue until a signal."""
    from taskforge.server.rq_worker import work

    config = load_config().replaced(redis_timeout_seconds=2.0, database_pool_size=2)
    app = create_worker_app(config)
    with reporting(app, WORKER):
        work(app, queue)
    return 0


def run_relay() -> int:
    """Relay until a signal, with longer time limits for the stores than a request has."""
    from taskforge.admin.maintenance import chores
    from taskforge.admin.watch import watching
    from taskforge.stores.relay import Relay

    config = load_config().replaced(
        mongodb_timeout_ms=5000, redis_timeout_seconds=2.0, database_pool_size=3
    )
    app = create_worker_app(config)
    with app.app_context():
        relay = Relay(chores())

        def stop(_number: int, _frame: FrameType | None) -> None:
            relay.stop()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        with reporting(app, RELAY), watching(app):
            relay.run()
    return 0


def child(*words: str) -> Child:
    """A process of this program with other arguments, for the supervisor."""
    return Child(name=" ".join(words), command=(sys.executable, __file__, *words))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
