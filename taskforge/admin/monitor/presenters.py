"""The monitor's answers to scripts, in the words of rq-dashboard, which other tools know."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for

from taskforge.admin.monitor.queries import (
    FAILED,
    QUEUED,
    REGISTRIES,
    JobDetails,
    QueueFigures,
    WorkerFigures,
)

PER_PAGE = 20
PAGES_AROUND = 4


def jobs_address(queue: str, registry: str, page: int = 1, **changed: Any) -> str:
    """The address of a page of jobs; `changed` may give ``per_page`` and ``order``."""
    asked = {"per_page": PER_PAGE, "order": "dsc" if registry != QUEUED else "asc", **changed}
    return url_for("monitor.jobs", queue_name=queue, registry_name=registry, page=page, **asked)


def queue_as_data(queue: QueueFigures) -> dict[str, Any]:
    """A queue for a script."""
    data: dict[str, Any] = {"name": queue.name, "count": queue.counts[QUEUED]}
    for registry in REGISTRIES:
        data[f"{registry}_url"] = jobs_address(queue.name, registry)
        if registry != QUEUED:
            data[f"{registry}_job_registry_count"] = queue.counts[registry]
    return data


def job_as_data(job: JobDetails) -> dict[str, Any]:
    """A job of a list for a script."""
    return {
        "id": job.id,
        "created_at": _instant(job.created_at),
        "started_at": _instant(job.started_at),
        "ended_at": _instant(job.ended_at),
        "exc_info": job.exception or None,
        "description": job.description,
    }


def whole_job_as_data(job: JobDetails) -> dict[str, Any]:
    """A job with all that is known of it, for a script."""
    return {
        **job_as_data(job),
        "enqueued_at": _instant(job.enqueued_at),
        "origin": job.queue,
        "status": job.status,
        "result": job.result or None,
        "metadata": job.metadata,
        "depends_on": list(job.depends_on),
    }


def worker_as_data(worker: WorkerFigures) -> dict[str, Any]:
    """A worker for a script."""
    return {
        "name": worker.name,
        "pid": worker.pid,
        "queues": list(worker.queues),
        "state": worker.state,
        "current_job": worker.job_id or "idle",
        "last_heartbeat": worker.last_heartbeat,
        "birth_date": worker.birth,
        "successful_job_count": worker.successful_jobs,
        "failed_job_count": worker.failed_jobs,
        "total_working_time": worker.working_seconds,
    }


def paging(
    queue: str, registry: str, *, page: int, per_page: int, order: str, total: int
) -> dict[str, Any]:
    """``current_page``, ``num_pages`` and the addresses of the pages around it."""
    last = max(1, -(-total // per_page))

    def link(number: int) -> dict[str, str]:
        return {"url": jobs_address(queue, registry, number, per_page=per_page, order=order)}

    around = range(max(1, page - PAGES_AROUND), min(last, page + PAGES_AROUND) + 1)
    data: dict[str, Any] = {
        "current_page": page,
        "num_pages": last,
        "pages_in_window": [{"number": number, **link(number)} for number in around],
        "first_page": link(1),
        "last_page": link(last),
    }
    if page > 1:
        data["prev_page"] = link(min(page - 1, last))
    if page < last:
        data["next_page"] = link(page + 1)
    return data


def actions_of(registry: str) -> dict[str, bool]:
    """What can be done with all jobs of a registry."""
    return {
        "requeue": registry == FAILED,
        "compact": registry == QUEUED,
        "empty": registry != "started",
    }


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
