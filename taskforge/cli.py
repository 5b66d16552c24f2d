"""The command line: ``flask --app wsgi <command>``."""

from __future__ import annotations

import os

from flask import Flask
from flask.cli import AppGroup

from taskforge.extensions import db

group = AppGroup("taskforge", help="Run and look after TaskForge.")


def init_cli(app: Flask) -> None:
    """Register the commands; the modules that have some add theirs to `group`."""
    if os.environ.get("FLASK_RUN_FROM_CLI") == "true":
        init_migrations(app)
    app.cli.add_command(group)


def init_migrations(app: Flask) -> None:
    """Add ``flask db`` (Alembic). Only for the command line: Alembic takes 12 MB in each process that imports it."""
    from flask_migrate import Migrate

    Migrate(app, db)
