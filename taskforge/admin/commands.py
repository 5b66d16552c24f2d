"""Commands of site administration, and the creation of MongoDB's indexes."""

from __future__ import annotations

import click

from taskforge.admin import doctor_commands as doctor_commands  # adds commands of its own
from taskforge.admin import service
from taskforge.audit import security_events
from taskforge.cli import group
from taskforge.events import Event
from taskforge.extensions import config_of
from taskforge.stores.indexes import ensure_indexes


@group.command("admin-link")
def admin_link() -> None:
    """Print a one-time link that makes whoever opens it (and is logged in) a site administrator."""
    token = service.issue_admin_claim()
    security_events.report(Event.USER_ADMIN_CLAIM_ISSUED, user_id=None)
    click.echo(f"{config_of().public_url.rstrip('/')}/admin/claim/{token}")
    click.echo("It works once, within an hour.")


@click.command("ensure-indexes")
def ensure_indexes_command() -> None:
    """Create the MongoDB collections' indexes that are missing."""
    for name in ensure_indexes():
        click.echo(f"{name}: indexes are in place")
