"""A small team on a board, made through the services, for tests of what the stores hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from taskforge.accounts.service import register_user
from taskforge.boards.queries import list_boards, list_columns
from taskforge.boards.service import create_team
from taskforge.extensions import db
from taskforge.ids import new_id
from taskforge.stores import mongo, relay, sql
from taskforge.stores.actor import NOBODY, Actor
from taskforge.tasks.service import create_task
from taskforge.teams.service import add_member

OURS = """
    SELECT array_agg(pid)
    FROM   pg_stat_activity
    WHERE  application_name = 'taskforge' AND datname = current_database()
"""


@dataclass(frozen=True)
class Scene:
    """Ann administers the team, Bob is a member of it; ids of the board's columns from left to right."""

    ann: Actor
    bob: Actor
    team_id: str
    board_id: str
    columns: tuple[str, ...]

    def add_task(self, title: str = "Paint the fence", **fields: Any) -> str:
        """A new task of Ann's on the board; its id."""
        return create_task(self.ann, board_id=self.board_id, title=title, **fields).entity_id


def set_scene() -> Scene:
    """Register two people, create a team and let one add the other."""
    ann, bob = register("ann"), register("bob")
    team_id = create_team(ann, name="Garden").entity_id
    add_member(ann, team_id, role="member", user_id=bob.user_id)
    board_id = list_boards(ann)[0]["board_id"]
    columns = tuple(column["column_id"] for column in list_columns([board_id]))
    return Scene(ann, bob, team_id, board_id, columns)


def register(name: str) -> Actor:
    """A new account."""
    actor = Actor(user_id=new_id())
    register_user(
        actor,
        email=f"{name}.{actor.user_id[-12:]}@example.org",
        password="seven green bottles standing",
        first_name=name.title(),
        last_name="Example",
    )
    return actor


def with_op(actor: Actor, op_id: str | None = None) -> Actor:
    """The same person, making one identified request."""
    return Actor(user_id=actor.user_id, op_id=op_id or new_id(), op_fingerprint=b"same")


def security_event() -> dict[str, Any]:
    """A failed log-in, as the audit job takes it."""
    return {
        "event_id": new_id(),
        "event": "user.login_failed",
        "entity_type": "user",
        "entity_id": NOBODY,
        "action": "login_failed",
        "actor_id": None,
        "at": "2026-01-01T00:00:00+00:00",
        "new_state": {},
        "ip": None,
        "user_agent": None,
    }


def write(statement: str, /, **parameters: Any) -> int:
    """Change PostgreSQL behind the application's back, guards switched off; the number of rows."""
    with db.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        return connection.execute(text(statement), parameters).rowcount


def read(statement: str, /, **parameters: Any) -> Any:
    """The first column of the first row that PostgreSQL answers."""
    return sql.scalar(text(statement), parameters)


def our_processes() -> set[int]:
    """The processes of PostgreSQL that serve TaskForge; those of applications of earlier tests may end at any time."""
    return set(read(OURS))


def document(collection: str, entity_id: str) -> dict[str, Any] | None:
    """A document as MongoDB holds it."""
    return mongo.collection(collection).find_one({"_id": entity_id})


def relay_everything() -> relay.Outcome:
    """What a running relay would do at once."""
    return relay.process_outbox(seconds=20)
