"""What the tests of bundled mails have in common: a morning, somebody's choices, and mails that are due."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

from taskforge import clock
from taskforge.accounts.service import edit_profile, get_profile
from taskforge.notifications.bundles.jobs import send_due
from taskforge.notifications.jobs import deliver
from tests.factories import Person
from tests.stores.scene import write

# A Tuesday, 09:00 in Berlin.
MORNING = datetime(2026, 6, 2, 7, tzinfo=UTC)


def choose(person: Person, *, time_zone: str | None = None, **notifications: object) -> None:
    """Change some of a person's notification preferences, and their zone."""
    changes: dict[str, object] = {}
    if notifications:
        changes["preferences"] = {"notifications": notifications}
    if time_zone:
        changes["time_zone"] = time_zone
    version = get_profile(person.actor).row["version"]
    edit_profile(person.actor, version=version, changes=changes)


@contextmanager
def at(hours: float = 0, *, minutes: float = 0) -> Iterator[datetime]:
    """So long after `MORNING`; what happens in the block is delivered at its end."""
    with clock.frozen(MORNING + timedelta(hours=hours, minutes=minutes)):
        yield clock.now()
        deliver()


def send_at(hours: float = 0, *, minutes: float = 0) -> int:
    """Send what is due so long after `MORNING`; answers how many were tried."""
    with clock.frozen(MORNING + timedelta(hours=hours, minutes=minutes)):
        return send_due()


def clear() -> None:
    """Nothing is to be mailed any more."""
    deliver()
    write("DELETE FROM notification_mails")
    write("DELETE FROM notification_bundles")


def parts(mail: EmailMessage) -> tuple[str, str]:
    """The text and the HTML of a mail."""
    found = [mail.get_body((kind,)) for kind in ("plain", "html")]
    text, html = (
        str(part.get_content()).replace("\r\n", "\n") for part in found if part is not None
    )
    return text, html
