"""What the chaos run counts: a line or a mail that is lost or doubled is found."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

from taskforge.comments.service import create_comment
from taskforge.notifications.jobs import deliver
from taskforge.stores import sql
from taskforge.tasks.service import delete_task
from tests.chaos import news
from tests.chaos.mails import PostOffice, judge_mails
from tests.factories import Person, make_task, make_team
from tests.stores.scene import write

KILL = ("mail worker", 100.1)


def wrong() -> list[str]:
    return [name for name, question in news.FORBIDDEN.items() if sql.rows(text(question))]


def test_a_lost_line_and_an_unplanned_mail_are_found(app: Flask, ada: Person, bob: Person) -> None:
    with app.app_context():
        team = make_team(ada, member=bob)
        task_id = make_task(ada, team, assignee_id=bob.user_id)
        create_comment(ada.actor, task_id, content="Comment 1.1")
        make_task(ada, team)
        deliver()
        assert wrong() == []
        write("DELETE FROM notification_mails")
        assert wrong() == ["lines that were not planned to be mailed"]
        write("DELETE FROM notifications WHERE kind = 'commented'")
        assert "events not told to whom they concern, and to nobody else" in wrong()


def test_what_was_never_told_because_it_was_in_the_trash_is_excused(
    app: Flask, ada: Person, bob: Person
) -> None:
    with app.app_context():
        team = make_team(ada, member=bob)
        task_id = make_task(ada, team, assignee_id=bob.user_id)
        create_comment(ada.actor, task_id, content="Comment 1.1")
        delete_task(ada.actor, task_id, version=1)
        deliver()
        assert sql.scalar(text("SELECT count(*) FROM notifications WHERE kind = 'commented'")) == 0
        assert wrong() == []


def test_a_mail_that_never_came_is_found() -> None:
    office = PostOffice(arrivals=[("a", 100.0)], comments={"Comment 1.1": {"a"}})
    assert judge_mails(office, sent=["a"], comments=[("Comment 1.1", "a")], kills=[]) == []
    assert judge_mails(office, sent=["a", "b"], comments=[], kills=[]) != []
    assert judge_mails(office, sent=["a"], comments=[("Comment 1.2", "a")], kills=[]) != []


def test_each_repeated_mail_needs_a_kill_of_its_own() -> None:
    office = PostOffice(arrivals=[("a", 100.0), ("b", 100.2), ("a", 220.0)])
    assert judge_mails(office, sent=[], comments=[], kills=[KILL]) == []
    assert judge_mails(office, sent=[], comments=[], kills=[("web worker", 100.1)]) != []
    assert judge_mails(office, sent=[], comments=[], kills=[("mail worker", 219.0)]) != []
    office.arrivals += [("b", 221.0)]
    assert len(judge_mails(office, sent=[], comments=[], kills=[KILL])) == 1


def test_a_comment_in_two_mails_is_found() -> None:
    office = PostOffice(comments={"Comment 1.1": {"a", "b"}})
    assert judge_mails(office, sent=[], comments=[], kills=[]) != []
