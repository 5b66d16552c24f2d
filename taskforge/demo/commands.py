"""``flask taskforge demo``: writes a team with half a year of history."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

import click

from taskforge import clock
from taskforge.cli import group
from taskforge.demo import files, news, player, rights, scenario
from taskforge.extensions import config_of


@group.command("demo")
@click.option("--seed", default=1, show_default=True, help="Another number gives another scenario.")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), help="The scenario's last day (default: now)."
)
@click.option("--password", help="For all its people (default: a random one, printed).")
@click.option("--share", default=1.0, show_default=True, help="Size of the boards; 0.1 is a tenth.")
@click.option("--yes", is_flag=True, help="Also where real people work.")
def demo(seed: int, until: datetime | None, password: str | None, share: float, yes: bool) -> None:
    """Write a team of eight with four boards, 400 tasks, comments and six months of history, and a team below it."""
    if config_of().is_production and not yes:
        raise click.ClickException("This is a production installation. Add --yes if you mean it.")
    end = until.replace(tzinfo=UTC) if until else clock.now()
    chosen = password or secrets.token_urlsafe(12)
    try:
        team = player.set_up(chosen, end)
    except player.DemoExists:
        raise click.ClickException("The demo is here already: its accounts exist.") from None
    steps = scenario.write_scenario(seed, end, share=share)
    with click.progressbar(length=len(steps), label="Half a year of work") as bar:
        player.play(team, steps, done=lambda: bar.update(1))
    files.attach_files(team, end)
    rights.set_rights(team, end)
    news.set_news(team, end)
    click.echo(f"Log in as {player.email_of(0)} with the password {chosen}")
