"""Scenes of forgotten passwords, addresses and mails; a mail is opened in the development mailbox."""

from __future__ import annotations

from itertools import count

from playwright.sync_api import Page

from tests.e2e.scene import Scene, at, go
from tests.e2e.world import World

_number = count(1)


def ask_for_password(page: Page, email: str) -> None:
    """Ask for a link to a new password; ends on the page that says that it is on its way."""
    go(page, "/password-reset")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name="Send the link").click()
    page.get_by_role("heading", name="Look into your mailbox").wait_for()


def open_latest_mail(page: Page) -> None:
    """Go to the mailbox and open the mail on top."""
    page.get_by_role("link", name="development mailbox").click()
    page.locator(".mailbox__link").first.click()
    page.locator(".mailbox__text").wait_for()


def reset_sent(page: Page, world: World) -> None:
    ask_for_password(page, f"nobody{next(_number)}@example.test")


def mailbox(page: Page, world: World) -> None:
    ask_for_password(page, f"nobody{next(_number)}@example.test")
    page.get_by_role("link", name="development mailbox").click()
    page.locator(".mailbox__link").first.wait_for()


def mail(page: Page, world: World) -> None:
    ask_for_password(page, f"nobody{next(_number)}@example.test")
    open_latest_mail(page)


VISITORS_ACCOUNT = (
    Scene("forgot-password", at("/password-reset")),
    Scene("reset-sent", reset_sent),
    Scene("reset-used-up", at("/password-reset/to/used")),
    Scene("mailbox", mailbox),
    Scene("mail", mail),
    Scene("registration-sent", at("/register/sent")),
    Scene("registration-used-up", at("/register/confirm/used")),
    Scene("address-used-up", at("/address/used")),
)
MEMBERS_ACCOUNT = (
    Scene("address", at("/profile/address")),
    Scene("address-sent", at("/profile/address/sent")),
    Scene("tokens", at("/profile/tokens")),
    Scene("token-new", at("/profile/tokens/new")),
)
