"""The command ``reindex``, which rebuilds the search projection."""

from __future__ import annotations

import click

from taskforge.admin.doctor_commands import raise_timeouts
from taskforge.cli import group
from taskforge.errors import Unavailable
from taskforge.search import rebuilding
from taskforge.stores.mongo import DocumentsUnavailable

AGAIN = "What is done stays done; run this again and it goes on from there."


@group.command("reindex")
@click.option("--from-nothing", is_flag=True, help="Delete all entries first.")
def reindex(from_nothing: bool) -> None:
    """Compare all that is searched with what it was made from, and make what is missing or wrong again.

    Everything can be used meanwhile. If this is interrupted, run it again: it goes on where it was. With --from-nothing
    search finds only what has been made again until this ends.
    """
    raise_timeouts()
    try:
        if from_nothing:
            _drop()
        if from_nothing or not rebuilding.unfinished():
            rebuilding.begin(again=True)
        looked_at = _rebuild()
        entries = rebuilding.count_entries()
    except (Unavailable, DocumentsUnavailable) as error:
        raise click.ClickException(f"A store can't be reached ({error}). {AGAIN}") from error
    click.echo(f"{looked_at} tasks, comments, files, people, teams and boards: {entries} entries.")


def _drop() -> None:
    label = "Deleting entries"
    with click.progressbar(length=rebuilding.count_entries(), label=label) as bar:
        for deleted in rebuilding.drop_everything():
            bar.update(deleted)


def _rebuild() -> int:
    looked_at = 0
    with click.progressbar(length=rebuilding.count_left(), label="Making entries") as bar:
        for count in rebuilding.rebuild():
            looked_at += count
            bar.update(count)
    return looked_at
