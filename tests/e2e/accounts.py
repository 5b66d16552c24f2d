"""People and boards for tests that are not about the forms by which people make them.

A sign-up, a team, a member and three cards take nine pages in a browser, which is most of the time of most tests. The
services make the same in a moment, and the browser is given the cookie of a session.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from flask import Flask
from playwright.sync_api import BrowserContext, Page

from taskforge.teams import service as teams
from tests.factories import Person, make_person, make_task, make_team


@dataclass
class Account:
    """Who is logged in at a browser, the address of the server, and the team that `make_board` made last."""

    person: Person
    server: str
    team_id: str = ""


_accounts: WeakKeyDictionary[BrowserContext, Account] = WeakKeyDictionary()


def log_in_newcomer(
    app: Flask, server: str, page: Page, first_name: str = "Ada", last_name: str = "Byron"
) -> None:
    """Make an account and log it in at the page's browser; no page is opened."""
    person = make_person(app, first_name, last_name)
    cookie = person.browser().get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server}])
    _accounts[page.context] = Account(person, server)


def make_board(page: Page, *titles: str) -> str:
    """The address of a new team's board with these cards in the first column; no page is opened.

    The team belongs to whoever `log_in_newcomer` logged in at the page.
    """
    account = _accounts[page.context]
    team = make_team(account.person, "Web team")
    account.team_id = team.team_id
    for title in titles:
        make_task(account.person, team, title)
    return f"{account.server}/boards/{team.board_id}"


def join_team(page: Page, member: Page) -> None:
    """Take whoever is logged in at `member` into the team of the board that was made for `page`."""
    admin = _accounts[page.context]
    with admin.person.app.app_context():
        user_id = _accounts[member.context].person.user_id
        teams.add_member(admin.person.actor, admin.team_id, role="member", user_id=user_id)


def add_members(page: Page, *names: tuple[str, str]) -> None:
    """Take newcomers, by first and last name, into the team of the board that was made for `page`."""
    admin = _accounts[page.context]
    for first_name, last_name in names:
        newcomer = make_person(admin.person.app, first_name, last_name)
        with admin.person.app.app_context():
            teams.add_member(
                admin.person.actor, admin.team_id, role="member", user_id=newcomer.user_id
            )
