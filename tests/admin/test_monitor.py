"""The RQ dashboard: every page and action, for a site administrator, whatever lies in Redis."""

from __future__ import annotations

import pickle

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rq import Queue
from rq.job import Job

from taskforge.messaging import queues
from taskforge.messaging.redis_client import make_redis_client
from tests.admin.monitored import fail, post, waiting
from tests.factories import Person
from tests.pages import HTMX, Visitor

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}"
PAGES = (
    "/admin/jobs/",
    "/admin/jobs/0/",
    "/admin/jobs/0/view",
    "/admin/jobs/0/view/queues",
    "/admin/jobs/0/view/workers",
    "/admin/jobs/0/view/jobs",
    "/admin/jobs/0/view/jobs/audit/failed/8/asc/1",
    "/admin/jobs/0/view/jobs/audit/failed/8/dsc/1",
    "/admin/jobs/0/view/jobs/audit/queued/100/asc/7",
    "/admin/jobs/0/data/queues.json",
    "/admin/jobs/0/data/jobs/audit/failed/8/asc/1.json",
    "/admin/jobs/0/data/workers.json",
)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_with_and_without_jobs(root: FlaskClient, queue: Queue, page: str) -> None:
    assert root.get(page, follow_redirects=True).status_code == 200
    fail(queue, SCRIPT, description=SCRIPT)
    queue.enqueue(queues.PROCESSORS[queues.AUDIT])
    answer = root.get(page, follow_redirects=True)
    assert answer.status_code == 200
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    if answer.mimetype == "text/html":
        assert "<script>alert" not in answer.get_data(as_text=True)


def test_a_job_shows_what_went_wrong_as_text(root: FlaskClient, queue: Queue) -> None:
    job_id = fail(queue, SCRIPT, description=SCRIPT)
    page = root.get(f"/admin/jobs/0/view/job/{job_id}").get_data(as_text=True)
    assert "is not allowed" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    data = root.get(f"/admin/jobs/0/data/job/{job_id}.json").json
    assert data["description"] == SCRIPT
    assert data["status"] == "failed"


@pytest.mark.parametrize("name", ["description", "origin", "status", "meta", "created_at", "data"])
@pytest.mark.parametrize("value", [SCRIPT.encode(), b"\xff\xfe\x00", b""])
def test_what_somebody_else_wrote_into_a_job_breaks_no_page(
    root: FlaskClient, queue: Queue, name: str, value: bytes
) -> None:
    job_id = fail(queue)
    queue.connection.hset(Job.key_for(job_id), name, value)
    for page in (*PAGES[6:8], f"/admin/jobs/0/view/job/{job_id}"):
        answer = root.get(page)
        assert answer.status_code == 200
        assert b"<script>alert" not in answer.data


def test_keys_that_rq_never_wrote_break_no_page(root: FlaskClient, queue: Queue) -> None:
    client = queue.connection
    client.sadd("rq:queues", "rq:queue:</a><script>alert(1)</script>", "nonsense", b"rq:queue:\xff")
    client.sadd("rq:workers", "rq:worker:<script>alert(1)", "rq:worker:odd", b"\xff")
    client.hset("rq:worker:<script>alert(1)", mapping={"state": SCRIPT, "queues": SCRIPT})
    client.set("rq:worker:odd", "a text")
    client.set("rq:queue:nonsense", "a text")
    client.rpush(queue.key, SCRIPT, b"\xff", "../../x")
    client.zadd("rq:failed:audit", {SCRIPT: 1, b"\xff": 2})
    client.zadd("rq:wip:audit", {"no-execution": 1})
    client.set("rq:finished:audit", "a text")
    for page in (*PAGES, "/admin/jobs/0/view/jobs/audit/finished/8/asc/1"):
        answer = root.get(page, follow_redirects=True)
        assert answer.status_code == 200, page
        if answer.mimetype == "text/html":
            assert b"<script>alert" not in answer.data


def test_nothing_is_unpickled(root: FlaskClient, queue: Queue) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[object, ...]:
            return (pytest.fail, ("it was unpickled",))

    job_id = fail(queue)
    for name in ("meta", "data"):
        queue.connection.hset(Job.key_for(job_id), name, pickle.dumps(Bomb()))
    assert root.get(f"/admin/jobs/0/view/job/{job_id}").status_code == 200
    assert post(root, f"/admin/jobs/job/{job_id}/requeue")[0] == 303
    assert post(root, f"/admin/jobs/job/{job_id}/delete")[0] == 303


def test_reading_changes_nothing(root: FlaskClient, queue: Queue) -> None:
    fail(queue)
    queue.connection.rpush(queue.key, "gone")
    root.get("/admin/jobs/")
    kept = {key: queue.connection.dump(key) for key in queue.connection.keys("rq:*")}
    for page in PAGES:
        root.get(page)
    assert {key: queue.connection.dump(key) for key in queue.connection.keys("rq:*")} == kept


def test_pages_of_jobs_hold_each_job_once(root: FlaskClient, queue: Queue) -> None:
    made = [queue.enqueue(queues.PROCESSORS[queues.AUDIT]).id for _ in range(7)]
    for order, wanted in (("asc", made), ("dsc", made[::-1])):
        seen: list[str] = []
        for page in (1, 2, 3):
            answer = root.get(f"/admin/jobs/0/data/jobs/audit/queued/3/{order}/{page}.json").json
            assert answer["pagination"]["num_pages"] == 3
            seen += [job["id"] for job in answer["jobs"]]
        assert seen == wanted


@pytest.mark.parametrize(
    "path",
    [
        "/admin/jobs/1/view/queues",
        "/admin/jobs/0/view/jobs/nowhere/failed/8/asc/1",
        "/admin/jobs/0/view/jobs/audit/other/8/asc/1",
        "/admin/jobs/0/view/jobs/audit/failed/101/asc/1",
        "/admin/jobs/0/view/jobs/audit/failed/0/asc/1",
        "/admin/jobs/0/view/jobs/audit/failed/8/up/1",
        "/admin/jobs/0/view/job/nothing",
        "/admin/jobs/0/view/job/%3Cscript%3E",
        "/admin/jobs/0/data/job/nothing.json",
        "/admin/jobs/static/js/jquery-3.5.1.min.js",
    ],
)
def test_what_is_not_there_is_a_404(root: FlaskClient, queue: Queue, path: str) -> None:
    assert root.get(path).status_code == 404


def test_a_team_admin_is_refused(bob: Person, queue: Queue) -> None:
    job_id = fail(queue)
    browser = bob.browser()
    for page in PAGES:
        assert browser.get(page).status_code == 404
        assert browser.get(page, headers=HTMX).status_code == 404
    assert post(browser, f"/admin/jobs/job/{job_id}/delete")[0] == 404
    assert queue.connection.exists(Job.key_for(job_id))


def test_the_forms_of_the_pages_are_complete(root: FlaskClient, queue: Queue) -> None:
    job_id = fail(queue)
    visitor = Visitor(root)
    page = visitor.open(f"/admin/jobs/0/view/job/{job_id}")
    form = page.form("/requeue")
    assert visitor.send(form).status == 303
    assert waiting(queue) == [job_id]


def test_without_redis_it_says_so(root: FlaskClient, app: Flask) -> None:
    client = app.extensions["taskforge_redis"]
    nowhere = app.config["TASKFORGE"].replaced(redis_url="redis://127.0.0.1:1/0")
    app.extensions["taskforge_redis"] = make_redis_client(nowhere)
    try:
        answer = root.get("/admin/jobs/")
    finally:
        app.extensions["taskforge_redis"] = client
    assert answer.status_code == 503
    assert "while Redis is away" in answer.get_data(as_text=True)
