"""The RQ dashboard in a real browser: every page opens, every action works, and no foreign script runs."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from rq import Queue, SimpleWorker
from rq.job import Job
from rq.serializers import JSONSerializer
from sqlalchemy import text

from taskforge.messaging import queues
from taskforge.messaging.redis_client import redis_client
from taskforge.stores import sql
from tests.factories import make_person

ATTACK = (
    "<script>window.attacked = 1</script><img src=x onerror='window.attacked = 2'>"
    "</pre><svg onload='window.attacked = 3'><a href='javascript:window.attacked = 4'>x</a>"
)


@pytest.fixture
def administrator(page: Page, live_server: str, app: Flask) -> Page:
    """The browser of a site administrator, while a job has failed that says something hostile everywhere."""
    person = make_person(app, "Root")
    with app.app_context():
        sql.execute_now(
            text("UPDATE users SET is_site_admin = true WHERE user_id = :id"),
            {"id": person.user_id},
        )
        fail_hostile_job()
    cookie = {"name": app.config["SESSION_COOKIE_NAME"], "value": person.secret}
    page.context.add_cookies([{**cookie, "url": live_server}])
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    return page


def fail_hostile_job() -> None:
    client = redis_client()
    queue = queues.queue(queues.NOTIFICATIONS, client)
    job = queue.enqueue(f"os.{ATTACK}", ATTACK, description=ATTACK, meta={ATTACK: ATTACK})
    worker = SimpleWorker(
        [queue], connection=client, job_class=queues.AllowedJob, serializer=JSONSerializer
    )
    worker.work(burst=True, logging_level="CRITICAL")
    client.hset(
        "rq:worker:hostile", mapping={"state": ATTACK, "queues": ATTACK, "hostname": ATTACK}
    )
    client.sadd("rq:workers", "rq:worker:hostile")
    client.sadd("rq:queues", f"rq:queue:{ATTACK.replace('/', '')}")
    assert Job.fetch(job.id, connection=client, serializer=JSONSerializer).latest_result()


def waiting(app: Flask) -> list[str]:
    with app.app_context():
        found: Queue = queues.queue(queues.NOTIFICATIONS, redis_client())
        return found.get_job_ids()


def test_every_page_is_reached_by_links_and_runs_nothing(administrator: Page) -> None:
    page = administrator
    page.goto("/admin/")
    tabs = page.get_by_role("navigation", name="Administration")
    tabs.get_by_role("link", name="Workers").click()
    expect(page.locator("#workers")).to_contain_text("<script>window.attacked")
    page.get_by_role("navigation", name="Administration").get_by_role("link", name="Queues").click()
    page.get_by_role("link", name="notifications, failed: 1").click()
    expect(page.locator("#jobs")).to_contain_text("<img src=x")
    page.get_by_role("link", name="Open").click()
    expect(page.get_by_role("heading", name="Exception")).to_be_visible()
    expect(page.locator(".job-text").first).to_contain_text("<script>window.attacked")
    page.get_by_role("link", name="Queues").first.click()
    for state in ("queued", "started", "finished", "deferred", "scheduled", "canceled"):
        page.goto("/admin/jobs/")
        page.get_by_role("link", name=f"audit, {state}:").click()
        page.get_by_role("heading", name="audit").wait_for()
        assert page.evaluate("window.attacked") is None


def test_every_action_works(administrator: Page, app: Flask) -> None:
    page = administrator
    page.goto("/admin/jobs/")
    page.get_by_role("link", name="notifications, failed: 1").click()
    page.get_by_role("button", name="Requeue all").click()
    expect(page.locator("#toasts")).to_contain_text("1 job back in the queue")
    assert len(waiting(app)) == 1
    page.get_by_role("link", name="Queued").click()
    page.get_by_role("button", name="Take out what is gone").click()
    expect(page.locator("#toasts")).to_contain_text("0 jobs without content")
    page.get_by_role("link", name="Open").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("#toasts")).to_contain_text("The job is deleted")
    assert waiting(app) == []
    with app.app_context():
        fail_hostile_job()
    page.goto("/admin/jobs/0/view/jobs/notifications/failed/20/dsc/1")
    page.get_by_role("link", name="Open").click()
    page.get_by_role("button", name="Requeue").click()
    expect(page.locator("#toasts")).to_contain_text("in its queue again")
    page.goto("/admin/jobs/0/view/jobs/notifications/queued/20/asc/1")
    page.get_by_role("button", name="Delete all").click()
    expect(page.locator("#toasts")).to_contain_text("1 job deleted")
    assert page.evaluate("window.attacked") is None
