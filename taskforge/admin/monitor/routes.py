"""The RQ dashboard: pages over queues, jobs and workers, what can be done with them, and the same as JSON.

For site administrators only. The addresses are those of rq-dashboard (docs/decisions/0019-own-job-pages.md).
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue

from taskforge.admin.monitor import presenters, queries, service
from taskforge.errors import Conflict
from taskforge.http.htmx import go_to, wants_json
from taskforge.identity.confirmation import needs_confirmation
from taskforge.identity.current import current_actor
from taskforge.identity.site_admins import require_site_admin

blueprint = Blueprint("monitor", __name__, url_prefix="/admin/jobs")
REGISTRY = f"<any({', '.join(queries.REGISTRIES)}):registry_name>"
PAGE = f"<queue_name>/{REGISTRY}/<int(min=1, max=100):per_page>/<any(asc, dsc):order>/<int(min=1):page>"


@blueprint.before_request
def guard() -> None:
    """Let in site administrators only."""
    require_site_admin()


@blueprint.get("/")
@blueprint.get("/0/")
@blueprint.get("/0/view")
@blueprint.get("/0/view/queues")
def index() -> str:
    """The queues, with how many jobs each has in which state."""
    with queries.reachable_redis() as client:
        found = queries.list_queues(client)
    return render_template(
        "admin/queues.html",
        queues=found,
        registries=queries.REGISTRIES,
        address_of=presenters.jobs_address,
    )


@blueprint.get("/0/view/workers")
def workers() -> str:
    """The workers that have registered themselves."""
    with queries.reachable_redis() as client:
        found = queries.list_workers(client)
    return render_template("admin/workers.html", workers=found)


@blueprint.get("/0/view/jobs")
def any_jobs() -> ResponseReturnValue:
    """Leads to the jobs that wait in the first queue."""
    with queries.reachable_redis() as client:
        first = queries.list_queues(client)[0]
    return go_to(presenters.jobs_address(first.name, queries.QUEUED))


@blueprint.get(f"/0/view/jobs/{PAGE}")
def jobs(queue_name: str, registry_name: str, per_page: int, order: str, page: int) -> str:
    """A page of a queue's jobs in one state."""
    found, pages, figures = _read_page(queue_name, registry_name, per_page, order, page)
    return render_template(
        "admin/jobs.html",
        queue=figures,
        registry=registry_name,
        registries=queries.REGISTRIES,
        address_of=presenters.jobs_address,
        jobs=found,
        pages=pages,
        may=presenters.actions_of(registry_name),
    )


@blueprint.get("/0/view/job/<job_id>")
def job(job_id: str) -> str:
    """A job with its exception, result and metadata."""
    with queries.reachable_redis() as client:
        found = queries.get_job(client, job_id)
    return render_template(
        "admin/job.html",
        job=found,
        may={
            "requeue": found.status == queries.FAILED,
            "delete": found.may_be_deleted,
        },
        queue_url=presenters.jobs_address(found.queue, found.status)
        if found.queue and found.status in queries.REGISTRIES
        else url_for("monitor.index"),
    )


@blueprint.post("/job/<job_id>/requeue")
@needs_confirmation
def requeue_job(job_id: str) -> ResponseReturnValue:
    """Put a failed job back into its queue."""
    service.requeue_job(current_actor(), job_id)
    return _done("The job is in its queue again.", url_for("monitor.job", job_id=job_id))


@blueprint.post("/job/<job_id>/delete")
@needs_confirmation
def delete_job(job_id: str) -> ResponseReturnValue:
    """Delete a job."""
    service.delete_job(current_actor(), job_id)
    return _done("The job is deleted.", url_for("monitor.index"))


@blueprint.post("/requeue/<queue_name>")
@needs_confirmation
def requeue_failed_jobs(queue_name: str) -> ResponseReturnValue:
    """Put all failed jobs of a queue back."""
    count = service.requeue_failed_jobs(current_actor(), queue_name)
    return _done(
        f"{_number(count)} back in the queue.",
        presenters.jobs_address(queue_name, queries.FAILED),
        count=count,
    )


@blueprint.post(f"/queue/<queue_name>/{REGISTRY}/empty")
@needs_confirmation
def empty_registry(queue_name: str, registry_name: str) -> ResponseReturnValue:
    """Delete all jobs of a queue that are in one state."""
    deleted, kept = service.empty_registry(current_actor(), queue_name, registry_name)
    sentence = f"{_number(deleted)} deleted."
    if kept:
        sentence += f" {_number(kept)} kept: what they hold is not in the audit log yet."
    return _done(sentence, presenters.jobs_address(queue_name, registry_name), count=deleted)


@blueprint.post("/queue/<queue_name>/compact")
@needs_confirmation
def compact_queue(queue_name: str) -> ResponseReturnValue:
    """Take ids out of a queue whose jobs are gone."""
    count = service.compact_queue(current_actor(), queue_name)
    return _done(
        f"{_number(count)} without content taken out.",
        presenters.jobs_address(queue_name, queries.QUEUED),
        count=count,
    )


@blueprint.get("/0/data/queues.json")
def queues_data() -> ResponseReturnValue:
    """The queues, for scripts."""
    with queries.reachable_redis() as client:
        found = queries.list_queues(client)
    return jsonify(queues=[presenters.queue_as_data(queue) for queue in found])


@blueprint.get(f"/0/data/jobs/{PAGE}.json")
def jobs_data(
    queue_name: str, registry_name: str, per_page: int, order: str, page: int
) -> ResponseReturnValue:
    """A page of a queue's jobs in one state, for scripts."""
    found, pages, _ = _read_page(queue_name, registry_name, per_page, order, page)
    return jsonify(
        name=queue_name,
        registry_name=registry_name,
        jobs=[presenters.job_as_data(each) for each in found],
        pagination=pages,
    )


@blueprint.get("/0/data/job/<job_id>.json")
def job_data(job_id: str) -> ResponseReturnValue:
    """A job, for scripts."""
    with queries.reachable_redis() as client:
        found = queries.get_job(client, job_id)
    return jsonify(presenters.whole_job_as_data(found))


@blueprint.get("/0/data/workers.json")
def workers_data() -> ResponseReturnValue:
    """The workers, for scripts."""
    with queries.reachable_redis() as client:
        found = queries.list_workers(client)
    return jsonify(workers=[presenters.worker_as_data(worker) for worker in found])


@blueprint.errorhandler(Conflict)
def answer_conflict(error: Conflict) -> ResponseReturnValue:
    """Say on the page of queues what could not be done: the job has gone on since its page was drawn."""
    if wants_json():
        return jsonify(error=error.as_dict()), error.status
    flash(error.message, "danger")
    return go_to(url_for("monitor.index"))


def _read_page(
    queue_name: str, registry_name: str, per_page: int, order: str, page: int
) -> tuple[list[queries.JobDetails], dict[str, Any], queries.QueueFigures]:
    with queries.reachable_redis() as client:
        queue = queries.find_queue(client, queue_name)
        found, total = queries.list_jobs(
            client, queue, registry_name, page=page, per_page=per_page, latest=order == "dsc"
        )
        figures = queries.figures_of(client, queue_name)
    pages = presenters.paging(
        queue_name, registry_name, page=page, per_page=per_page, order=order, total=total
    )
    return found, pages, figures


def _done(sentence: str, address: str, **data: int) -> ResponseReturnValue:
    """The answer to a change: JSON for a script, else the page `address` with a sentence."""
    if wants_json():
        return jsonify(status="OK", **data)
    flash(sentence, "ok")
    return go_to(address)


def _number(count: int) -> str:
    return f"{count} job" if count == 1 else f"{count} jobs"
