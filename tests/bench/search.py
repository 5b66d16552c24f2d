"""What a search costs, beside what PostgreSQL alone needs for the same statement::

    python -m tests.bench.search --tasks 100000 --comments 300000

Servers of its own in a temporary folder; everything is seeded. It prints the time of the rebuild, the size of table and
indexes, and for each kind of query: how many were found, time (p50 and p95) and processor time of our process and of
PostgreSQL, and the time of the statement alone on a plain connection.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import psycopg2
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event, text

from taskforge import clock, create_app
from taskforge.cli import init_migrations
from taskforge.config import Config
from taskforge.dev.commands import ROOT
from taskforge.extensions import db
from taskforge.search import queries, rebuilding
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.indexes import ensure_indexes
from tests.bench.search_texts import Board, Words, write_texts
from tests.bench.store_team import write_people, write_teams
from tests.servers import start_servers
from tests.web_servers import PATIENCE, SECRETS

TICKS = os.sysconf("SC_CLK_TCK")
SIZES = text("""
    SELECT relname, pg_relation_size(oid) AS bytes
    FROM   pg_class
    WHERE  relname LIKE '%search_entries%'
    ORDER  BY relname
""")


def main() -> None:
    """Fill, rebuild, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--comments", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=20)
    given = parser.parse_args()
    with start_servers(None) as servers:
        config = Config(
            database_url=servers.database_url, mongodb_uri=servers.mongodb_uri, redis_url=servers.redis_url,
            argon2_time_cost=1, argon2_memory_kib=64, testing=True, **SECRETS, **PATIENCE,
        )  # fmt: skip
        app = create_app(config.replaced(mongodb_timeout_ms=60_000))
        init_migrations(app)
        with app.app_context():
            sql.be_patient(db.engine, 600)
            upgrade(directory=str(ROOT / "migrations"))
            ensure_indexes()
            readers, words = _fill(given.tasks, given.comments)
            _rebuild(app)
            _measure(servers.database_url, readers, words, given.rounds)


def _fill(tasks: int, comments: int) -> tuple[dict[str, Actor], Words]:
    began, chance = time.monotonic(), Random(1)
    since = clock.now() - timedelta(days=182)
    people = write_people(chance, 500, since)
    states = write_teams(chance, people, teams=5, boards_each=4, since=since)
    columns: dict[str, list[tuple[str, str]]] = {}
    for row in sql.rows(text("SELECT board_id, column_id, status FROM columns")):
        columns.setdefault(row["board_id"], []).append((row["column_id"], row["status"]))
    boards = [
        Board(one.team_id, one.board_id, columns[one.board_id], list(one.members)) for one in states
    ]
    words = Words(chance)
    write_texts(chance, words, boards, tasks=tasks, comments=comments, since=since)
    print(
        f"filled: {tasks} tasks, {comments} comments in {time.monotonic() - began:.0f} s",
        flush=True,
    )
    return {
        "all boards": Actor(user_id=people[0]),
        "4 of 20 boards": Actor(user_id=boards[0].people[1]),
    }, words


def _rebuild(app: Flask) -> None:
    rebuilding.begin()
    began, cpu, backend = time.monotonic(), time.process_time(), _backend_seconds()
    rows = sum(rebuilding.rebuild())
    seconds = time.monotonic() - began
    print(
        f"rebuilt: {rows} rows in {seconds:.0f} s ({1000 * seconds / rows:.2f} ms each;"
        f" ours {time.process_time() - cpu:.0f} s, PostgreSQL {_backend_seconds() - backend:.0f} s of processor time)"
    )
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    for row in sql.rows(SIZES):
        print(f"size: {row['relname']:32} {row['bytes'] / 1e6:8.1f} MB", flush=True)


def _cases(words: Words) -> Iterator[tuple[str, list[str]]]:
    ranked = [word for word in words.vocabulary if len(word) > 3]
    yield "the commonest words", words.vocabulary[:10]
    yield "common words", ranked[20:60:4]
    yield "middling words", ranked[300:600:30]
    yield "rare words", ranked[9000:12000:300]
    yield "two common words", [f"{ranked[n]} {ranked[n + 7]}" for n in range(20, 40, 2)]
    yield "common and rare", [f"{ranked[n]} {ranked[9000 + n]}" for n in range(10)]
    yield "two letters", [word[:2] for word in ranked[:10]]
    yield "four letters", [word[:4] for word in ranked[100:200:10]]
    yield "a phrase", [f'"{ranked[n]} {ranked[n + 1]}"' for n in range(10)]
    yield "a key", [f"{number}" for number in range(1, 11)]
    yield (
        "other scripts",
        ["検索", "检索", "日本", "Überzug", "ёлка", "مدرسة", "max_retry", "ana@example.com"],
    )
    yield "nothing", [f"qqq{n}" for n in range(10)]


def _measure(url: str, readers: dict[str, Actor], words: Words, rounds: int) -> None:
    heads = "".join(
        f"{head:>9}" for head in ("found", "p50", "p95", "ours", "pg", "bare p50", "bare p95")
    )
    print(f"\n{'query':22}{'reader':16}{heads}")
    every: list[float] = []
    for name, typed in _cases(words):
        for reader, actor in readers.items():
            statements = _statements(actor, typed)
            found = statistics.median(
                len(queries.search(actor, one, limit=26).hits) for one in typed
            )
            took, cpu, backend = [], time.process_time(), _backend_seconds()
            turns = max(1, rounds // len(typed)) * len(typed)
            for turn in range(turns):
                began = time.perf_counter()
                queries.search(actor, typed[turn % len(typed)], limit=26)
                took.append(1000 * (time.perf_counter() - began))
            ours = 1000 * (time.process_time() - cpu) / turns
            pg = 1000 * (_backend_seconds() - backend) / turns
            bare = _bare(url, statements, turns)
            every += took
            figures = (_p(took, 50), _p(took, 95), ours, pg, _p(bare, 50), _p(bare, 95))
            shown = "".join(f"{figure:9.1f}" for figure in figures)
            print(f"{name:22}{reader:16}{found:9.0f}{shown}", flush=True)
    print(
        f"\nall: p50 {_p(every, 50):.1f} ms, p95 {_p(every, 95):.1f} ms, longest {max(every):.0f} ms"
    )


def _statements(actor: Actor, typed: Sequence[str]) -> list[str]:
    """The statements that searches send, as they are sent."""
    sent: list[str] = []

    def note(_connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "by_key" in statement:
            sent.append(cursor.mogrify(statement, parameters).decode())

    event.listen(db.engine, "before_cursor_execute", note)
    for one in typed:
        queries.search(actor, one, limit=26)
    event.remove(db.engine, "before_cursor_execute", note)
    return sent


def _bare(url: str, statements: Sequence[str], turns: int) -> list[float]:
    took = []
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SET random_page_cost = 1.1")
        for turn in range(turns if statements else 0):
            began = time.perf_counter()
            cursor.execute(statements[turn % len(statements)])
            cursor.fetchall()
            took.append(1000 * (time.perf_counter() - began))
    connection.close()
    return took or [0.0]


def _backend_seconds() -> float:
    """The processor time of PostgreSQL's processes that serve us."""
    total = 0
    for row in sql.rows(
        text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
    ):
        fields = Path(f"/proc/{row['pid']}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def _p(values: Sequence[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


if __name__ == "__main__":
    main()
    sys.stdout.flush()
