"""The header that tells a developer what a request cost."""

from __future__ import annotations

from flask import Flask

from taskforge import create_app
from taskforge.config import Config
from tests.factories import Person, make_team
from tests.trips import count_round_trips


def test_an_answer_says_what_it_cost(ada: Person) -> None:
    make_team(ada)
    answer = ada.browser().get("/boards")
    header = answer.headers["Server-Timing"]
    assert header.startswith("total;dur=")
    assert "templates;dur=" in header
    assert count_round_trips(answer)["postgresql"] >= 2


def test_a_request_that_asks_no_store_costs_nothing_of_them(app: Flask) -> None:
    assert count_round_trips(app.test_client().get("/livez")) == {}


def test_nothing_is_told_or_counted_in_production(config: Config) -> None:
    strict = config.replaced(taskforge_env="production", public_url="https://tasks.example.test")
    answer = create_app(strict).test_client().get("/livez")
    assert answer.status_code == 200
    assert "Server-Timing" not in answer.headers
