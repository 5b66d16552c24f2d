"""What somebody wants to hear of, by which channel and when; and what is written with a new line for each channel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time

import pytest
from sqlalchemy import Connection, text

from taskforge.accounts.notification_preferences import check, complete
from taskforge.accounts.service import edit_profile, get_profile
from taskforge.errors import InvalidInput
from taskforge.notification_kinds import Channel, NotificationKind
from taskforge.notifications import hooks
from taskforge.notifications.delivery_checks import wrong_deliveries
from taskforge.notifications.hooks import Line, on_delivery
from taskforge.notifications.jobs import deliver
from taskforge.notifications.queries import list_notifications
from taskforge.notifications.settings import Settings, is_quiet, wants
from taskforge.stores import sql
from tests.factories import Person, Team, make_task, make_team
from tests.stores.scene import read

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def team(ada: Person, bob: Person) -> Team:
    made = make_team(ada, member=bob)
    with ada.app.app_context():
        deliver()
    return made


@pytest.fixture
def unhooked() -> Iterator[None]:
    """Without the hooks that the application has, and those that a test adds."""
    before = dict(hooks._hooks)
    hooks._hooks.clear()
    yield
    hooks._hooks.clear()
    hooks._hooks.update(before)


def choose(person: Person, **notifications: object) -> None:
    version = get_profile(person.actor).row["version"]
    changes = {"preferences": {"notifications": notifications}}
    edit_profile(person.actor, version=version, changes=changes)


def test_a_choice_is_copied_for_sql_and_only_what_differs_from_the_defaults(bob: Person) -> None:
    assert read("SELECT count(*) FROM notification_settings") == 0
    matrix = {"assigned": {"mail": False, "push": True}, "status_changed": {"mail": False}}
    choose(bob, matrix=matrix, quiet_from="22:00", quiet_until="06:30", frequency="weekly")
    with sql.transaction() as connection:
        row = connection.exec_driver_sql("SELECT * FROM notification_settings").mappings().one()
    assert (row["user_id"], row["frequency"]) == (bob.user_id, "weekly")
    assert (row["quiet_from"], row["quiet_until"]) == (time(22), time(6, 30))
    assert row["matrix"] == {"assigned": {"mail": False}}
    assert row["version"] == get_profile(bob.actor).row["version"]
    choose(bob, matrix={"assigned": {"mail": True}})
    texts = get_profile(bob.actor).texts
    assert texts is not None
    assert texts["preferences"]["notifications"]["matrix"] == {}
    assert texts["preferences"]["notifications"]["frequency"] == "weekly"
    assert read("SELECT matrix = '{}' FROM notification_settings")


@pytest.mark.parametrize(
    "choice",
    [
        {"quiet_from": "22:00"},
        {"quiet_from": "22:00", "quiet_until": "22:00"},
        {"quiet_from": "24:00", "quiet_until": "06:00"},
        {"matrix": {"invented": {"mail": True}}},
        {"matrix": {"new_device": {"mail": True}}},
    ],
)
def test_what_does_not_go_together_is_refused(bob: Person, choice: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        choose(bob, **choice)
    assert read("SELECT count(*) FROM notification_settings") == 0


def test_what_is_wanted_is_chosen_switched_on_and_in_the_inbox() -> None:
    assigned, moved, device = (
        NotificationKind.ASSIGNED,
        NotificationKind.STATUS_CHANGED,
        NotificationKind.NEW_DEVICE,
    )

    def ways(kind: NotificationKind, **chosen: object) -> str:
        settings = Settings(**chosen)  # type: ignore[arg-type]
        return " ".join(channel for channel in Channel if wants(kind, channel, settings))

    assert ways(assigned) == "inbox live mail push"
    assert ways(moved) == "inbox live"
    assert ways(device) == "inbox live push"
    assert ways(assigned, email=False) == "inbox live push"
    assert ways(assigned, push=False) == "inbox mail push"
    assert ways(moved, matrix={"status_changed": {"mail": True, "live": False}}) == "inbox mail"
    assert ways(assigned, matrix={"assigned": {"inbox": False}}) == ""
    assert ways(device, matrix={"new_device": {"inbox": False, "mail": True}}) == "inbox live push"


@pytest.mark.parametrize(
    ("start", "end", "at", "quiet"),
    [
        (None, None, "12:00", False),
        (time(22), time(6), "21:59", False),
        (time(22), time(6), "22:00", True),
        (time(22), time(6), "05:59", True),
        (time(22), time(6), "06:00", False),
        (time(12), time(13), "12:59", True),
        (time(12), time(13), "13:00", False),
    ],
)
def test_quiet_hours_are_of_the_clock_where_somebody_is(
    start: time | None, end: time | None, at: str, quiet: bool
) -> None:
    settings = Settings(quiet_from=start, quiet_until=end, time_zone="Asia/Kathmandu")
    local = datetime.fromisoformat(f"2026-03-01T{at}:00+05:45")
    assert is_quiet(settings, local.astimezone(UTC)) is quiet


def test_a_hook_gets_each_wanted_line_once_and_in_its_transaction(
    unhooked: None, ada: Person, bob: Person, team: Team
) -> None:
    got: list[Line] = []

    def fail(_connection: Connection, _lines: Sequence[Line]) -> None:
        raise RuntimeError("the hook failed")

    def note(connection: Connection, lines: Sequence[Line]) -> None:
        ids = [line.notification_id for line in lines]
        seen = text(
            "SELECT count(*) FROM notifications WHERE notification_id = ANY(CAST(:i AS uuid[]))"
        )
        assert connection.execute(seen, {"i": ids}).scalar() == len(ids)
        got.extend(lines)

    choose(bob, matrix={"assigned": {"push": False}}, frequency="daily")
    make_task(ada, team, assignee_id=bob.user_id)
    on_delivery(Channel.MAIL, fail)
    with pytest.raises(RuntimeError):
        deliver()
    assert read("SELECT count(*) FROM notifications WHERE kind = 'assigned'") == 0
    on_delivery(Channel.MAIL, note)
    on_delivery(Channel.PUSH, fail)
    assert deliver() == 1
    with sql.transaction() as connection:
        connection.exec_driver_sql("UPDATE notification_intents SET delivered_at = NULL")
    deliver()
    (line,) = got
    assert (line.user_id, line.kind) == (bob.user_id, NotificationKind.ASSIGNED)
    assert line.settings.frequency == "daily"


def test_what_the_inbox_is_not_to_have_comes_by_no_way_and_never_later(
    ada: Person, bob: Person, team: Team
) -> None:
    choose(bob, matrix={"assigned": {"inbox": False}})
    make_task(ada, team, assignee_id=bob.user_id)
    deliver()
    choose(bob, matrix={"assigned": {"inbox": True}})
    deliver()
    assert [row["kind"] for row in list_notifications(bob.actor)] == ["added_to_team"]
    assert list(wrong_deliveries()) == []


def test_a_stored_choice_of_a_kind_or_channel_that_is_none_any_more_hinders_nothing() -> None:
    stored = {
        "matrix": {
            "gone": {"mail": False},
            "assigned": {"mail": False, "pigeon": True},
            "new_device": {"mail": True},
        }
    }
    whole = complete(stored)
    assert whole["matrix"] == {"assigned": {"mail": False}}
    assert check(whole)["matrix"] == {"assigned": {"mail": False}}
