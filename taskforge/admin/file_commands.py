"""The command ``move-files``, which brings files from one store into the other."""

from __future__ import annotations

from collections import Counter

import click

from taskforge.cli import group
from taskforge.stores import blobs
from taskforge.stores.blobs.moving import Outcome, Step, count_blobs, move_all

WORDS = {
    Outcome.DAMAGED: "is damaged: its bytes are not the ones that were written. It stays where it was.",
    Outcome.DIFFERENT: "is in both stores, and not the same. Both stay; the one that it was to be moved to is read.",
}
MB = 1024 * 1024


@group.command("move-files")
@click.option("--to", "name", required=True, type=click.Choice(["s3", "gridfs"]))
def move_files(name: str) -> None:
    """Move the bytes of all files into S3 (S3_URL) or into MongoDB (gridfs).

    Set FILE_STORE first and restart all processes, so that new files go there. Everything can be used meanwhile. Each
    file is verified by its SHA-256 before it is removed where it was. If this is interrupted, run it again. Exits with
    1 if something could not be moved.
    """
    pair = blobs.store()
    if not isinstance(pair, blobs.PairedStore):
        raise click.ClickException("S3_URL is not set, so there is only one store.")
    if pair.name != name:
        raise click.ClickException(
            f"New files still go to {pair.name}. Set FILE_STORE={name}, restart all processes, then run this again."
        )
    try:
        steps = _move(pair)
        left = count_blobs(pair.second)
    except blobs.BlobsUnavailable as error:
        raise click.ClickException(
            f"A store can't be reached ({error}). What was moved stays moved; run this again later."
        ) from error
    for step in steps:
        click.echo(f"{step.key} {WORDS[step.outcome]}", err=True)
    click.echo(f"{left} left in {pair.second.name}.")
    raise SystemExit(1 if steps else 0)


def _move(pair: blobs.PairedStore) -> list[Step]:
    """Move all that is in the second store; answers what could not be moved."""
    outcomes: Counter[Outcome] = Counter()
    failed, size = [], 0
    label = f"From {pair.second.name} to {pair.first.name}"
    with click.progressbar(length=count_blobs(pair.second), label=label) as bar:
        for step in move_all(pair.second, pair.first):
            outcomes[step.outcome] += 1
            size += step.size
            if step.outcome in WORDS:
                failed.append(step)
            bar.update(1)
    click.echo(f"{outcomes[Outcome.MOVED]} files moved and verified, {size / MB:.1f} MB.")
    return failed
