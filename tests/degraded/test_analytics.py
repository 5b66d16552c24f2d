"""The figures of use while one store is away: its own are missing and said to be, the others are shown."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.analytics import postgresql, queries
from taskforge.analytics.reading import kept_parts
from taskforge.messaging.breaker import MONGODB, POSTGRESQL, REDIS
from tests.admin.test_suspension import make_site_admin
from tests.degraded.conftest import MakeApp
from tests.factories import make_person
from tests.pages import Visitor

AWAY = {
    MONGODB: ("mongodb_uri", "mongodb://127.0.0.1:{port}/none", "MongoDB"),
    REDIS: ("redis_url", "redis://127.0.0.1:{port}/0", "Redis"),
    POSTGRESQL: (
        "database_url",
        "postgresql+psycopg2://nobody@127.0.0.1:{port}/none",
        "PostgreSQL",
    ),
}


@pytest.mark.parametrize("store", AWAY)
def test_without_one_store_the_figures_of_the_others_are_shown(
    app: Flask, make_app: MakeApp, refused: int, store: str
) -> None:
    root = make_site_admin(make_person(app, "Root"))
    setting, address, name = AWAY[store]
    degraded = make_app(**{setting: address.format(port=refused)})
    kept_parts.forget()
    with degraded.app_context():
        parts = kept_parts.get()
    assert {part.store for part in parts if part.figures is None} == {store}
    assert {part.store for part in parts if part.figures is not None} == AWAY.keys() - {store}
    client = degraded.test_client()
    client.set_cookie(degraded.config["SESSION_COOKIE_NAME"], root.secret)
    page = Visitor(client).open("/admin/analytics")
    answer = client.get("/api/admin/analytics")
    kept_parts.forget()
    if store == POSTGRESQL:  # who is asking can't be known
        assert (page.status, answer.status_code) == (503, 503)
        return
    assert page.status == 200
    assert f"{name} did not answer for" in page.text
    assert "Tasks made and finished" in page.text
    missing = {part["store"] for part in answer.json["parts"] if part["figures"] is None}
    assert missing == {store}


def test_a_statement_that_takes_too_long_costs_its_own_figures_alone(
    app: Flask, make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "FILES_COUNTED", text("SELECT pg_sleep(60)"))
    with make_app(database_statement_timeout_ms=300, database_deadline_seconds=30.0).app_context():
        parts = postgresql.read_postgresql()
    assert {part.name for part in parts if part.figures is None} == {"attachments"}
