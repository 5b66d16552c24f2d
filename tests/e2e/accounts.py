"""People and boards for tests that are not about the forms by which people make them.

A sign-up, a team, a member and three cards take nine pages in a browser, which is most of the time of most tests. The
services make the same in a moment, and the browser is given the cookie of a session.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from flask import Flask
from playwright.sync_api import BrowserContext, Page
from sqlalchemy import text

from taskforge.accounts import session_records
from taskforge.boards.columns import create_column
from taskforge.stores import sql
from taskforge.teams import service as teams
from tests.accounts.authenticator import Authenticator, set_up
from tests.factories import PASSWORD, Person, Team, make_person, make_task, make_team


@dataclass
class Account:
    """Who is logged in at a browser, the address of the server, and the team that `make_board` made last."""

    person: Person
    server: str
    team: Team | None = None


# As if they had looked at the board then, and never since.
SAW_YESTERDAY = text("""
    INSERT INTO board_view_preferences (user_id, board_id, seen_seq, seen_at)
    SELECT :user_id, board_id, seq, now() - interval '1 day'
    FROM   boards
    WHERE  board_id = :board_id
""")
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
    account.team = team
    for title in titles:
        make_task(account.person, team, title)
    return f"{account.server}/boards/{team.board_id}"


def see_board_yesterday(page: Page) -> None:
    """Whoever is logged in at `page` saw the board of `make_board` yesterday as it is now, and not since."""
    account = _accounts[page.context]
    assert account.team is not None
    values = {"user_id": account.person.user_id, "board_id": account.team.board_id}
    with account.person.app.app_context():
        sql.execute_now(SAW_YESTERDAY, values)


def make_cards(page: Page, status: str, number: int, name: str | None = None) -> None:
    """So many cards in the column of a status of the board that `make_board` made, each named by it and a number."""
    account = _accounts[page.context]
    assert account.team is not None
    for place in range(number):
        make_task(account.person, account.team, f"{name or status} {place:03}", status=status)


def join_team(page: Page, member: Page, role: str = "member") -> None:
    """Take whoever is logged in at `member` into the team of the board that was made for `page`."""
    admin = _accounts[page.context]
    assert admin.team is not None
    with admin.person.app.app_context():
        user_id = _accounts[member.context].person.user_id
        teams.add_member(admin.person.actor, admin.team.team_id, role=role, user_id=user_id)


def turn_on_two_factor(page: Page) -> None:
    """Turn on the two-factor log-in of whoever is logged in at `page`."""
    set_up(_accounts[page.context].person)


def phone_of(page: Page, secret: str) -> Authenticator:
    """The authenticator app of whoever is logged in at `page`, with the secret that they see."""
    return Authenticator(_accounts[page.context].person, secret.replace(" ", ""), [])


def assign_card(page: Page, member: Page, title: str) -> None:
    """A new card on the board that was made for `page`, assigned to whoever is logged in at `member`."""
    account = _accounts[page.context]
    assert account.team is not None
    assignee_id = _accounts[member.context].person.user_id
    make_task(account.person, account.team, title, assignee_id=assignee_id)


def end_session(page: Page) -> None:
    """End all sessions of whoever is logged in at `page`, as they would from another device."""
    person = _accounts[page.context].person
    with person.app.app_context():
        session_records.revoke_all_sessions(person.actor)


def fill_log_in(page: Page) -> None:
    """Log the same person in again by the log-in page, which is open."""
    page.locator("#login-form [name=email]").fill(_accounts[page.context].person.email)
    page.locator("#login-form [name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def add_members(page: Page, *names: tuple[str, str]) -> None:
    """Take newcomers, by first and last name, into the team of the board that was made for `page`."""
    admin = _accounts[page.context]
    for first_name, last_name in names:
        newcomer = make_person(admin.person.app, first_name, last_name)
        with admin.person.app.app_context():
            teams.add_member(
                admin.person.actor, admin.team.team_id, role="member", user_id=newcomer.user_id
            )


def add_column(page: Page, name: str) -> None:
    """Put a column of finished work after the others on the board that was made for `page`."""
    admin, board_id = _accounts[page.context].person, team_of(page).board_id
    with admin.app.app_context():
        create_column(admin.actor, board_id, name=name, status="done", hue=2)


def team_of(page: Page) -> Team:
    """The team of the board that was made for `page`."""
    team = _accounts[page.context].team
    assert team is not None
    return team


def user_id_of(page: Page) -> str:
    """The id of whoever is logged in at `page`."""
    return _accounts[page.context].person.user_id


def person_of(page: Page) -> Person:
    """Whoever is logged in at `page`."""
    return _accounts[page.context].person
