"""Scenes of the administration area; the person who looks becomes a site administrator on the way."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page
from sqlalchemy import text

from taskforge.accounts import suspension
from taskforge.stores import sql
from tests.e2e.scene import Scene, go
from tests.e2e.world import World


def administer(world: World) -> None:
    """Make the first person a site administrator, who has suspended another one."""
    first, other = world.people[0], world.people[-2]
    with world.app.app_context():
        statement = text("UPDATE users SET is_site_admin = true WHERE user_id = :id")
        sql.execute_now(statement, {"id": first.user_id})
        suspended = text("SELECT suspended_at FROM users WHERE user_id = :id")
        if sql.scalar(suspended, {"id": other.user_id}) is None:
            suspension.suspend_person(
                first, other.user_id, reason="Left the company without a word."
            )


def area(address: str) -> Callable[[Page, World], None]:
    """A page of the area; ``{first}`` and ``{other}`` in the address are ids of people, ``{team}`` that of the team."""

    def opened(page: Page, world: World) -> None:
        administer(world)
        ids = {"first": world.people[0].user_id, "other": world.people[-2].user_id}
        go(page, address.format(team=world.team.rsplit("/", 1)[1], **ids))

    return opened


ADMINISTRATION = (
    Scene("admin", area("/admin/")),
    Scene("admin-users", area("/admin/users")),
    Scene("admin-user", area("/admin/users/{first}")),
    Scene("admin-user-suspended", area("/admin/users/{other}")),
    Scene("admin-teams", area("/admin/teams")),
    Scene("admin-team", area("/admin/teams/{team}")),
    Scene("admin-security", area("/admin/security")),
    Scene("admin-mails", area("/admin/mails")),
    Scene("admin-analytics", area("/admin/analytics")),
    Scene("admin-storage", area("/admin/storage")),
    Scene("admin-settings", area("/admin/settings")),
)
