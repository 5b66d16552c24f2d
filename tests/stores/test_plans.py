"""No statement of a list or a page reads more because other teams have more: each is explained as it is sent."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import TextClause, text

from taskforge import clock
from taskforge.accounts import session_records
from taskforge.admin.maintenance import RETENTION_RULES
from taskforge.extensions import config_of, db
from taskforge.history import snapshots
from taskforge.messaging.redis_client import redis_client
from taskforge.notifications import jobs as notifications
from taskforge.stores import outbox, sql
from taskforge.stores.retention import RESTORABLE_FOR, delete_expired
from taskforge.tasks.board.cache import board_cache
from taskforge.tasks.purging import list_trashed
from tests.bench.store import Size, StoredBoard, fill
from tests.factories import new_secret
from tests.pages import HTMX
from tests.plans import Explained, explaining

SIZE = Size(people=120, teams=4, boards_each=6, tasks=480, events=2_800)
# How often what the other teams have is doubled, by table, and what must be another one in a copied row.
DOUBLINGS: Mapping[str, tuple[int, Mapping[str, str]]] = {
    "tasks": (6, {"task_id": "gen_random_uuid()", "number": "number + 100000 * :power"}),
    "audit_logs": (
        4,
        {
            "event_id": "gen_random_uuid()",
            "entity_id": "gen_random_uuid()",
            "board_seq": "board_seq + 1000000 * :power",
        },
    ),
    "comments": (6, {"comment_id": "gen_random_uuid()"}),
    "notifications": (
        4,
        {"notification_id": "gen_random_uuid()", "event_id": "gen_random_uuid()"},
    ),
}
OF_OTHERS = {
    "tasks": "team_id <> :team_id",
    "audit_logs": "team_id <> :team_id AND board_id IS NOT NULL",
    "comments": "task_id IN (SELECT task_id FROM tasks WHERE team_id <> :team_id)",
    "notifications": "user_id <> ALL(CAST(:people AS uuid[]))",
}
GENERATED = {"log_id"}
PATIENCE_SECONDS = 120.0
# What may be added by a deeper tree of an index, by a table that is too small for an index, and by a page of 51 rows
# whose names are looked up in three indexes, three blocks each, where a small table was read at once before.
GROWTH, SPARE_ROWS, SPARE_BLOCKS = 1.25, 500, 500

API = (
    "/api/tasks?boardId={board}",
    "/api/tasks?boardId={board}&status=done&limit=20",
    "/api/tasks?boardId={board}&assigneeId={me}",
    "/api/tasks?boardId={board}&sort=-estimate",
    "/api/tasks?teamId={team}",
    "/api/tasks?teamId={team}&assigneeId={me}",
    "/api/tasks?teamId={team}&sort=estimate",
    "/api/tasks?assigneeId={me}",
    "/api/tasks",
    "/api/tasks?cursor={place}",
    "/api/tasks?status=in_progress",
    "/api/tasks?status=done&limit=20",
    "/api/tasks?sort=-estimate",
    "/api/tasks?q=assignee:me+is:open",
    "/api/tasks?boardId={board}&q=due:<today+or+the+sort:-priority",
    "/api/tasks?sort=dueDate&priority=high&tag=bug",
    "/api/tasks?q=creator:ada+column:done",
    "/api/teams",
    "/api/teams/{team}/boards",
    "/api/teams/{team}/boards/deleted",
    "/api/teams/{team}/members",
    "/api/teams/{team}/members/{me}/access",
    "/api/teams/{team}/members/{me}/access?at=2024-01-01T00:00:00Z",
    "/api/teams/{team}/activity",
    "/api/teams/{team}/activity?who={me}",
    "/api/teams/{team}/activity?what=task.deleted",
    "/api/teams/{team}/activity?entity={task}",
    "/api/teams/{team}/activity?board={board}",
    "/api/teams/{team}/activity?from=2024-01-01&to=2024-01-02",
    "/api/teams/{team}/activity.csv?board={board}",
    "/api/boards/{board}",
    "/api/boards/{board}/columns/deleted",
    "/api/tasks/{task}",
    "/api/tasks/{task}/comments",
    "/api/tasks/{task}/history",
    "/api/views",
    "/api/notifications",
    "/api/notifications?state=snoozed",
    "/api/auth/sessions",
)
PAGES = (
    "/boards",
    "/boards/{board}",
    "/boards/{board}?assignee={me}&priority=high&tag=bug&due=overdue&estimate=3-8&q=the",
    "/boards/{board}?lanes=assignee",
    "/boards/{board}?lanes=priority",
    "/boards/{board}?lanes=tag",
    "/boards/{board}/columns/{column}/cards?after=a0.{task}",
    "/boards/{board}/columns/{column}/settings",
    "/boards/{board}/filter",
    "/boards/{board}/people",
    "/boards/{board}/quick-add",
    "/boards/{board}/select?task={task}",
    "/boards/{board}/settings",
    "/boards/{board}/trash",
    "/boards/{board}/table",
    "/boards/{board}/table?sort=-due&group=assignee",
    "/boards/{board}/table/rows?in=all&after={task}",
    "/boards/{board}/timeline?from=2024-01-01",
    "/boards/{board}/timeline/rows?from=2024-01-01&after={task}",
    "/boards/{board}/views",
    "/my-work",
    "/my-work?section=waiting",
    "/my-work?section=later&after={task}",
    "/boards/{board}/activity",
    "/boards/{board}/activity?before=100",
    "/boards/{board}/activity?who={me}",
    "/boards/{board}/activity?what=task.moved&from=2024-01-01",
    "/boards/{board}/activity?after=100",
    "/boards/{board}/history",
    "/boards/{board}/history?step=100",
    "/tasks/{task}",
    "/tasks/{task}/edit",
    "/tasks/{task}/history",
    "/tasks/{task}/move",
    "/tasks/{task}/people",
    "/inbox",
    "/inbox?show=unread",
    "/inbox?show=archived",
    "/inbox/cards/{task}",
    "/sessions",
    "/sessions/history",
    "/profile",
    "/profile/tokens",
    "/people/{me}",
    "/teams",
    "/teams/archived",
    "/teams/deleted",
    "/teams/{team}",
    "/teams/{team}?q=number",
    "/teams/{team}?after={me}",
    "/teams/{team}/activity",
    "/teams/{team}/activity?entity=comment",
    "/teams/{team}/edit",
    "/teams/{team}/leave",
    "/teams/{team}/members/removed",
    "/teams/{team}/members/{me}/access",
    "/teams/{team}/members/{me}/access?at=2024-01-01T00:00",
    "/teams/{team}/permissions",
    "/teams/{team}/two-factor",
    "/teams/{team}/view-as",
)
# What a page loads later.
PARTS = (
    "/boards/{board}/columns?task={task}",
    "/boards/{board}/since",
    "/tasks/{task}/card",
    "/tasks/{task}/peek",
)
JOBS: Mapping[str, Callable[[], object]] = {
    "claim messages of the outbox": lambda: outbox.claim(50),
    "deliver notifications": notifications.deliver,
    "look for undelivered notifications": lambda: notifications.has_undelivered(clock.now()),
    "take snapshots": snapshots.take_due,
    "look into the trash": lambda: list_trashed(clock.now() - RESTORABLE_FOR, 100),
    **{
        f"drop expired {rule.table}": lambda rule=rule: delete_expired(rule, clock.now(), limit=100)
        for rule in RETENTION_RULES
    },
}

Plans = dict[str, list[Explained]]


@pytest.fixture
def board(app: Flask) -> StoredBoard:
    """A board of the first of several teams; its second member is in no other team, and may do everything there."""
    board = fill(app, SIZE).boards[0]
    with app.app_context():
        sql.execute_now(LEAD, {"team_id": board.team_id, "user_id": board.members[1]})
    return board


def test_what_others_have_makes_no_statement_read_more(app: Flask, board: StoredBoard) -> None:
    with app.app_context():
        _explain_all(app, board)  # a first view of a board stores that it was seen
        before = _explain_all(app, board)
        _multiply(board)
        after = _explain_all(app, board)
    numbers = {name: (len(before[name]), len(after[name])) for name in before}
    assert not {name: pair for name, pair in numbers.items() if pair[0] != pair[1]}
    worse = [
        f"{name}: {then.rows_read} rows, {then.blocks} blocks -> {now.rows_read}, {now.blocks}\n"
        f"  {then.outline()}\n  {now.outline()}\n  {' '.join(now.sql.split())}"
        for name in before
        for then, now in zip(before[name], after[name], strict=False)
        if now.rows_read > GROWTH * then.rows_read + SPARE_ROWS
        or now.blocks > GROWTH * then.blocks + SPARE_BLOCKS
    ]
    assert not worse, "\n".join(worse)


def _explain_all(app: Flask, board: StoredBoard) -> Plans:
    me = board.members[1]
    names = {
        "me": me,
        "board": board.board_id,
        "team": board.team_id,
        "column": board.columns[0],
        "task": board.tasks[0],
        "place": urlsafe_b64encode(board.tasks[0].encode()).decode().rstrip("="),
    }
    found: Plans = {}
    with explaining(db.engine) as explained:
        clients = {"/api/": _client(app, me, "api"), "/": _client(app, me, "browser")}
        for pattern in (*API, *PAGES, *PARTS):
            _forget_everything()
            explained.clear()
            client = clients["/api/" if pattern.startswith("/api/") else "/"]
            answer = client.get(pattern.format(**names), headers=HTMX if pattern in PARTS else {})
            assert answer.status_code == 200, f"{pattern}: {answer.status_code}"
            found[pattern] = list(explained)
        for name, job in JOBS.items():
            explained.clear()
            job()
            found[name] = list(explained)
    return found


def _client(app: Flask, user_id: str, kind: str) -> FlaskClient:
    secret = new_secret()
    session_records.open_session(user_id, secret, kind=kind)
    client = app.test_client(use_cookies=kind == "browser")
    if kind == "browser":
        client.set_cookie(app.config["SESSION_COOKIE_NAME"], secret)
    else:
        client.environ_base["HTTP_X_SESSION_ID"] = secret
    return client


def _forget_everything() -> None:
    board_cache.clear()
    redis_client().flushdb()


def _multiply(board: StoredBoard) -> None:
    """Give the other teams much more of everything, and let the planner know."""
    values = {"team_id": board.team_id, "people": board.members}
    for table, (doublings, others) in DOUBLINGS.items():
        columns = [
            row["column_name"]
            for row in sql.rows(COLUMNS, {"table": table})
            if row["column_name"] not in GENERATED
        ]
        chosen = ", ".join(others.get(name, name) for name in columns)
        statement = text(f"""
            INSERT INTO {table} ({", ".join(columns)})
            SELECT {chosen}
            FROM   {table}
            WHERE  {OF_OTHERS[table]}
        """)
        for step in range(doublings):
            _run_patiently(statement, {**values, "power": 2**step})
    _run_patiently(text("ANALYZE"), {})


def _run_patiently(statement: TextClause, values: Mapping[str, object]) -> None:
    """Run a statement that may take longer than one of a request."""
    sql.set_client_deadline(PATIENCE_SECONDS)
    try:
        with sql.transaction() as connection:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            # Autovacuum may analyse a table just then.
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(statement, values)
    finally:
        sql.set_client_deadline(config_of().database_deadline_seconds)


LEAD = text("""
    UPDATE team_memberships
    SET    role = 'admin'
    WHERE  team_id = :team_id AND user_id = :user_id
""")
COLUMNS = text("""
    SELECT column_name
    FROM   information_schema.columns
    WHERE  table_name = :table AND table_schema = 'public'
""")
