"""The command ``rebuild-reports``, which makes what reports are computed from out of the audit log."""

from __future__ import annotations

import time

import click

from taskforge.admin.doctor_commands import raise_timeouts
from taskforge.cli import group
from taskforge.reports import projection

BUSY_SECONDS = 0.5
MAX_BUSY = 120


@group.command("rebuild-reports")
@click.option("--resume", is_flag=True, help="Go on with what an interrupted rebuild has left.")
def rebuild_reports(resume: bool) -> None:
    """Make the ways of all tasks, which reports are computed from, again out of the audit log.

    Everything can be used meanwhile: a board's old ways are read until its new ones are complete. What an interrupted
    rebuild has left the relay does by and by, or this command with --resume.
    """
    raise_timeouts()
    if not resume:
        projection.mark_stale(None)
    due = projection.list_due()
    busy = 0
    with click.progressbar(length=sum(board["events"] for board in due), label="Events") as bar:
        while due and busy < MAX_BUSY:
            for board in due:
                made = projection.make_again(board["board_id"], bar.update)
                busy = busy + 1 if made is None else 0
            due = projection.list_due()
            if busy:
                time.sleep(BUSY_SECONDS)  # the relay is at one of them
    click.echo(f"{len(due)} boards are left." if due else "All boards are read.")
    raise SystemExit(1 if due else 0)
