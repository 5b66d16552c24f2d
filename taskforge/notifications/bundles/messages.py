"""Makes the mail of a bundle: subject, headers, text and HTML.

A mail about one card goes into the thread of that card: its subject is the card's, and it answers a message that was
never sent, whose id is the card's.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any

from taskforge import clock
from taskforge.config import Config
from taskforge.mail.messages import draw, host_of, new_message, with_parts
from taskforge.notifications.bundles.contents import Contents
from taskforge.notifications.bundles.schedule import Frequency
from taskforge.notifications.bundles.unsubscribe_tokens import ALL, make_token
from taskforge.notifications.kind_labels import name_kind
from taskforge.text.counting import count_cards
from taskforge.text.moments import show_moment

TEMPLATE = "notifications"
SETTINGS_PATH = "/profile/notifications"
# Kinds that the foot of a mail offers to end by themselves; with more of them it is the settings' affair.
MAX_KINDS = 3
_PERIODS = {
    Frequency.IMMEDIATE: "News",
    Frequency.HOURLY: "The last hour",
    Frequency.DAILY: "Your day",
    Frequency.WEEKLY: "Your week",
}


def compose(config: Config, bundle: Mapping[str, Any], contents: Contents) -> EmailMessage:
    """The mail of a claimed bundle. Its Message-ID is the same for each attempt.

    Raises:
        CannotRender: a header is refused, as of a title with a line break.
    """
    subject, host = _subject(bundle, contents), host_of(config)
    public_url = config.public_url.rstrip("/")
    message = new_message(config, bundle["to_address"], subject, clock.now())
    message["Message-ID"] = f"<{bundle['bundle_id']}@{host}>"
    if _is_about_one_card(contents):
        thread = f"<card.{contents.cards[0].task_id}@{host}>"
        message["In-Reply-To"] = thread
        message["References"] = thread
    ends = _ends(public_url, bundle["user_id"], contents)
    message["List-Id"] = f"TaskForge notifications <notifications.{host}>"
    message["List-Unsubscribe"] = f"<{ends[-1][1]}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    context = {
        "name": bundle["display_name"],
        "subject": subject,
        "public_url": public_url,
        "contents": contents,
        "is_one_card": _is_about_one_card(contents),
        "ends": ends,
        "settings_url": public_url + SETTINGS_PATH,
        "show_time": lambda at: show_moment(at, zone=at.tzinfo, with_year=False),
    }
    return with_parts(message, *draw(TEMPLATE, context))


def count_notifications(number: int) -> str:
    """“1 notification”, “2 notifications”."""
    return "1 notification" if number == 1 else f"{number} notifications"


def _subject(bundle: Mapping[str, Any], contents: Contents) -> str:
    if _is_about_one_card(contents):
        return f"{contents.cards[0].key} {contents.cards[0].title}"
    if contents.line_count == 1:
        return contents.others[0].text
    period = _PERIODS[Frequency(bundle["frequency"] or Frequency.IMMEDIATE)]
    about = f" on {count_cards(len(contents.cards))}" if contents.cards else ""
    return f"{period}: {count_notifications(contents.line_count)}{about}"


def _is_about_one_card(contents: Contents) -> bool:
    return len(contents.cards) == 1 and not contents.others and not contents.more_count


def _ends(public_url: str, user_id: str, contents: Contents) -> list[tuple[str, str]]:
    """What the mail's reader can end by a link, and the link: single kinds, and last all of it."""
    kinds = contents.kinds if len(contents.kinds) <= MAX_KINDS else []
    given = [(f"mails of “{name_kind(kind)}”", kind.value) for kind in kinds]
    return [
        (words, f"{public_url}/unsubscribe/{make_token(user_id, scope)}")
        for words, scope in [*given, ("all notification mails", ALL)]
    ]
