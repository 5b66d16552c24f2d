"""What a piece of work costs every process: processor time by process, statements and commands by store.

Work that goes on after the answers (sealing, copies in MongoDB, notifications) belongs to the requests that caused it:
`Meter.settle` waits for it before the end of a measurement.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg2
import redis
from pymongo import MongoClient

from taskforge.messaging.queues import QUEUES
from tests.bench.usage import cpu_of_tree, descendants_of, memory_of_tree
from tests.chaos.system import System

WEB, WORKERS = "web", "workers"  # the queues' workers and the relay are forks of one process
POSTGRESQL, MONGODB, REDIS = "PostgreSQL", "MongoDB", "Redis"
ROLES = (WEB, WORKERS, POSTGRESQL, MONGODB, REDIS)
OWN = (WEB, WORKERS)
STORES = (POSTGRESQL, MONGODB, REDIS)
POLL_SECONDS = 0.05
# Every change is to be sealed within this time.
SETTLE_SECONDS = 60.0
LEFT_TO_DO = """
SELECT EXISTS (SELECT FROM outbox WHERE parked_at IS NULL)
    OR EXISTS (SELECT FROM notification_intents WHERE delivered_at IS NULL)
    OR EXISTS (SELECT FROM notification_fan_outs)
    OR EXISTS (SELECT FROM audit_logs l
                WHERE l.log_id > %s
                  AND NOT EXISTS (SELECT FROM audit_chain c WHERE c.log_id = l.log_id))"""
COUNT_STATEMENTS = "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements"
COUNT_FACTS = "SELECT count(*) FROM audit_logs WHERE log_id > %s AND event = %s"
NEWEST_FACT = "SELECT coalesce(max(log_id), 0) FROM audit_logs"
COUNT_CONNECTIONS = """
SELECT count(*) FROM pg_stat_activity
 WHERE application_name = 'taskforge' AND datname = current_database()"""
QUEUE_KEYS = [f"rq:queue:{name}" for name in QUEUES]
RUNNING_KEYS = [f"rq:wip:{name}" for name in QUEUES]


@dataclass(frozen=True)
class Cost:
    """Processor seconds by role, and what the stores were asked, of one measurement."""

    cpu: Mapping[str, float]
    asked: Mapping[str, int]

    def __add__(self, other: Cost) -> Cost:
        """Both together."""
        return Cost(
            {name: self.cpu.get(name, 0.0) + value for name, value in other.cpu.items()},
            {name: self.asked.get(name, 0) + value for name, value in other.asked.items()},
        )

    def __sub__(self, other: Cost) -> Cost:
        """What was added since `other`."""
        return Cost(
            {name: value - other.cpu.get(name, 0.0) for name, value in self.cpu.items()},
            {name: value - other.asked.get(name, 0) for name, value in self.asked.items()},
        )


class Meter:
    """Reads what the processes of a system have used; what it uses itself is not counted."""

    def __init__(self, system: System, extra: Mapping[str, int] | None = None) -> None:
        """`extra` gives further processes a role: their process id by role."""
        self._system, self._extra = system, extra or {}
        environment = system.environment
        self._connection = psycopg2.connect(environment["DATABASE_URL"])
        self._connection.autocommit = True
        self._run("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        self._run("SET pg_stat_statements.track = 'none'")
        self._backend = self._connection.get_backend_pid()
        self._redis = redis.Redis.from_url(environment["REDIS_URL"])
        self._own_commands = 0
        self._mongo: MongoClient[dict[str, Any]] = MongoClient(environment["MONGODB_URI"])
        self._own_questions = 0
        self.mark = 0
        self.remember_newest_fact()

    def close(self) -> None:
        """Give back the connections."""
        self._connection.close()
        self._redis.close()
        self._mongo.close()

    def read(self) -> Cost:
        """What was used since the processes started."""
        cpu: dict[str, float] = defaultdict(float)
        for role, pid in self._pids():
            cpu[role] += cpu_of_tree(pid, without=(self._backend,))
        return Cost(cpu, self._asked())

    def memory_mb(self) -> dict[str, float]:
        """Megabytes (PSS) by role."""
        found: dict[str, float] = defaultdict(float)
        for role, pid in self._pids():
            found[role] += memory_of_tree(pid)
        return found

    def count_processes(self, role: str) -> int:
        """How many processes a role has."""
        return sum(1 + len(descendants_of(pid)) for each, pid in self._pids() if each == role)

    def count_connections(self) -> int:
        """How many connections PostgreSQL has, but for the meter's own."""
        return int(self.ask(COUNT_CONNECTIONS)[0][0])

    def remember_newest_fact(self) -> None:
        """From now on `settle` and `count_facts` look at facts that come later."""
        self.mark = int(self.ask(NEWEST_FACT)[0][0])

    def count_facts(self, event: str) -> int:
        """How many changes of a kind the audit log has got: what was done, whatever was answered."""
        return int(self.ask(COUNT_FACTS, self.mark, event)[0][0])

    def settle(self) -> float:
        """Wait until nothing is left to do after the commits so far; the seconds that it took.

        Raises:
            TimeoutError: something is left after `SETTLE_SECONDS`.
        """
        began = time.monotonic()
        while self._is_busy():
            if time.monotonic() - began > SETTLE_SECONDS:
                raise TimeoutError("work is left long after the answers: is a worker missing?")
            time.sleep(POLL_SECONDS)
        return time.monotonic() - began

    def ask(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """What PostgreSQL answers, on a connection that is not counted."""
        with self._connection.cursor() as cursor:
            cursor.execute(question, values)
            return cursor.fetchall()

    def _is_busy(self) -> bool:
        if self.ask(LEFT_TO_DO, self.mark)[0][0]:
            return True
        pipe = self._redis.pipeline(transaction=False)
        for key in QUEUE_KEYS:
            pipe.llen(key)
        for key in RUNNING_KEYS:
            pipe.zcard(key)
        self._own_commands += len(pipe)
        return any(pipe.execute())

    def _pids(self) -> list[tuple[str, int]]:
        slots = self._system.slots.items()
        found = [(name, slot.process.pid) for name, slot in slots if slot.process]
        return [*found, *self._extra.items()]

    def _asked(self) -> dict[str, int]:
        self._own_commands += 1
        self._own_questions += 1
        commands = int(self._redis.info("stats")["total_commands_processed"])
        questions = int(self._mongo.admin.command("serverStatus")["network"]["numRequests"])
        return {
            POSTGRESQL: int(self.ask(COUNT_STATEMENTS)[0][0]),
            MONGODB: questions - self._own_questions,
            REDIS: commands - self._own_commands,
        }

    def _run(self, statement: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)
