"""What is measured of each request: the header while developing, the counts, and the entries of the log."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from structlog.testing import capture_logs

from taskforge import create_app
from taskforge.config import Config
from taskforge.metrics.catalogue import REQUEST_SECONDS, REQUESTS, STORE_TRIPS, SUM
from taskforge.metrics.counting import counts
from taskforge.stores import mongo, sql
from tests.factories import Person, make_team
from tests.trips import count_round_trips, counting_statements

STRICT = {"taskforge_env": "production", "public_url": "https://tasks.example.test"}


def test_an_answer_says_what_it_cost(ada: Person) -> None:
    make_team(ada)
    answer = ada.browser().get("/boards")
    header = answer.headers["Server-Timing"]
    assert header.startswith("total;dur=")
    assert "templates;dur=" in header
    assert count_round_trips(answer)["postgresql"] >= 2


def test_a_request_that_asks_no_store_costs_nothing_of_them(app: Flask) -> None:
    assert count_round_trips(app.test_client().get("/livez")) == {}


def test_in_production_it_is_counted_and_not_told(config: Config) -> None:
    strict = create_app(config.replaced(**STRICT)).test_client()
    counts.take()
    answer = strict.get("/readyz")
    assert "Server-Timing" not in answer.headers
    taken = counts.take()
    assert taken[REQUESTS.name, "health.readyz", "200"] == 1
    assert taken[REQUEST_SECONDS.name, "health.readyz", SUM] > 0
    for store in ("postgresql", "redis", "mongodb"):
        assert taken[STORE_TRIPS.name, "health.readyz", store] >= 1


def test_a_route_is_the_name_of_an_endpoint_and_never_an_address(app: Flask) -> None:
    counts.take()
    app.test_client().get("/nobody/ever/made/this?page=1")
    app.test_client().get("/boards/0191d2a4-5b9e-7c3a-8f1d-2b7c9e4a6d10")
    routes = {key[1] for key in counts.take() if key[0] == REQUESTS.name}
    assert routes == {"unmatched", "boards.show"}


def test_a_slow_request_is_logged_whole(config: Config, ada: Person) -> None:
    slow = create_app(config.replaced(slow_request_ms=1, request_log_share=0.0))
    client = slow.test_client()
    client.set_cookie(slow.config["SESSION_COOKIE_NAME"], ada.secret)
    with capture_logs() as entries:
        client.get("/boards?secret=canary")
    [entry] = [each for each in entries if each["event"] == "request"]
    assert entry["log_level"] == "warning"
    assert (entry["route"], entry["method"], entry["status"]) == ("boards.index", "GET", 200)
    assert entry["user_id"] == ada.user_id
    assert entry["stores"]["postgresql"]["trips"] >= 1
    assert entry["took_ms"] >= entry["stores"]["postgresql"]["ms"] > 0
    assert "canary" not in repr(entries)


@pytest.mark.parametrize(("share", "logged"), [(0.0, 0), (1.0, 20)])
def test_of_the_others_the_configured_share_is_logged(
    config: Config, share: float, logged: int
) -> None:
    client = create_app(
        config.replaced(request_log_share=share, slow_request_ms=60_000)
    ).test_client()
    with capture_logs() as entries:
        for _ in range(20):
            client.get("/livez")
    assert len([each for each in entries if each["event"] == "request"]) == logged


def test_slow_statements_are_logged_by_name_without_values(app: Flask, config: Config) -> None:
    patient = create_app(config.replaced(slow_statement_ms=1))
    with patient.app_context(), capture_logs() as entries:
        sql.scalar(text("SELECT count(*), pg_sleep(:canary) FROM users"), {"canary": 0.0123})
        mongo.collection("canaries").insert_many([{"text": "secret" * 100} for _ in range(2000)])
    create_app(config)
    slow = [each for each in entries if each["event"] == "slow_call"]
    assert any(each["what"].startswith("SELECT users #") for each in slow)
    assert any(each["what"] == "insert canaries" for each in slow)
    assert "0123" not in repr(slow)
    assert "secret" not in repr(slow)


def test_a_constant_is_told_by_its_place() -> None:
    from taskforge.admin.queries import OUTBOX_FIGURES
    from taskforge.stores.outbox import INSERT
    from taskforge.stores.prepared_statements import prepared
    from taskforge.stores.statement_names import name_statement, prepared_name

    assert prepared(INSERT) is not None
    assert name_statement(f"EXECUTE {prepared_name(INSERT)} ('a')") == "stores.outbox.INSERT"
    sent = OUTBOX_FIGURES.text.replace(":counted", "%(counted)s")
    assert name_statement(sent) == "admin.queries.OUTBOX_FIGURES"


def test_naming_a_slow_statement_asks_no_store(ada: Person) -> None:
    """The search for constants meets Flask-Login's stand-in for the person, whose class is asked from PostgreSQL."""
    from taskforge.stores import statement_names

    given = ada.app.test_request_context("/boards", headers=ada.headers)
    with counting_statements(ada.app) as statements, given:
        statement_names._constants.cache_clear()
        assert statement_names.name_statement("SELECT 1 FROM teams").startswith("SELECT teams #")
    assert statements == []
