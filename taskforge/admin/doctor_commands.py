"""The commands ``doctor`` and ``audit``, which check the data."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click
import redis
from flask import current_app

from taskforge.admin import doctor_probes
from taskforge.admin.maintenance import requeue_stuck_jobs_if_possible
from taskforge.audit import chain
from taskforge.cli import group
from taskforge.errors import Unavailable
from taskforge.extensions import config_of, db
from taskforge.messaging.redis_client import EXTENSION, make_redis_client, redis_client
from taskforge.stores import doctor, mongo, roles, sql
from taskforge.stores.violations import Violation

TIMEOUT_SECONDS = 300.0
MAX_SHOWN = 20


@group.command("doctor")
@click.option("--repair", is_flag=True, help="Repair what can be repaired.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def doctor_command(repair: bool, as_json: bool) -> None:
    """Compare the three stores with each other.

    Exits with 0 if nothing is wrong, 1 if what was wrong can be (or was) repaired, 2 if something can't be.
    """
    raise_timeouts()
    try:
        if repair:
            requeued = requeue_stuck_jobs_if_possible()
            report = doctor.treat(doctor_probes.probes(), doctor_probes.remedies())
        else:
            requeued = 0
            report = doctor.examine(doctor_probes.probes())
        advice = doctor.check_start(current_app.debug) + _redis_advice()
        role = roles.describe_role()
    except (Unavailable, mongo.DocumentsUnavailable) as error:
        raise SystemExit(f"The stores can't be compared: {error}") from error
    if as_json:
        click.echo(json.dumps(_as_data(report, requeued, advice, role), indent=2))
    else:
        _print(report, requeued, advice)
        click.echo(role.sentence)
    raise SystemExit(report.exit_code)


@group.group("audit")
def audit() -> None:
    """The hash chain over the audit log."""


@audit.command("verify")
@click.option("--anchor", metavar="SEQ:HASH", help="A head that was noted down earlier.")
def verify(anchor: str | None) -> None:
    """Check every link of the chain; exits with 1 if an event was changed, removed or added."""
    raise_timeouts()
    report = chain.verify(config_of().audit_key.encode(), anchor=_read_anchor(anchor))
    if report.problem:
        click.echo(f"The audit log was tampered with: {report.problem}.")
        raise SystemExit(1)
    click.echo(f"{report.links} links hold; {report.unsealed} events are not sealed yet.")


@audit.command("head")
def head() -> None:
    """Print the newest link. Kept outside the database, it shows later that nothing was cut off."""
    seq, link = chain.head()
    click.echo(f"{seq}:{link.hex()}")


def _read_anchor(anchor: str | None) -> tuple[int, str] | None:
    if anchor is None:
        return None
    seq, _, link = anchor.partition(":")
    if not seq.isdigit() or len(link) != 64:
        raise click.BadParameter("must be what `audit head` printed: a number, a colon and a hash")
    return int(seq), link.lower()


def raise_timeouts() -> None:
    """Let stores take their time: on the command line nobody waits behind them."""
    config = config_of().replaced(mongodb_timeout_ms=20_000, redis_timeout_seconds=5.0)
    sql.be_patient(db.engine, TIMEOUT_SECONDS)
    mongo.connect(config)
    current_app.extensions[EXTENSION] = make_redis_client(config)


def _redis_advice() -> list[str]:
    try:
        policy = redis_client().config_get("maxmemory-policy").get("maxmemory-policy")
    except redis.RedisError:  # away, or a service that does not show its settings
        return []
    if policy in ("volatile-ttl", "noeviction"):
        return []
    return [f"Redis evicts by {policy}, which may drop queued jobs: set volatile-ttl."]


def _as_data(
    report: doctor.Report, requeued: int, advice: Sequence[str], role: roles.RoleReport
) -> dict[str, object]:
    def plain(violations: Sequence[Violation]) -> list[dict[str, object]]:
        return [
            {
                "invariant": violation.invariant,
                "entity": violation.entity,
                "detail": violation.detail,
                "repairable": violation.repairable,
            }
            for violation in violations
        ]

    return {
        "exitCode": report.exit_code,
        "found": plain(report.found),
        "left": plain(report.left) if report.repaired else None,
        "requeuedJobs": requeued,
        "advice": list(advice),
        "databaseRole": {"isSeparate": role.is_separate, "sentence": role.sentence},
    }


def _print(report: doctor.Report, requeued: int, advice: Sequence[str]) -> None:
    if not report.found:
        click.echo("The stores agree with each other.")
    for violation in report.found[:MAX_SHOWN]:
        mark = "repairable" if violation.repairable else "NOT REPAIRABLE"
        click.echo(f"{violation.invariant}  {violation.entity}: {violation.detail} ({mark})")
    if len(report.found) > MAX_SHOWN:
        click.echo(f"... and {len(report.found) - MAX_SHOWN} more")
    if report.repaired and report.found:
        click.echo(f"{len(report.found) - len(report.left)} repaired, {len(report.left)} left.")
    if requeued:
        click.echo(f"{requeued} stuck jobs went back into their queues.")
    for sentence in advice:
        click.echo(f"Advice: {sentence}")
