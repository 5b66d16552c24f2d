"""Commands of site administration, and the creation of MongoDB's indexes."""

from __future__ import annotations

import click

from taskforge.admin import doctor_commands as doctor_commands  # adds commands of its own
from taskforge.admin import file_commands as file_commands  # adds commands of its own
from taskforge.admin import push_command as push_command  # adds a command of its own
from taskforge.admin import report_command as report_command  # adds a command of its own
from taskforge.admin import search_command as search_command  # adds a command of its own
from taskforge.admin import service
from taskforge.audit import security_events
from taskforge.cli import group
from taskforge.errors import TaskForgeError
from taskforge.events import Event
from taskforge.extensions import config_of
from taskforge.stores.actor import ITSELF
from taskforge.stores.indexes import ensure_indexes


@group.command("admin-link")
def admin_link() -> None:
    """Print a one-time link that makes whoever opens it (and is logged in) a site administrator."""
    token = service.issue_admin_claim()
    security_events.report(Event.USER_ADMIN_CLAIM_ISSUED, user_id=None)
    click.echo(f"{config_of().public_url.rstrip('/')}/admin/claim/{token}")
    click.echo("It works once, within an hour.")


@group.command("reset-two-factor")
@click.argument("email")
def reset_two_factor(email: str) -> None:
    """Turn off the two-factor log-in of EMAIL, who has lost their app and their recovery codes."""
    try:
        service.reset_two_factor(ITSELF, email.strip().lower())
    except TaskForgeError as error:
        raise click.ClickException(error.message) from error
    click.echo("It is off. They log in by password, and are told in their inbox.")


@click.command("ensure-indexes")
def ensure_indexes_command() -> None:
    """Create the MongoDB collections' indexes that are missing."""
    for name in ensure_indexes():
        click.echo(f"{name}: indexes are in place")
