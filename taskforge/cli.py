"""The command line: ``flask --app wsgi <command>``."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup

from taskforge.stores.indexes import ensure_indexes

group = AppGroup("taskforge", help="Run and look after TaskForge.")


def init_cli(app: Flask) -> None:
    """Register the commands; features add theirs to `group`."""
    app.cli.add_command(ensure_indexes_command)
    app.cli.add_command(group)


@click.command("ensure-indexes")
def ensure_indexes_command() -> None:
    """Create the MongoDB collections' indexes that are missing."""
    for name in ensure_indexes():
        click.echo(f"{name}: indexes are in place")
