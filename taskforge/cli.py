"""The command line: ``flask --app wsgi <command>``."""

from __future__ import annotations

import os

import click
from flask import Flask
from flask.cli import AppGroup

from taskforge.extensions import db
from taskforge.stores.indexes import ensure_indexes

group = AppGroup("taskforge", help="Run and look after TaskForge.")


def init_cli(app: Flask) -> None:
    """Register the commands; features add theirs to `group`."""
    app.cli.add_command(ensure_indexes_command)
    if os.environ.get("FLASK_RUN_FROM_CLI") == "true":
        init_migrations(app)
    app.cli.add_command(group)


def init_migrations(app: Flask) -> None:
    """Make ``flask db`` work. Only for the command line: Alembic is 12 MB in each process that imports it."""
    from flask_migrate import Migrate

    Migrate(app, db)


@click.command("ensure-indexes")
def ensure_indexes_command() -> None:
    """Create the MongoDB collections' indexes that are missing."""
    for name in ensure_indexes():
        click.echo(f"{name}: indexes are in place")
