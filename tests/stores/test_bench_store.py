"""The store that measurements are made on is what the units of work would have left."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from sqlalchemy import text

from taskforge.admin import doctor_probes
from taskforge.audit import chain
from taskforge.comments.service import create_comment
from taskforge.notifications.jobs import deliver
from taskforge.stores import doctor, mongo, sql
from taskforge.stores.doctor import process_outbox
from taskforge.tasks.service import delete_task, edit_task, move_task
from tests.bench.store import Size, fill
from tests.factories import Person, make_task, make_team
from tests.wiping import Wiper

SIZE = Size(people=25, teams=2, boards_each=2, tasks=300, events=1_500)
EVENTS = text("""
    SELECT event, to_jsonb(l) AS row
    FROM   audit_logs l
    WHERE  (team_id <> CAST(:team_id AS uuid)) = :other
""")
NOTIFICATIONS = text("""
    SELECT n.kind, to_jsonb(n) AS row
    FROM   notifications n
           JOIN audit_logs l USING (event_id)
    WHERE  (l.team_id <> CAST(:team_id AS uuid)) = :other
""")
IDS = {
    "tasks": "SELECT task_id AS id FROM tasks WHERE (team_id <> CAST(:team_id AS uuid)) = :other",
    "comments": """
        SELECT comment_id AS id
        FROM   comments
               JOIN tasks USING (task_id)
        WHERE  (team_id <> CAST(:team_id AS uuid)) = :other
    """,
}
WRITTEN = text("""
    SELECT event_id, event, entity_version, actor_id, action_timestamp, board_seq,
           new_state ->> 'title' AS title
    FROM   audit_logs
    WHERE  entity_type IN ('task', 'comment', 'user')
    ORDER  BY log_id
""")


def test_the_doctor_finds_nothing_wrong(app: Flask) -> None:
    store = fill(app, SIZE)
    with app.app_context():
        report = doctor.examine(doctor_probes.probes())
        verified = chain.verify(app.config["TASKFORGE"].audit_key.encode())
        left = sql.scalar(text("SELECT count(*) FROM outbox"))
    assert report.found == []
    assert (verified.links, verified.unsealed, verified.problem) == (1_500, 0, None)
    assert left == 0
    assert sum(len(board.tasks) for board in store.boards) == 300


def test_the_same_seed_and_end_give_the_same_store(app: Flask, wiper: Wiper) -> None:
    size = Size(people=6, teams=2, boards_each=1, tasks=20, events=90)
    until = datetime(2026, 11, 1, 12, tzinfo=UTC)
    found = []
    for _ in range(2):
        fill(app, size, until)
        with app.app_context():
            found.append([dict(row) for row in sql.rows(WRITTEN)])
        wiper.wipe()
    assert found[0] == found[1]


def test_events_rows_and_documents_are_what_the_services_write(
    app: Flask, ada: Person, bob: Person
) -> None:
    fill(app, SIZE)
    team = make_team(ada, member=bob)
    made = _written(app, of_team=team.team_id, other=True)
    task_id = make_task(
        bob, team, assignee_id=ada.user_id, texts={"description": "Words", "tags": ["a"]}
    )
    with app.app_context():
        move_task(ada.actor, task_id, column_id=team.columns["done"])
        for changes in (
            {"assignee_id": bob.user_id},
            {"priority": "high"},
            {"description": "More"},
        ):
            edit_task(ada.actor, task_id, changes=changes)
        create_comment(ada.actor, task_id, content="A word")
        deliver()  # of what is deleted nobody is told
        delete_task(ada.actor, task_id)
        process_outbox()
    done = _written(app, of_team=team.team_id, other=False)
    assert done.keys() == made.keys()
    for name, shapes in done.items():
        assert shapes <= made[name], name


def _written(app: Flask, *, of_team: str, other: bool) -> dict[str, set[Any]]:
    """By kind, the shapes of all events, notifications and documents of a team, or of all the others."""
    shapes: dict[str, set[Any]] = defaultdict(set)
    chosen = {"team_id": of_team, "other": other}
    with app.app_context():
        for event in sql.rows(EVENTS, chosen):
            shapes[event["event"]].add((_shape(event["row"]), _keys(event["row"])))
        for line in sql.rows(NOTIFICATIONS, chosen):
            shapes[line["kind"]].add((_shape(line["row"], "read_at"), _keys(line["row"])))
        ids = {
            table: [row["id"] for row in sql.rows(text(ids), chosen)] for table, ids in IDS.items()
        }
        for name, found in ids.items():
            for document in mongo.collection(name).find({"_id": {"$in": found}}):
                shapes[name].add(frozenset(document))
    return shapes


def _shape(row: dict[str, Any], *but: str) -> frozenset[str]:
    """Which columns of a row hold anything."""
    return frozenset(name for name, value in row.items() if value is not None and name not in but)


def _keys(row: dict[str, Any]) -> Any:
    """The names in the objects of a row."""
    return frozenset(
        (name, frozenset(value)) for name, value in row.items() if isinstance(value, dict)
    )
