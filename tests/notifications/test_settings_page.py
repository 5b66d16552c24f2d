"""The page on which somebody chooses how they are notified."""

from __future__ import annotations

import re

import pytest

from taskforge.notification_kinds import Channel, NotificationKind
from taskforge.notifications.kind_labels import CHANNEL_NAMES, GROUPS
from tests.factories import Person
from tests.pages import Visitor

PATH = "/profile/notifications"


def test_every_kind_and_channel_has_words() -> None:
    assert [kind for kinds in GROUPS.values() for kind in kinds if kind] != []
    assert {kind for kinds in GROUPS.values() for kind in kinds} == set(NotificationKind)
    assert set(CHANNEL_NAMES) == set(Channel)


def test_choices_are_saved_and_shown(ada: Person, visitor: Visitor) -> None:
    fields = visitor.open(PATH).form(PATH).fields
    assert (fields["push"], fields["assigned.inbox"], fields["assigned.live"]) == ("1", "1", "1")
    assert "new_device.inbox" not in fields  # fixed: there is no choice
    choice = {"assigned.live": None, "status_changed.inbox": None, "push": None}
    answer = visitor.fill(PATH, PATH, **choice, quiet_from="22:00", quiet_until="07:00")
    assert (answer.status, answer.location) == (303, PATH)
    fields = visitor.open(PATH).form(PATH).fields
    assert not {*choice} & {*fields}
    assert (fields["quiet_from"], fields["quiet_until"]) == ("22:00", "07:00")
    stored = ada.api("GET", "/users/me").json["preferences"]["notifications"]
    assert stored["matrix"]["assigned"] == {
        "inbox": True, "live": False, "mail": True, "push": True,
    }  # fmt: skip
    assert stored["matrix"]["new_device"]["inbox"] is True
    assert (stored["email"], stored["push"]) == (True, False)
    assert visitor.fill(PATH, PATH, quiet_from="", quiet_until="").status == 303
    assert ada.api("GET", "/users/me").json["preferences"]["notifications"]["quietFrom"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"quiet_from": "22:00", "quiet_until": ""},
        {"quiet_from": "25:00"},
        {"shown": "inbox pigeon"},
    ],
)
def test_what_is_wrong_is_said_and_what_was_ticked_stays(
    visitor: Visitor, wrong: dict[str, str]
) -> None:
    page = visitor.fill(PATH, PATH, **{"assigned.live": None, **wrong})
    assert page.status == 422
    assert "assigned.live" not in page.form(PATH).fields
    assert "assigned.inbox" in page.form(PATH).fields
    assert re.search("field__error|notice--danger", page.html)


def test_only_channels_that_exist_are_shown(visitor: Visitor) -> None:
    page = visitor.open(PATH)
    assert "Device" not in page.text
    assert 'name="email"' in page.html
