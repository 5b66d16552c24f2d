"""A realistic store for measurements: many people, teams and boards, thousands of cards, half a year of audit log.

``fill`` writes it into the empty stores of an application: exactly what the units of work would have left, without
their round trips, so that 25,000 audit events take seconds; the doctor finds nothing wrong with it. ``kept_store``
makes it once in a folder and keeps it there until the schema or the size changes; ``copy_store`` gives a run its
own copy::

    home = kept_store(Size(tasks=7_000, events=25_000))
    copy_store(home, folder)         # then start the stores in `folder`, with AUDIT_KEY in the environment
    store = read_store(folder)

``python -m tests.bench.store --tasks 100000 --events 1000000`` makes one beforehand.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from taskforge import clock, create_app
from taskforge.admin import doctor_probes
from taskforge.audit import chain
from taskforge.cli import init_migrations
from taskforge.config import Config
from taskforge.dev import postgres
from taskforge.dev.commands import ROOT
from taskforge.dev.servers import Home, describe_mongodb, describe_postgres, describe_redis, running
from taskforge.dev.servers import Store as Server
from taskforge.history import snapshots
from taskforge.notifications import due_sweep
from taskforge.notifications import jobs as notifications
from taskforge.reports import projection
from taskforge.search import rebuilding
from taskforge.stores import doctor, sql
from taskforge.stores.indexes import ensure_indexes
from tests.bench.store_history import History
from tests.bench.store_rows import insert_rows, seal, update_rows
from tests.bench.store_state import BoardState
from tests.bench.store_team import board_updates, write_people, write_teams

KEPT_IN = ROOT / ".data" / "bench-stores"
# The chain of a kept store verifies with this key alone. Production refuses what repeats itself.
AUDIT_KEY = hashlib.sha256(b"the audit key of measurements").hexdigest()
SECRET_KEY = "0123456789abcdef" * 4
HALF_YEAR = timedelta(days=182)
BEFORE_WORK = timedelta(days=2)
SNAPSHOT_SECONDS = 600.0
VIEWERS = 20
STORE_FILE = "store.json"
# What decides how a store looks: the tables, and the code that fills them.
SOURCES = (ROOT / "migrations" / "versions", ROOT / "tests" / "bench")

_ADD_UP = text("SELECT count(*) FROM audit_logs")


@dataclass(frozen=True, kw_only=True)
class Size:
    """How large a store is; the same size and end give the same people, cards and events. Ids of teams are new."""

    people: int = 500
    teams: int = 6
    boards_each: int = 4
    tasks: int = 7_000
    events: int = 25_000
    seed: int = 1


@dataclass(frozen=True)
class StoredBoard:
    """A board: its columns from left to right, its tasks oldest first, and who may change it (the leader first)."""

    board_id: str
    team_id: str
    columns: list[str]
    tasks: list[str]
    members: list[str]


@dataclass(frozen=True)
class Store:
    """What is in a store. The first person leads every team; ``tests.bench.store_team.PASSWORD`` logs everybody in."""

    people: list[str]
    boards: list[StoredBoard]


def fill(app: Flask, size: Size, until: datetime | None = None) -> Store:
    """Fill the empty stores of an application, with events up to `until` (the present).

    Raises:
        ValueError: there are fewer events than it takes to make the people, teams and cards.
    """
    until = clock.to_milliseconds(until or clock.now() - timedelta(hours=1))
    since = until - HALF_YEAR
    chance = Random(size.seed)
    with app.app_context():
        people = write_people(chance, size.people, since - BEFORE_WORK)
        made = write_teams(
            chance,
            people,
            teams=size.teams,
            boards_each=size.boards_each,
            since=since - BEFORE_WORK / 2,
        )
        left = size.events - int(sql.scalar(_ADD_UP))
        if left < size.tasks:
            raise ValueError(f"{size.events} events are too few for {size}.")
        history = History(chance, made, since, until)
        history.write(size.tasks, left)
        update_rows("boards", "board_id", list(board_updates(made)))
        insert_rows("board_view_preferences", _views(made, until))
        seal(app.config["TASKFORGE"].audit_key.encode())
        while snapshots.take_due(seconds=SNAPSHOT_SECONDS):
            pass
        _analyze()
    return Store(people, [_stored(board) for board in made])


def kept_store(size: Size, folder: Path = KEPT_IN) -> Path:
    """The folder with the stores of this size, not running; made now unless it was made before."""
    home = folder / _fingerprint(size)
    if not (home / STORE_FILE).exists():
        began = time.monotonic()
        print(
            f"Making a store with {size.tasks} cards and {size.events} audit events ...", flush=True
        )
        _make(home, size)
        print(f"It took {time.monotonic() - began:.0f} s.", flush=True)
    return home


def copy_store(kept: Path, folder: Path) -> None:
    """Copy the stores of a kept folder into an empty one: PostgreSQL and MongoDB; Redis holds hints only."""
    kept, folder = kept.resolve(), folder.resolve()  # PostgreSQL's folder is named by the path
    home = Home(folder)
    home.prepare()
    pairs = [(kept / name, folder / name) for name in ("mongodb", "secantusd.toml", STORE_FILE)]
    data = postgres.find_place(folder).data
    data.parent.mkdir(parents=True, exist_ok=True)
    for source, target in [*pairs, (postgres.find_place(kept).data, data)]:
        subprocess.run(["cp", "-a", "--reflink=auto", str(source), str(target)], check=True)


def read_store(folder: Path) -> Store:
    """What is in the stores of a folder."""
    found = json.loads((folder / STORE_FILE).read_text())
    return Store(found["people"], [StoredBoard(**board) for board in found["boards"]])


def _make(home: Path, size: Size) -> None:
    shutil.rmtree(home, ignore_errors=True)
    shutil.rmtree(postgres.find_place(home).data, ignore_errors=True)
    Home(home).prepare()
    # Made without waiting for the disk, which the regular stop does once.
    fast = Home(home, durable=False)
    describers: list[Callable[[], Server]] = [
        partial(describe_postgres, fast, "taskforge"),
        partial(describe_mongodb, Home(home), "taskforge"),
        partial(describe_redis, fast),
    ]
    with running(describers) as stores:
        urls = {store.variable: store.url for store in stores}
        config = Config(
            database_url=urls["DATABASE_URL"],
            mongodb_uri=urls["MONGODB_URI"],
            redis_url=urls["REDIS_URL"],
            secret_key=SECRET_KEY,
            audit_key=AUDIT_KEY,
            argon2_time_cost=1,
            argon2_memory_kib=64,
            mongodb_timeout_ms=60_000,
            database_statement_timeout_ms=600_000,
            database_deadline_seconds=600,
        )
        app = create_app(config)
        init_migrations(app)
        with app.app_context():
            upgrade(directory=str(ROOT / "migrations"))
            ensure_indexes()
        store = fill(app, size)
        with app.app_context():
            _tell_of_due_cards()
            _fill_projections()
        _examine(app)
    (home / STORE_FILE).write_text(json.dumps(asdict(store)))


def _tell_of_due_cards() -> None:
    """Tell of the cards that are due at the end of the store's time, as the relay and the worker would have."""
    due_sweep.tell_all()
    notifications.deliver()


def _fill_projections() -> None:
    """Have everything searched and reported that the log tells of, as the relay would have."""
    rebuilding.begin()
    for _ in rebuilding.rebuild():
        pass
    while projection.has_due():
        projection.keep_transitions(seconds=SNAPSHOT_SECONDS)


def _examine(app: Flask) -> None:
    """Let the doctor look at it.

    Raises:
        AssertionError: the store is not what the units of work would have left.
    """
    with app.app_context():
        found = doctor.examine(doctor_probes.probes()).found
        verified = chain.verify(app.config["TASKFORGE"].audit_key.encode())
    if found or verified.problem or verified.unsealed:
        raise AssertionError(f"the store is wrong: {found[:5]} {verified}")


def _fingerprint(size: Size) -> str:
    """Names a store by its size and by everything that decides how it is written."""
    digest = hashlib.sha256(repr(size).encode())
    for folder in SOURCES:
        for path in sorted(folder.glob("*.py" if folder.name == "versions" else "store*.py")):
            digest.update(path.read_bytes())
    return f"{size.tasks}-{size.events}-{digest.hexdigest()[:12]}"


def _views(made: Sequence[BoardState], at: datetime) -> list[dict[str, object]]:
    """Some people have looked at the boards."""
    return [
        {
            "user_id": user_id,
            "board_id": board.board_id,
            "seen_seq": board.seq,
            "seen_at": at,
            "folded": [],
        }
        for board in made
        for user_id in board.members[:VIEWERS]
    ]


def _stored(board: BoardState) -> StoredBoard:
    columns = [column["column_id"] for column in board.columns]
    return StoredBoard(board.board_id, board.team_id, columns, board.task_ids, board.members)


def _analyze() -> None:
    """Tell the planner how large the tables are, as autovacuum does on a server that runs."""
    sql.execute_now(text("VACUUM ANALYZE"))


def main(arguments: Sequence[str]) -> None:
    """Make a store and print where it is."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.store")
    for name, default in asdict(Size()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=default)
    print(kept_store(Size(**vars(parser.parse_args(arguments)))))


if __name__ == "__main__":
    main(sys.argv[1:])
