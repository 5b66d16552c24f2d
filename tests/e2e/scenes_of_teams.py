"""Scenes of teams: their pages, their people, and what these may do."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.e2e.scene import Scene, at, go
from tests.e2e.world import World


def access(page: Page, world: World) -> None:
    """Why the last person of the list may do what."""
    go(page, world.team)
    page.locator("#members .row").last.get_by_role("link", name="Access").click()
    page.locator("#access-boards").wait_for()


def person(page: Page, world: World) -> None:
    """Somebody of the team with a picture and words of their own."""
    go(page, f"/people/{world.people[1].user_id}")


def board_limit(page: Page, world: World) -> None:
    """The boards of a guest: somebody is made one for it, and a member again by the next world."""
    guest = world.people[-1]
    world.make_guest(guest)
    go(page, f"{world.team}/members/{guest.user_id}/boards")


def team_invited(page: Page, world: World) -> None:
    """A team whose page shows the link of an invitation, and a join link."""
    go(page, world.team)
    page.locator("#join-link-guest button").first.click()
    page.get_by_label("Link to join as a guest").wait_for()
    page.locator("#invitations button", has_text="New link").first.click()
    page.locator(".link-field input[id^=link-]").first.wait_for()


TEAMS = (
    Scene("teams", at("/teams")),
    Scene("team", at("{team}")),
    Scene("team-invited", team_invited),
    Scene("invitation-other", at("{invitation}")),
    Scene("team-rights", at("{team}/permissions")),
    Scene("team-activity", at("{team}/activity")),
    Scene("team-two-factor", at("{team}/two-factor")),
    Scene("team-view-as", at("{team}/view-as")),
    Scene("team-removed", at("{team}/members/removed")),
    Scene("team-leave", at("{team}/leave")),
    Scene("team-transfer", at("{team}/transfer")),
    Scene("team-delete", at("{team}/delete")),
    Scene("teams-deleted", at("/teams/deleted")),
    Scene("teams-archived", at("/teams/archived")),
    Scene("board-limit", board_limit),
    Scene("access", access),
    Scene("person", person),
)
