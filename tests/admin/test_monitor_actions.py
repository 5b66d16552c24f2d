"""The actions of the RQ dashboard: each does its work once, and stands in the audit log."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from rq import Queue
from rq.job import Job
from sqlalchemy import text

from taskforge.audit.jobs import seal_pending
from taskforge.ids import new_id
from taskforge.messaging import queues
from taskforge.stores import sql
from tests.admin.monitored import fail, post, waiting, work
from tests.factories import Person, csrf_token


def test_a_failed_job_goes_back_once(root: FlaskClient, queue: Queue) -> None:
    job_id = fail(queue)
    status, page = post(root, f"/admin/jobs/job/{job_id}/requeue")
    assert "in its queue again" in page
    assert waiting(queue) == [job_id]
    status, page = post(root, f"/admin/jobs/job/{job_id}/requeue")
    assert status == 303
    assert "Only a failed job" in page
    assert waiting(queue) == [job_id]


def test_all_failed_jobs_go_back(root: FlaskClient, queue: Queue) -> None:
    job_ids = {fail(queue) for _ in range(3)}
    assert "3 jobs back in the queue" in post(root, "/admin/jobs/requeue/audit")[1]
    assert set(waiting(queue)) == job_ids
    assert root.get("/admin/jobs/requeue/audit").status_code == 405


def test_a_job_is_deleted(root: FlaskClient, queue: Queue) -> None:
    job_id = fail(queue)
    assert "The job is deleted" in post(root, f"/admin/jobs/job/{job_id}/delete")[1]
    assert not queue.connection.exists(Job.key_for(job_id))
    assert not queue.failed_job_registry.get_job_ids()
    assert post(root, f"/admin/jobs/job/{job_id}/delete")[0] == 404


@pytest.mark.parametrize(
    "registry", ["queued", "failed", "finished", "deferred", "scheduled", "canceled"]
)
def test_a_registry_is_emptied(root: FlaskClient, queue: Queue, registry: str) -> None:
    job = queue.enqueue(queues.PROCESSORS[queues.AUDIT])
    if registry != "queued":
        queue.remove(job)
        queue.connection.zadd(getattr(queue, f"{registry}_job_registry").key, {job.id: 9e9})
    assert "1 job deleted" in post(root, f"/admin/jobs/queue/audit/{registry}/empty")[1]
    assert not queue.connection.exists(job.key)
    figures = root.get("/admin/jobs/0/data/queues.json").json["queues"][0]
    assert figures["failed_job_registry_count"] == 0


def test_running_jobs_are_left_alone(root: FlaskClient, queue: Queue) -> None:
    job = queue.enqueue(queues.PROCESSORS[queues.AUDIT])
    job.set_status("started")
    assert "Workers are at these jobs" in post(root, "/admin/jobs/queue/audit/started/empty")[1]
    assert "A worker is at this job" in post(root, f"/admin/jobs/job/{job.id}/delete")[1]
    assert queue.connection.exists(job.key)


def test_a_security_event_cannot_be_deleted_before_it_is_written(
    root: FlaskClient, queue: Queue
) -> None:
    queues.enqueue_security_event({"event_id": new_id()})
    (job_id,) = queue.get_job_ids()
    assert "holds a security event" in post(root, f"/admin/jobs/job/{job_id}/delete")[1]
    assert "1 job kept" in post(root, "/admin/jobs/queue/audit/queued/empty")[1]
    work(queue)
    assert "1 job kept" in post(root, "/admin/jobs/queue/audit/failed/empty")[1]
    assert queue.connection.exists(Job.key_for(job_id))


def test_ids_without_a_job_are_taken_out_in_order(root: FlaskClient, queue: Queue) -> None:
    first = queue.enqueue(queues.PROCESSORS[queues.AUDIT]).id
    queue.connection.rpush(queue.key, "gone", "gone-too")
    second = queue.enqueue(queues.PROCESSORS[queues.AUDIT]).id
    assert "2 jobs without content" in post(root, "/admin/jobs/queue/audit/compact")[1]
    assert queue.get_job_ids()[:2] == [first, second]


def test_what_was_done_stands_in_the_audit_log(
    root: FlaskClient, queue: Queue, ada: Person
) -> None:
    job_id = fail(queue)
    post(root, f"/admin/jobs/job/{job_id}/requeue")
    queue.empty()
    job_id = fail(queue)
    post(root, "/admin/jobs/queue/audit/failed/empty")
    work(queue)
    seal_pending()
    found = sql.rows(
        text(
            "SELECT event, new_state FROM audit_logs"
            " WHERE event LIKE 'user.jobs_%' AND actor_id = :id ORDER BY action_timestamp DESC"
        ),
        {"id": ada.user_id},
    )
    assert found[0]["event"] == "user.jobs_deleted"
    assert found[0]["new_state"]["job_ids"] == [job_id]
    assert found[0]["new_state"]["queue"] == "audit"


def test_scripts_get_json_for_an_action(root: FlaskClient, queue: Queue) -> None:
    job_id = fail(queue)
    headers = {"Accept": "application/json", "X-CSRFToken": csrf_token(root)}
    answer = root.post("/admin/jobs/requeue/audit", headers=headers)
    assert answer.json == {"status": "OK", "count": 1}
    answer = root.post(f"/admin/jobs/job/{job_id}/requeue", headers=headers)
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "conflict")
