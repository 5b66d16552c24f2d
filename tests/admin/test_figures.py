"""The metrics and the charts: who gets them, what they say, and that they outlive processes and outages."""

from __future__ import annotations

import json
import re
import time
from dataclasses import asdict
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from taskforge import create_app
from taskforge.admin.figures import routes, samples
from taskforge.admin.figures.samples import Sample, list_samples, take_sample
from taskforge.admin.figures.stores import KeptFigures, StoreFigures, read_store_figures
from taskforge.config import Config
from taskforge.messaging.breaker import MONGODB, REDIS, breaker_of
from taskforge.messaging.keys import METRIC_PROCESSES, METRIC_SAMPLES
from taskforge.messaging.queues import QUEUES
from taskforge.messaging.redis_client import redis_client
from taskforge.messaging.shared_metrics import (
    ProcessReport,
    push_counts,
    push_report,
    read_counts,
    read_reports,
)
from taskforge.metrics import catalogue
from taskforge.metrics.catalogue import BUCKETS, REQUESTS
from taskforge.metrics.counting import count, count_request, counts, timed_job
from taskforge.server.reporter import WEB, Reporter
from taskforge.stores import sql
from tests.factories import Person, make_team
from tests.stores.scene import relay_everything

TOKEN = "c5d0f7a1e9b24c3d8f60127ab4e5d6c7"


@pytest.fixture
def measured(app: Flask, config: Config) -> Flask:
    """An application with a token for its metrics, and counts that begin at nothing."""
    counts.take()
    routes.kept_figures = KeptFigures()
    return create_app(config.replaced(metrics_token=TOKEN))


@pytest.fixture
def root(measured: Flask, ada: Person) -> FlaskClient:
    """The browser of a site administrator."""
    with measured.app_context():
        sql.execute_now(
            text("UPDATE users SET is_site_admin = true WHERE user_id = :id"), {"id": ada.user_id}
        )
    client = measured.test_client()
    client.set_cookie(measured.config["SESSION_COOKIE_NAME"], ada.secret)
    return client


def scrape(app: Flask) -> dict[tuple[str, ...], float]:
    """The values by name and labels (in the order of the labels' names), as Prometheus reads them."""
    answer = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


@pytest.mark.parametrize("header", ["", "Bearer ", f"Bearer {TOKEN[:-1]}", TOKEN, f"Basic {TOKEN}"])
def test_without_the_token_nobody_gets_metrics(measured: Flask, header: str) -> None:
    answer = measured.test_client().get("/metrics", headers={"Authorization": header})
    assert answer.status_code == 401
    assert "taskforge_" not in answer.text


def test_where_no_token_is_configured_none_opens_the_metrics(app: Flask) -> None:
    for header in ("Bearer ", "Bearer None", "Bearer x"):
        answer = app.test_client().get("/metrics", headers={"Authorization": header})
        assert answer.status_code == 401


def test_a_site_administrator_needs_no_token_and_others_are_refused(
    root: FlaskClient, bob: Person
) -> None:
    assert "taskforge_requests_total" in root.get("/metrics").text
    assert bob.browser().get("/metrics").status_code == 404
    assert bob.browser().get("/admin/figures").status_code == 404


def test_requests_are_counted_by_endpoint_and_status_with_their_trips(
    measured: Flask, ada: Person
) -> None:
    make_team(ada)
    client = measured.test_client()
    client.set_cookie(measured.config["SESSION_COOKIE_NAME"], ada.secret)
    for _ in range(3):
        client.get("/boards")
    values = scrape(measured)
    assert values["taskforge_requests_total", "boards.index", "200"] == 3
    assert values["taskforge_request_seconds_count", "boards.index"] == 3
    assert values["taskforge_request_seconds_bucket", "+Inf", "boards.index"] == 3
    assert values["taskforge_request_seconds_sum", "boards.index"] > 0
    assert values["taskforge_store_trips_total", "boards.index", "postgresql"] >= 3
    assert values["taskforge_store_seconds_total", "boards.index", "redis"] > 0


def test_board_and_page_cache_say_how_often_they_help(measured: Flask, ada: Person) -> None:
    board_id = make_team(ada).board_id
    client = measured.test_client()
    client.set_cookie(measured.config["SESSION_COOKIE_NAME"], ada.secret)
    for _ in range(4):
        assert client.get(f"/boards/{board_id}").status_code == 200
    values = scrape(measured)
    for cache in ("board", "page"):
        assert values["taskforge_cache_lookups_total", cache, "hit"] >= 2
        assert values["taskforge_cache_lookups_total", cache, "miss"] >= 1


def test_gauges_say_what_the_stores_hold(measured: Flask, ada: Person) -> None:
    make_team(ada)
    with measured.app_context():
        relay_everything()
    values = scrape(measured)
    for name in ("outbox_pending", "outbox_parked", "outbox_age_seconds", "seal_lag_seconds"):
        assert values[f"taskforge_{name}",] >= 0
    for queue in QUEUES:
        assert values["taskforge_queue_length", queue] >= 0
    for store in ("postgresql", "mongodb", "redis"):
        assert values["taskforge_store_up", store] == 1
        assert values["taskforge_store_bytes", store] > 0


def test_job_times_are_counted(measured: Flask) -> None:
    with timed_job("audit"):
        pass
    with pytest.raises(ZeroDivisionError), timed_job("audit"):
        _ = 1 / 0
    values = scrape(measured)
    assert values["taskforge_jobs_total", "done", "audit"] == 1
    assert values["taskforge_jobs_total", "failed", "audit"] == 1


def test_a_process_that_ended_takes_nothing_with_it(measured: Flask) -> None:
    with measured.app_context():
        count(REQUESTS, "boards.show", "200", by=40)
        push_counts()
        counts.take()  # another process, which has counted nothing yet
        count(REQUESTS, "boards.show", "200", by=2)
        push_counts()
        push_counts()
        assert read_counts()[REQUESTS.name, "boards.show", "200"] == 42


def test_what_cannot_be_shared_now_is_shared_later(measured: Flask) -> None:
    with measured.app_context():
        count(REQUESTS, "boards.show", "200")
        breaker = breaker_of(REDIS)
        for _ in range(3):
            with pytest.raises(OSError, match="gone"), breaker.guard():
                raise OSError("gone")
        push_counts()
        breaker.reset()
        push_counts()
        assert read_counts()[REQUESTS.name, "boards.show", "200"] == 1


def test_silent_processes_are_forgotten(measured: Flask) -> None:
    with measured.app_context():
        push_report(ProcessReport(process="web:x:1", role="web", at=time.time() - 120, rss=1))
        push_report(ProcessReport(process="web:x:2", role="web", rss=2, breakers=(MONGODB,)))
        assert [report.process for report in read_reports()] == ["web:x:2"]
        assert redis_client().hlen("metrics:processes") == 1
    values = scrape(measured)
    assert values["taskforge_processes", "web"] == 1
    assert values["taskforge_memory_rss_bytes", "web"] == 2
    assert values["taskforge_breakers_open", "web", "mongodb"] == 1
    assert values["taskforge_breakers_open", "web", "redis"] == 0


def test_a_process_reports_its_memory_and_connections(measured: Flask) -> None:
    with measured.app_context():
        sql.scalar(text("SELECT 1"))
        report = Reporter(measured, WEB, count_streams=lambda: 7).report()
    assert report.rss >= report.pss > 1_000_000
    assert report.pool_size >= 1
    assert (report.open_streams, report.breakers) == (7, ())


@pytest.mark.parametrize("store", ["postgresql", "mongodb", "redis"])
def test_metrics_of_the_others_are_there_while_a_store_is_away(measured: Flask, store: str) -> None:
    with measured.app_context():
        breaker = breaker_of(store)
        failure = breaker._failures[0]
    for _ in range(3):
        with pytest.raises(failure), breaker.guard():
            raise failure
    try:
        values = scrape(measured)
    finally:
        breaker.reset()
    assert values["taskforge_store_up", store] == 0
    for other in {"postgresql", "mongodb", "redis"} - {store}:
        assert values["taskforge_store_up", other] == 1


def test_many_scrapes_ask_the_stores_once() -> None:
    asked: list[int] = []

    def read() -> StoreFigures:
        asked.append(1)
        return StoreFigures()

    kept = KeptFigures(read)
    for _ in range(50):
        kept.get()
    assert len(asked) == 1


def test_labels_are_endpoints_and_never_what_somebody_sent(measured: Flask, ada: Person) -> None:
    board_id = make_team(ada).board_id
    for path in (f"/boards/{board_id}", "/x/canary", "/boards?canary=1", "/assets/canary.js"):
        measured.test_client().get(path)
    labels = {label for key in scrape(measured) for label in key[1:]}
    assert not any("canary" in label or board_id in label for label in labels)
    routes_named = {rule.endpoint for rule in measured.url_map.iter_rules()}
    seen = {key[1] for key in scrape(measured) if key[0] == "taskforge_requests_total"}
    assert seen <= routes_named | {"unmatched"}


def test_every_metric_is_described_in_the_documentation() -> None:
    page = Path(__file__).parents[2] / "docs" / "operations.md"
    described = set(re.findall(r"^\| `(taskforge_\w+)`", page.read_text(), re.MULTILINE))
    every = (*catalogue.COUNTERS, catalogue.REQUEST_SECONDS, *catalogue.GAUGES)
    assert described == {metric.name for metric in every}


def test_a_sample_is_taken_once_whatever_the_number_of_relays(measured: Flask) -> None:
    with measured.app_context():
        count_request("boards.show", 500, 0.02, {})
        push_counts()
        for _ in range(3):
            take_sample(read_store_figures())
        [sample, *others] = list_samples()
        assert len(others) <= 1  # the clock may have come to the next turn
        assert (sample.requests, sample.errors, sum(sample.buckets)) == (1, 1, 1)
        for _ in range(300):
            redis_client().lpush(METRIC_SAMPLES.key(), "{}")
        redis_client().delete(*redis_client().keys("metrics:turn:*"))
        take_sample(StoreFigures())
        assert redis_client().llen(METRIC_SAMPLES.key()) == samples.KEPT


def test_the_page_shows_a_chart_and_its_numbers_for_each_figure(
    root: FlaskClient, measured: Flask
) -> None:
    with measured.app_context():
        push_samples(20)
    page = root.get("/admin/figures").text
    assert page.count('role="img"') == page.count("<table") == 7
    assert "Requests, last hour: requests 60 a minute now, at most 60." in page
    assert " style=" not in page.partition("<main")[2]
    assert 'href="/admin/figures" aria-current="page"' in page
    assert "/admin/figures" in root.get("/admin/").text


def test_what_another_version_wrote_in_another_shape_is_passed_over(measured: Flask) -> None:
    with measured.app_context():
        push_samples(1)
        known = len(list_samples())
        client = redis_client()
        client.lpush(METRIC_SAMPLES.key(), b'{"of": "tomorrow"}')
        client.hset(METRIC_PROCESSES.key(), "web:elsewhere:1", b'{"role": "web"}')
        assert len(list_samples()) == known > 0
        assert all(report.process != "web:elsewhere:1" for report in read_reports())


def test_the_page_says_when_there_is_nothing_to_show(root: FlaskClient) -> None:
    assert "Nothing measured yet" in root.get("/admin/figures").text


def push_samples(number: int) -> None:
    """Samples of the last minutes: one request a second, each of 20 ms."""
    now = time.time()
    for back in range(number, -1, -1):
        done = (number - back) * 15
        buckets = [0, 0, done, *[0] * (len(BUCKETS) - 2)]
        sample = Sample(at=now - back * 15, requests=done, buckets=buckets, memory=300 << 20)
        redis_client().lpush(METRIC_SAMPLES.key(), json.dumps(asdict(sample)))
