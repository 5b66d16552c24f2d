"""Statements that are narrowed to the memberships of some teams."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import column, select, table, text

from taskforge.stores import sql
from taskforge.stores.prepared_statements import prepared
from taskforge.stores.team_limit import TeamLimit, begin_limit, end_limit, narrow, narrow_sql
from tests.factories import Person, Team, make_team

ROOT = Path(__file__).parents[2] / "taskforge"
KEPT = "SELECT * FROM effective_memberships WHERE x"


@pytest.fixture(autouse=True)
def _no_limit() -> Iterator[None]:
    yield
    end_limit()


@pytest.mark.parametrize(
    ("statement", "narrowed"),
    [
        ("FROM effective_memberships m", f"FROM ({KEPT}) AS m"),
        ("JOIN effective_memberships AS m ON true", f"JOIN ({KEPT}) AS m ON true"),
        ("FROM   effective_memberships\n    WHERE y", f"FROM   ({KEPT}) AS effective_memberships\n    WHERE y"),
        ("FROM a, effective_memberships o", f"FROM a, ({KEPT}) AS o"),
        ("SELECT effective_memberships.role", "SELECT effective_memberships.role"),
        ("FROM team_memberships m", "FROM team_memberships m"),
    ],
)  # fmt: skip
def test_every_way_to_name_the_table_is_narrowed(statement: str, narrowed: str) -> None:
    assert narrow_sql(statement, "x") == narrowed


@pytest.mark.parametrize("make", [text, prepared])
def test_a_limit_holds_until_it_ends(app: Flask, ada: Person, team: Team, make: object) -> None:
    other = make_team(ada, "Elsewhere")
    assert callable(make)
    statement = make("SELECT m.team_id FROM effective_memberships m WHERE m.user_id = :user_id")
    given = {"user_id": ada.user_id}
    with app.app_context():
        begin_limit(TeamLimit(ada.user_id, [team.team_id]))
        assert [row["team_id"] for row in sql.rows(statement, given)] == [team.team_id]
        end_limit()
        assert len(sql.rows(statement, given)) == 2
    assert other.team_id != team.team_id


def test_a_limit_is_of_one_person_alone(app: Flask, ada: Person, bob: Person) -> None:
    """Who else is in a team is counted and told as ever."""
    team = make_team(ada, member=bob)
    statement = text("SELECT m.user_id FROM effective_memberships m WHERE m.team_id = :team_id")
    with app.app_context():
        begin_limit(TeamLimit(ada.user_id, []))
        found = sql.rows(statement, {"team_id": team.team_id})
    assert [row["user_id"] for row in found] == [bob.user_id]


def test_what_can_not_be_narrowed_is_refused() -> None:
    composed = select(column("team_id")).select_from(table("effective_memberships"))
    with pytest.raises(TypeError):
        narrow(composed, {}, TeamLimit("x", []))


def test_nothing_in_the_code_writes_the_table_or_reads_it_unseen() -> None:
    """Triggers alone write it; a statement that is sent past `direct_execution` must not read it."""
    for path in ROOT.rglob("*.py"):
        code = path.read_text()
        assert not re.search(r"(INTO|UPDATE|DELETE\s+FROM)\s+effective_memberships", code), path
