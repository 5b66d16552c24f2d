"""The command that makes the keys of push messages."""

from __future__ import annotations

import click

from taskforge.cli import group
from taskforge.notifications.push import messages


@group.command("push-keys")
def push_keys() -> None:
    """Print new keys of push messages as settings. They are stored nowhere: put them where the settings are."""
    public, private = messages.make_keys()
    click.echo(f"VAPID_PUBLIC_KEY={public}")
    click.echo(f"VAPID_PRIVATE_KEY={private}")
    click.echo(
        "Devices that were switched on with other keys have to be switched on again.", err=True
    )
