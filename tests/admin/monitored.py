"""Queues with jobs as the RQ dashboard shows them, and its forms."""

from __future__ import annotations

from flask.testing import FlaskClient
from rq import Queue, SimpleWorker
from rq.job import Job
from rq.serializers import JSONSerializer

from taskforge.messaging import queues
from tests.factories import csrf_token


def fail(queue: Queue, *arguments: str, description: str = "") -> str:
    """A job of a function that is not allowed, which a worker has tried: its exception holds the arguments."""
    job = queue.enqueue("os.path.join", *arguments, description=description or None)
    work(queue)
    client = queue.connection
    stored = Job.fetch(job.id, connection=client, serializer=JSONSerializer).latest_result()
    assert stored is not None
    return job.id


def work(queue: Queue) -> None:
    worker = SimpleWorker(
        [queue],
        connection=queue.connection,
        job_class=queues.AllowedJob,
        serializer=JSONSerializer,
    )
    worker.work(burst=True, logging_level="CRITICAL")


def waiting(queue: Queue) -> list[str]:
    """The jobs of the queue but those that record what an administrator did."""
    return [each for each in queue.get_job_ids() if not each.startswith("security-")]


def post(browser: FlaskClient, path: str) -> tuple[int, str]:
    """Send the form of an action; the status and the sentence that the page after it shows."""
    answer = browser.post(path, data={"csrf_token": csrf_token(browser)})
    if answer.status_code != 303:
        return answer.status_code, answer.get_data(as_text=True)
    return 303, browser.get(answer.location).get_data(as_text=True)
