"""PostgreSQL access: autocommit reads, deadlines, and one exception for "not available".

Reads run in autocommit, so that they cost no BEGIN and ROLLBACK and hold no connection while another store is asked.
Changes go through `taskforge.stores.unit_of_work` only.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import psycopg2
import psycopg2.extensions
from psycopg2 import errorcodes
from sqlalchemy import Connection, Engine, Executable, event
from sqlalchemy.exc import DBAPIError, InterfaceError, NotSupportedError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from taskforge.config import Config
from taskforge.errors import Unavailable
from taskforge.extensions import db
from taskforge.messaging.breaker import POSTGRESQL, BreakerOpen, make_breaker
from taskforge.stores import substitutes
from taskforge.stores.counted_cursor import CountedCursor
from taskforge.stores.direct_execution import execute
from taskforge.text.effort import stop_if_unwanted

UNAVAILABLE = "TaskForge's database does not answer right now. Nothing was changed; please try again in a moment."
UNCERTAIN = "TaskForge's database went away while this was being saved. Please send it again: nothing is done twice."
BUSY = "Others are changing the same thing right now. Nothing was changed; please try again."
TOO_SLOW = "That took too long and was stopped. Nothing was changed; please try again, or ask for less at once."
CROWDED = (
    "TaskForge has too much to do right now. Nothing was changed; please try again in a moment."
)

UUID_OID, UUID_ARRAY_OID = 2950, 2951

Row = Mapping[str, Any]
Result = TypeVar("Result")


@dataclass(frozen=True)
class JoinedQuery:
    """A query that is read in the same statement as another one, through a LATERAL join.

    ``sql`` is a constant: a SELECT of at most one row that may name the outer query's tables by their aliases: the
    user ``u`` when it is joined to the identification of a request, the board ``b`` when it is joined to a board's
    lock. Its columns must not have the names of the outer query's columns.
    """

    sql: str
    parameters: Mapping[str, Any]


class _Down(Exception):
    """PostgreSQL could not be reached: counts for the breaker."""


breaker = make_breaker(POSTGRESQL, (_Down,))
# What may mean that PostgreSQL could not be reached; the third comes of a plan that is outdated.
_REFUSALS = (OperationalError, InterfaceError, NotSupportedError, psycopg2.Error)


def engine_options(config: Config) -> dict[str, Any]:
    """Options for SQLAlchemy's engine: bounded pool, bounded waiting at every level.

    No thread needs a second connection while it holds one, so that any number of threads can share the pool.
    """
    settings = (
        f"-c statement_timeout={config.database_statement_timeout_ms}"
        f" -c lock_timeout={config.database_lock_timeout_ms}"
        " -c idle_in_transaction_session_timeout=10000 -c timezone=UTC -c plan_cache_mode=force_generic_plan"
        # What is asked often is in memory or on a solid-state disk: with PostgreSQL's 4, which is for turning ones, a
        # list of a page reads whole tables of other teams instead of an index.
        " -c random_page_cost=1.1"
    )
    return {
        "pool_size": config.database_pool_size,
        "max_overflow": 0,
        "pool_timeout": config.database_pool_wait_seconds,
        "pool_recycle": 1800,
        "pool_use_lifo": True,
        "hide_parameters": True,  # exceptions, and so logs, would name password hashes and texts
        "connect_args": {
            "options": settings,
            "connect_timeout": 3,
            "application_name": "taskforge",
            "cursor_factory": CountedCursor,
        },
    }


def set_client_deadline(seconds: float) -> None:
    """Give every wait for PostgreSQL a deadline on our side, for the whole process.

    A server that hangs but still acknowledges packets is freed by neither statement_timeout nor keepalives.
    """

    def wait(connection: Any) -> None:
        deadline = time.monotonic() + seconds
        while (state := connection.poll()) != psycopg2.extensions.POLL_OK:
            wanted = select.POLLIN if state == psycopg2.extensions.POLL_READ else select.POLLOUT
            # Not select(): a process with live streams has descriptors above 1023.
            poller = select.poll()
            poller.register(connection.fileno(), wanted)
            if not poller.poll(max(0.0, deadline - time.monotonic()) * 1000):
                # psycopg2 closes the connection itself. It holds the connection's lock around a statement, so that
                # close() would wait here for ever.
                raise psycopg2.OperationalError("the server did not answer in time")

    psycopg2.extensions.set_wait_callback(wait)


def be_patient(engine: Engine, seconds: float) -> None:
    """Let statements of this process run long: for the command line, where nobody waits behind them."""
    set_client_deadline(seconds)

    @event.listens_for(engine, "connect")
    def raise_limit(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = %s", [int(seconds * 1000)])
        connection.commit()


def keep_ids_as_text(engine: Engine) -> None:
    """Read UUID columns as text, whatever statement they come from: ids are strings everywhere outside PostgreSQL."""
    as_text = (
        psycopg2.extensions.UNICODE
    )  # in C: a function in Python took 359 calls for a list of 50 tasks
    as_texts = psycopg2.extensions.new_array_type((UUID_ARRAY_OID,), "UUID[]", as_text)

    @event.listens_for(engine, "connect")
    def register(connection: Any, _record: Any) -> None:
        connection.string_types[UUID_OID] = as_text
        psycopg2.extensions.register_type(as_texts, connection)


def rows(statement: Executable, parameters: Mapping[str, Any] | None = None) -> Sequence[Row]:
    """All rows of a read, in autocommit.

    Raises:
        Unavailable: when PostgreSQL can't be asked.
        ClientLeft: nobody waits for the answer to a reading request any more.
    """
    return _read(
        lambda connection: cast(
            Sequence[Row], execute(connection, statement, parameters).mappings().all()
        )
    )


def records(statement: Executable, parameters: Mapping[str, Any] | None = None) -> Sequence[Any]:
    """All rows of a read as tuples, which are cheaper where there are many. Raises like `rows`."""
    return _read(lambda connection: execute(connection, statement, parameters).all())


def row(statement: Executable, parameters: Mapping[str, Any] | None = None) -> Row | None:
    """The first row of a read, or None. Raises like `rows`."""
    return _read(
        lambda connection: cast(
            Row | None, execute(connection, statement, parameters).mappings().first()
        )
    )


def scalar(statement: Executable, parameters: Mapping[str, Any] | None = None) -> Any:
    """The first column of the first row of a read, or None. Raises like `rows`."""
    return _read(lambda connection: execute(connection, statement, parameters).scalar())


def execute_now(statement: Executable, parameters: Mapping[str, Any] | None = None) -> int:
    """Run one statement of bookkeeping (no audited state) in autocommit; the number of rows it touched.

    Nothing is noted for who looks as somebody else sees it.
    """
    if substitutes.are_set():
        return 0
    return _read(lambda connection: execute(connection, statement, parameters).rowcount)


@contextmanager
def transaction() -> Iterator[Connection]:
    """One transaction with the unavailable-errors translated; rolled back unless the block ends well.

    For the stores layer and the jobs; a state change of a user goes through the unit of work.
    """
    with translated(), db.engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def translated() -> Iterator[None]:
    """Turn driver errors of the block into `Unavailable`, and count outages for the breaker."""
    try:
        with breaker.guard():
            try:
                yield
            except _REFUSALS as error:
                if is_outage(error):
                    raise _Down from error
                raise
    except (_Down, BreakerOpen) as error:
        raise Unavailable(UNAVAILABLE, retry_after=5) from error
    except (
        PoolTimeout
    ) as error:  # no outage: those who hold the connections find out whether there is one
        raise Unavailable(CROWDED, retry_after=1) from error
    except (OperationalError, psycopg2.OperationalError) as error:
        # A statement that was too slow; else a lock that was not to be had, or a deadlock.
        is_slow = (
            getattr(getattr(error, "orig", error), "pgcode", None) == errorcodes.QUERY_CANCELED
        )
        raise Unavailable(TOO_SLOW if is_slow else BUSY, retry_after=1) from error


def is_outage(error: BaseException) -> bool:
    """Whether an error means that PostgreSQL can't be reached, rather than that a statement was refused."""
    if isinstance(error, DBAPIError):
        return (
            error.connection_invalidated
            or error.orig is None
            or getattr(error.orig, "pgcode", None) is None
        )
    if isinstance(error, psycopg2.ProgrammingError):
        return False  # a value that the driver can't send has no code either
    return getattr(error, "pgcode", None) is None


def _read(ask: Callable[[Connection], Result]) -> Result:
    stop_if_unwanted()
    with translated():
        try:
            return _ask_once(ask)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        return _ask_once(ask)  # the pooled connection was from before a restart: a new one may work


def _ask_once(ask: Callable[[Connection], Result]) -> Result:
    with db.engine.connect() as connection:
        # The driver's own switch: SQLAlchemy's isolation levels would cost a round trip to switch back.
        driver: Any = connection.connection.dbapi_connection
        driver.autocommit = True
        try:
            return ask(connection)
        finally:
            if not driver.closed:
                driver.autocommit = False
