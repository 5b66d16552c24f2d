"""The mail of a team's week: who gets it, once, on their Monday morning, with the numbers of the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge import clock, faults
from taskforge.errors import Unavailable
from taskforge.messaging import queues
from taskforge.messaging.redis_client import redis_client
from taskforge.notifications.bundles.jobs import send_due
from taskforge.reports import week_mails
from taskforge.reports.week import TeamWeek, read_week
from taskforge.reports.week_sentences import foretell, sum_up
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.service import edit_task
from taskforge.teams.service import remove_member
from tests.factories import Person, Team, make_task
from tests.mail.server import Inbox
from tests.pages import Visitor, visit
from tests.together import at_once, at_once_inside

NOW = datetime.now(UTC)
MONDAY = (NOW - timedelta(days=NOW.weekday() + 7)).replace(hour=8, minute=0, second=30)
WEEK = timedelta(days=7)


@pytest.fixture
def worked(team: Team, ada: Person, bob: Person) -> Team:
    """The team with a week's work before `MONDAY`; Bob wants it by mail since the Friday."""
    with clock.frozen(MONDAY - timedelta(days=4)):
        done, begun = (make_task(ada, team, f"Card {number}") for number in range(2))
        make_task(ada, team, "To come")
        for task_id, statuses in ((done, ("in_progress", "done")), (begun, ("in_progress",))):
            for status in statuses:
                edit_task(ada.actor, task_id, changes={"status": status})
    with clock.frozen(MONDAY - timedelta(days=3)):
        assert week_mails.choose(bob.actor, team.team_id, wanted=True)
        assert not week_mails.choose(bob.actor, team.team_id, wanted=True)
    return team


def plan(at: datetime = MONDAY) -> int:
    with clock.frozen(at):
        return week_mails.plan_due()


def send(at: datetime = MONDAY) -> int:
    with clock.frozen(at):
        return send_due()


def waiting() -> int:
    return int(sql.scalar(text("SELECT count(*) FROM mail_intents WHERE sent_at IS NULL")))


def next_at(person: Person) -> datetime:
    statement = text("SELECT next_at FROM week_mails WHERE user_id = :user_id")
    found: datetime = sql.scalar(statement, {"user_id": person.user_id})
    return found


def test_it_has_the_numbers_of_the_page_and_comes_once_to_who_has_chosen_it(
    app: Flask, worked: Team, inbox: Inbox, bob: Person
) -> None:
    assert plan(MONDAY - timedelta(minutes=2)) == 0
    assert [plan(), plan(), send(), send()] == [1, 0, 1, 0]
    assert inbox.recipients == [bob.email]
    mail = inbox.mails[0]
    sunday = (MONDAY - timedelta(days=1)).date()
    with clock.frozen(MONDAY):
        found = read_week(bob.actor, worked.team_id, sunday)
    counts = {name: listed["count"] for name, listed in found.lists.items()}
    assert counts == {"finished": 1, "started": 1, "arrived": 3, "stuck": 0}
    address = f"/teams/{worked.team_id}/week?day={sunday}"
    page = visit(bob).open(address)
    plain, html = (part.get_content() for part in mail.iter_parts())
    words = {kind: " ".join(body.split()) for kind, body in (("plain", plain), ("html", html))}
    for sentence in (sum_up(found), foretell(found)):
        assert sentence in page.text
        assert sentence in words["plain"]
        assert sentence in words["html"]
    for label, number in (
        ("Finished", 1),
        ("Started", 1),
        ("Came in", 3),
        ("Stuck", 0),
        ("Open", 2),
    ):
        assert f"{label}: {number}" in words["plain"]
    assert f"https://tasks.example.com{address}" in plain
    assert f"https://tasks.example.com{address}" in html
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert worked.team_id in address
    # The week after nothing happened; a mail that nobody planned within a day does not come.
    assert plan(MONDAY + WEEK) == 0
    assert next_at(bob) == (MONDAY + 2 * WEEK).replace(second=0, microsecond=0)


@pytest.mark.parametrize("when", ["planned", "sent"])
def test_who_may_not_see_the_team_or_wants_it_no_more_gets_none(
    worked: Team, inbox: Inbox, ada: Person, bob: Person, when: str
) -> None:
    ways: tuple[Callable[[], object], ...] = (
        lambda: remove_member(ada.actor, worked.team_id, bob.user_id),
        lambda: week_mails.choose(ada.actor, worked.team_id, wanted=False),
    )
    with clock.frozen(MONDAY - timedelta(days=3)):
        week_mails.choose(ada.actor, worked.team_id, wanted=True)
    if when == "sent":
        assert plan() == 2
    for way in ways:
        way()
    assert plan() == 0
    assert send() == (2 if when == "sent" else 0)
    assert (inbox.mails, waiting()) == ([], 0)


def test_it_is_not_sent_late_nor_before_the_morning_of_where_its_reader_is(
    worked: Team, inbox: Inbox, bob: Person
) -> None:
    of_bob = {"user_id": bob.user_id}
    zone = text("UPDATE users SET time_zone = 'America/Los_Angeles' WHERE user_id = :user_id")
    sql.execute_now(zone, of_bob)
    assert plan() == 0  # they have moved: there it is midnight
    moved = next_at(bob)
    assert timedelta(hours=6) < moved - MONDAY < timedelta(hours=9)
    assert plan(moved - timedelta(seconds=1)) == 0
    assert plan(moved + timedelta(days=1, minutes=1)) == 0  # no relay ran for a day
    assert next_at(bob) - moved in (WEEK, WEEK - timedelta(hours=1), WEEK + timedelta(hours=1))
    assert send() == 0


def test_a_week_that_cannot_be_computed_holds_up_no_other_and_is_tried_again(
    worked: Team, inbox: Inbox, ada: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.frozen(MONDAY - timedelta(days=3)):
        week_mails.choose(ada.actor, worked.team_id, wanted=True)
    tried: list[str] = []

    def read(actor: Actor, team_id: str, day: date | None) -> TeamWeek:
        tried.append(actor.user_id)
        if actor.user_id == tried[0]:
            raise Unavailable(sql.TOO_SLOW)
        return read_week(actor, team_id, day)

    with monkeypatch.context() as slow:
        slow.setattr(week_mails, "read_week", read)
        assert [plan(), plan()] == [1, 0]
    assert sorted(tried) == sorted([ada.user_id, bob.user_id])
    assert plan(MONDAY + week_mails.RETRY_AFTER) == 1
    send(MONDAY + week_mails.RETRY_AFTER)
    assert sorted(inbox.recipients) == sorted([ada.email, bob.email])


def test_a_relay_that_is_killed_and_two_at_once_plan_one_mail(
    app: Flask, worked: Team, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults, "_armed", "week.planned")
    monkeypatch.setattr(faults, "_mode", "raise")
    with pytest.raises(faults.FaultInjected):
        plan()
    assert waiting() == 0
    monkeypatch.setattr(faults, "_armed", "")

    assert sorted(at_once_inside(app, [plan, plan])) == [0, 1]
    assert waiting() == 1
    # A worker that dies behind the server's confirmation sends the same mail once more.
    monkeypatch.setattr(faults, "_armed", "mail.sent")
    with pytest.raises(faults.FaultInjected):
        send()
    monkeypatch.setattr(faults, "_armed", "")
    assert [send(), send(MONDAY + timedelta(minutes=5))] == [0, 1]
    assert len({mail["Message-ID"] for mail in inbox.mails}) == 1
    assert len(inbox.mails) == 2


def test_where_no_server_sends_mails_no_worker_is_woken(
    app: Flask, worked: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = app.config["TASKFORGE"].replaced(smtp_url="")
    monkeypatch.setitem(app.config, "TASKFORGE", without)
    assert plan() == 1
    assert queues.queue(queues.MAIL, redis_client()).count == 0


def test_it_is_chosen_on_the_page_and_ended_by_its_link(
    app: Flask, worked: Team, inbox: Inbox, bob: Person, eve: Person
) -> None:
    address, action = f"/teams/{worked.team_id}/week", f"/teams/{worked.team_id}/week/mail"

    def press() -> str:
        """What the button would do next."""
        assert visit(bob).fill(address, action).status in (302, 303)
        return visit(bob).open(address).form(action).fields["wanted"]

    # In a thread without the application's context, which would be shared by its requests.
    assert at_once([lambda: [press(), press()]]) == [["1", "0"]]
    assert week_mails.is_chosen(bob.actor, worked.team_id)
    wrong = at_once([lambda: visit(bob).fill(address, action, wanted="x").status])
    assert wrong == [422]
    assert visit(eve).open(address).status == 404
    with clock.frozen(MONDAY - timedelta(days=3)):
        week_mails.choose(bob.actor, worked.team_id, wanted=False)
        week_mails.choose(bob.actor, worked.team_id, wanted=True)
    assert (plan(), send()) == (1, 1)
    link = inbox.mails[0]["List-Unsubscribe"].strip("<>").removeprefix("https://tasks.example.com")
    anybody = Visitor(app.test_client())
    assert "A team’s week" in anybody.open(link).text
    ended = anybody.client.post(link, data={"List-Unsubscribe": "One-Click"})
    assert ended.status_code == 200
    assert not week_mails.is_chosen(bob.actor, worked.team_id)
