"""One mail a person and period, made of what is true when it is sent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from taskforge.accounts import suspension
from taskforge.comments.service import create_comment, delete_comment
from taskforge.notifications import snoozes, triage, watching
from taskforge.notifications.service import mark_read
from taskforge.notifications.triage import Lines
from taskforge.tasks.service import delete_task, edit_task
from taskforge.teams.service import remove_member
from tests.factories import Person, Team, make_task, make_team
from tests.mail.bundling import MORNING, at, choose, clear, parts, send_at
from tests.mail.posting import post
from tests.mail.server import Inbox
from tests.stores.scene import read, write
from tests.together import at_once_inside


def assign(ada: Person, team: Team, person: Person, title: str = "Oil the hinge") -> str:
    return make_task(ada, team, title, assignee_id=person.user_id)


def test_what_follows_closely_comes_in_one_mail_grouped_by_card(
    ada: Person, bob: Person, team: Team, inbox: Inbox
) -> None:
    with at():
        task_id = assign(ada, team, bob)
    with at(minutes=0.5):
        create_comment(ada.actor, task_id, content=f"Look **here**, @{bob.email}")
        other_id = assign(ada, team, bob, "Buy screws")
    assert send_at(minutes=0.9) == 0
    assert send_at(minutes=1) == 1
    (mail,) = inbox.mails
    assert inbox.recipients == [bob.email]
    assert mail["Subject"] == "News: 3 notifications on 2 cards"
    for words in parts(mail):
        assert words.index("Buy screws") < words.index("Oil the hinge")
        assert words.index("assigned this card to you") < words.index("mentioned you in this card")
        assert f"https://tasks.example.com/tasks/{task_id}#comment-" in words
        assert f"https://tasks.example.com/tasks/{other_id}" in words
        assert "Look here, @" in words
    assert send_at(24) == 0
    assert len(inbox.mails) == 1


def test_mails_about_one_card_are_a_thread(
    ada: Person, bob: Person, team: Team, inbox: Inbox
) -> None:
    with at():
        task_id = assign(ada, team, bob)
    assert send_at(minutes=2) == 1
    with at(1):
        create_comment(ada.actor, task_id, content="And?")
    assert send_at(2) == 1
    first, second = inbox.mails
    assert first["Subject"] == second["Subject"] == "WEB-1 Oil the hinge"
    assert first["Message-ID"] != second["Message-ID"]
    assert first["References"] == second["In-Reply-To"] == f"<card.{task_id}@tasks.example.com>"
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert first["List-Unsubscribe"].startswith("<https://tasks.example.com/unsubscribe/")
    assert first["List-Unsubscribe"].endswith(">")


def test_a_day_comes_in_one_mail_at_the_hour_where_its_reader_is(
    ada: Person, bob: Person, team: Team, inbox: Inbox
) -> None:
    choose(bob, frequency="daily", digest_hour=8, time_zone="America/St_Johns")
    for hours in (0, 1, 2):
        with at(hours):
            assign(ada, team, bob, f"Task {hours}")
    # Eight o'clock in Newfoundland is half past ten in UTC.
    assert send_at(3.49) == 0
    assert send_at(3.5) == 1
    assert inbox.mails[0]["Subject"] == "Your day: 3 notifications on 3 cards"
    assert "2 Jun, 04:30" in parts(inbox.mails[0])[0]
    with at(3.6):
        assign(ada, team, bob)
    assert send_at(27.4) == 0
    assert send_at(27.5) == 1


def test_what_is_true_at_the_hour_counts(
    ada: Person, bob: Person, team: Team, inbox: Inbox
) -> None:
    choose(bob, frequency="daily", digest_hour=8)
    with at():
        kept, renamed, deleted, quiet, unsaid = (
            assign(ada, team, bob, title) for title in ("Kept", "Old", "Gone", "Quiet", "Unsaid")
        )
    with at(1):
        comment_id = create_comment(ada.actor, unsaid, content="A slip of the pen").entity_id
        create_comment(ada.actor, quiet, content="Not by mail")
    choose(bob, matrix={"commented": {"mail": False}})
    edit_task(ada.actor, renamed, changes={"title": "New"})
    delete_task(ada.actor, deleted)
    delete_comment(ada.actor, comment_id)
    assert send_at(25) == 1
    for words in parts(inbox.mails[0]):
        for shown in ("Kept", "New", "Quiet", "Unsaid"):
            assert shown in words
        for hidden in ("Old", "Gone", "Not by mail", "A slip of the pen", "commented"):
            assert hidden not in words
    assert read(f"SELECT line_count FROM notification_bundles WHERE user_id = '{bob.user_id}'") == 4
    assert kept in parts(inbox.mails[0])[0]


def test_nothing_is_sent_of_what_was_read_meanwhile(
    ada: Person, bob: Person, team: Team, inbox: Inbox
) -> None:
    with at():
        assign(ada, team, bob)
    mark_read(bob.actor)
    assert send_at(1) == 1
    assert inbox.mails == []
    assert read("SELECT count(*) FROM notification_mails") == 0
    assert read("SELECT count(*) FROM notification_bundles") == 0


def test_what_is_put_off_comes_in_the_period_after_it_is_back_and_what_is_archived_never(
    ada: Person, bob: Person, team: Team, inbox: Inbox
) -> None:
    choose(bob, frequency="daily", digest_hour=8)
    with at():
        later, never = assign(ada, team, bob, "Later"), assign(ada, team, bob, "Never")
        assign(ada, team, bob, "Now")
    with at(2):
        triage.snooze(bob.actor, Lines(task_id=later), until=MORNING + timedelta(days=2))
        triage.archive(bob.actor, Lines(task_id=never))
    assert send_at(25) == 1
    assert inbox.mails[0]["Subject"] == "WEB-3 Now"
    assert send_at(48) == 0
    with at(48.1):
        snoozes.return_due()
    assert send_at(49) == 1
    assert inbox.mails[1]["Subject"] == "WEB-1 Later"
    assert send_at(99) == 0


@pytest.mark.parametrize("choice", ["unwatched", "muted"])
def test_what_is_not_watched_any_more_is_not_mailed(
    ada: Person, bob: Person, team: Team, inbox: Inbox, choice: str
) -> None:
    choose(bob, frequency="hourly")
    with at():
        task_id = assign(ada, team, bob)
    with at(minutes=1):
        create_comment(ada.actor, task_id, content="Nobody hears")
    if choice == "unwatched":
        watching.unwatch_task(bob.actor, task_id)
    else:
        watching.mute_board(bob.actor, team.board_id)
    assert send_at(1) == 1
    text, _ = parts(inbox.mails[0])
    assert "assigned this card to you" in text
    assert "Nobody hears" not in text


@pytest.mark.parametrize("how", ["removed", "suspended", "switched off"])
def test_who_may_not_know_it_any_more_is_sent_nothing(
    ada: Person, bob: Person, team: Team, inbox: Inbox, how: str
) -> None:
    choose(bob, frequency="daily")
    with at():
        assign(ada, team, bob, "Secret plans")
    if how == "removed":
        remove_member(ada.actor, team.team_id, bob.user_id)
    elif how == "suspended":
        write(f"UPDATE users SET is_site_admin = true WHERE user_id = '{ada.user_id}'")
        suspension.suspend_person(ada.actor, bob.user_id, reason="None")
    else:
        choose(bob, email=False)
    assert send_at(48) == 1
    assert [mail for mail in inbox.mails if "Secret plans" in parts(mail)[0]] == []
    assert read("SELECT count(*) FROM notification_mails WHERE bundle_id IS NULL") == 0


def test_who_changes_their_mind_has_what_waits_in_the_next_period_of_the_new_choice(
    ada: Person, bob: Person, team: Team, inbox: Inbox
) -> None:
    choose(bob, frequency="weekly", digest_weekday=1)
    with at():
        assign(ada, team, bob)
    with at(1):
        choose(bob, frequency="daily", digest_hour=12, time_zone="Europe/Berlin")
    assert send_at(2) == 1  # it is only noted that noon is when it is due
    assert inbox.mails == []
    assert send_at(2.9) == 0
    assert send_at(3) == 1
    assert len(inbox.mails) == 1


def test_it_is_quiet_in_the_quiet_hours_also_for_a_second_attempt(
    ada: Person, bob: Person, team: Team, inbox: Inbox
) -> None:
    choose(bob, quiet_from="12:00", quiet_until="14:00")
    with at(4.98):
        assign(ada, team, bob)
    inbox.answers.append(("RCPT", "451 4.3.0 Later, please"))
    assert send_at(4.998) == 1  # just before noon
    assert send_at(5.9) == 1
    assert inbox.mails == []
    assert read("SELECT attempts FROM notification_bundles") == 1
    with at(6):
        assign(ada, team, bob, "Buy screws")
    assert send_at(6.9) == 0
    assert send_at(7) == 1
    assert inbox.mails[0]["Subject"] == "News: 2 notifications on 2 cards"


def test_a_refused_mail_is_made_anew_and_its_lines_wait_with_it(
    ada: Person, bob: Person, team: Team, inbox: Inbox
) -> None:
    inbox.answers.append(("DATA", "451 4.3.0 Later, please"))
    with at():
        assign(ada, team, bob, "Read soon")
    assert send_at(minutes=1) == 1
    mark_read(bob.actor)
    with at(minutes=1.1):
        assign(ada, team, bob, "Still news")
    assert send_at(minutes=1.2) == 0
    assert send_at(minutes=3) == 1
    (mail,) = inbox.mails
    assert "Still news" in parts(mail)[0]
    assert "Read soon" not in parts(mail)[0]


def test_what_somebody_waits_for_goes_first_and_one_connection_serves_all(
    ada: Person, bob: Person, grace: Person, team: Team, inbox: Inbox
) -> None:
    with at():
        for person in (bob, grace):
            make_team(ada, "Another", member=person)
    post(ada.actor, to="new@example.com")
    assert send_at(1) == 3
    assert inbox.recipients[0] == "new@example.com"
    assert {*inbox.recipients[1:]} == {bob.email, grace.email}
    assert inbox.connections == 1


def test_two_workers_send_nothing_twice_and_nothing_is_lost_while_lines_arrive(
    ada: Person, bob: Person, grace: Person, team: Team, inbox: Inbox
) -> None:
    app = ada.app
    people = [bob, grace]
    make_team(ada, "Others", member=grace)
    clear()
    tasks = {person.user_id: [] for person in people}
    with at():
        for person, other in zip(people, (team, make_team(ada, "More", member=grace)), strict=True):
            for number in range(4):
                tasks[person.user_id].append(assign(ada, other, person, f"Task {number}"))

    def send() -> None:
        send_at(1)

    def arrive() -> None:
        with at():
            assign(ada, team, bob, "Late")

    answers = at_once_inside(app, [send, arrive, send, send])
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    send_at(2)
    said = "\n".join(parts(mail)[0] for mail in inbox.mails)
    for task_id in (*tasks[bob.user_id], *tasks[grace.user_id]):
        assert said.count(f"/tasks/{task_id}\n") == 1
    assert said.count("WEB-5 Late") == 1
    assert read("SELECT count(*) FROM notification_mails WHERE bundle_id IS NULL") == 0
