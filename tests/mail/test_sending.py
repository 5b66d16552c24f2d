"""Mails reach a real mail server once, whatever it does; what it refuses is tried again, or given up and shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from taskforge import clock
from taskforge.admin import doctor_probes, maintenance
from taskforge.mail import jobs, smtp
from taskforge.messaging import queues
from taskforge.messaging.redis_client import redis_client
from taskforge.notifications.bundles.jobs import has_due, send_due, send_pending
from taskforge.stores import doctor
from tests.factories import Person
from tests.mail.posting import post, wait_out_pauses
from tests.mail.server import Inbox, mail_server, make_certificate, silent_server
from tests.stores.conftest import catch_up
from tests.stores.scene import read

MAILER = "mailer%40us:"  # a name in an address; the word follows


@pytest.fixture(autouse=True)
def inside(mailing: Flask) -> Iterator[None]:
    with mailing.app_context():
        yield


def use(app: Flask, **settings: str) -> None:
    app.config["TASKFORGE"] = app.config["TASKFORGE"].replaced(**settings)


def parked() -> str | None:
    """Why the one mail was given up; None if it was not."""
    found: str | None = read("SELECT last_error FROM mail_intents WHERE parked_at IS NOT NULL")
    return found


def test_a_mail_arrives_with_both_parts_and_a_message_id_of_its_row(
    ada: Person, inbox: Inbox
) -> None:
    assert post(ada.actor, to="bob@example.com")
    assert send_pending() == 1
    assert send_pending() == 0
    (mail,) = inbox.mails
    assert inbox.recipients == ["bob@example.com"]
    assert mail["From"] == "TaskForge <forge@example.com>"
    assert mail["To"] == "bob@example.com"
    assert mail["Subject"] == "Your TaskForge password was changed"
    mail_id = read("SELECT mail_id FROM mail_intents WHERE sent_at IS NOT NULL")
    assert mail["Message-ID"] == f"<{mail_id}@tasks.example.com>"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    for part in (text.get_content(), html.get_content()):
        assert "Ada Lovelace" in part
        assert "28 November 2026, 20:14 UTC" in part
        assert "https://tasks.example.com/password-reset" in part


def test_a_change_that_is_not_committed_sends_nothing(ada: Person, inbox: Inbox) -> None:
    with pytest.raises(ValueError, match="needs"):
        post(ada.actor, unknown="value")
    assert read("SELECT count(*) FROM audit_logs WHERE event = 'user.all_sessions_revoked'") == 0
    assert send_due() == 0
    assert inbox.mails == []


def test_a_mail_wakes_its_queue(ada: Person) -> None:
    redis_client().flushdb()
    post(ada.actor)
    assert queues.queue(queues.MAIL, redis_client()).count == 1


def test_several_mails_go_over_one_connection(ada: Person, inbox: Inbox) -> None:
    for number in range(3):
        post(ada.actor, to=f"person{number}@example.com")
    assert send_due() == 3
    assert len(inbox.mails) == 3
    assert len({mail["Message-ID"] for mail in inbox.mails}) == 3


def test_a_refused_connection_is_tried_again_later(ada: Person, smtp_port: int) -> None:
    for _ in range(2):
        post(ada.actor)
    assert send_due() == 1  # the other one would fare the same, so it is not tried
    assert send_due() == 1
    assert send_due() == 0  # both wait
    assert parked() is None
    wait_out_pauses()
    with mail_server(smtp_port) as inbox:
        assert send_due() == 2
    assert len(inbox.mails) == 2


def test_a_server_that_says_nothing_is_given_up_after_its_time_and_tried_again(
    ada: Person, mailing: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "STEP_SECONDS", 0.3)
    post(ada.actor)
    with silent_server() as port:
        use(mailing, smtp_url=f"smtp://127.0.0.1:{port}")
        assert send_due() == 1
    assert "timed out" in str(read("SELECT last_error FROM mail_intents"))
    assert parked() is None
    assert read("SELECT claimed_until > now() FROM mail_intents")


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_a_temporary_refusal_is_tried_again(ada: Person, inbox: Inbox, command: str) -> None:
    inbox.answers.append((command, "451 4.3.0 Later, please"))
    post(ada.actor)
    assert send_due() == 1
    assert inbox.mails == []
    assert read("SELECT last_error FROM mail_intents") == "451 4.3.0 Later, please"
    assert send_due() == 0
    wait_out_pauses()
    assert send_due() == 1
    assert len(inbox.mails) == 1
    assert read("SELECT attempts FROM mail_intents WHERE sent_at IS NOT NULL") == 2


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_a_refusal_for_good_is_not_tried_again_and_the_doctor_names_it(
    ada: Person, inbox: Inbox, command: str
) -> None:
    inbox.answers.append((command, "550 5.1.1 No such user"))
    post(ada.actor, to="first@example.com")
    post(ada.actor, to="second@example.com")
    assert send_due() == 2  # the second one is not held up
    assert inbox.recipients == ["second@example.com"]
    assert parked() == "550 5.1.1 No such user"
    wait_out_pauses()
    assert send_due() == 0
    catch_up()
    (found,) = doctor.examine(doctor_probes.probes()).found
    assert found.invariant == "I15"
    assert "550 5.1.1 No such user" in found.detail
    assert doctor.treat(doctor_probes.probes(), doctor_probes.remedies()).left == []
    assert send_due() == 1
    assert inbox.recipients == ["second@example.com", "first@example.com"]


@pytest.mark.parametrize("is_stored", [False, True])
def test_a_connection_lost_after_the_whole_mail_leads_to_one_duplicate_at_most(
    ada: Person, inbox: Inbox, is_stored: bool
) -> None:
    inbox.drops, inbox.keeps_dropped = 1, is_stored
    post(ada.actor)
    assert send_due() == 1
    wait_out_pauses()
    assert send_due() == 1
    assert len(inbox.mails) == (2 if is_stored else 1)
    assert len({mail["Message-ID"] for mail in inbox.mails}) == 1
    assert parked() is None


def test_a_server_that_always_breaks_off_at_the_end_is_not_sent_a_third_copy(
    ada: Person, inbox: Inbox
) -> None:
    inbox.drops, inbox.keeps_dropped = 100, True
    post(ada.actor)
    for _ in range(4):
        send_due()
        wait_out_pauses()
    assert len(inbox.mails) == 2
    assert parked()


def test_attempts_are_bounded(ada: Person) -> None:
    post(ada.actor)
    attempts = 0
    for _ in range(jobs.MAX_ATTEMPTS + 3):
        attempts += send_due()
        wait_out_pauses()
    assert attempts == jobs.MAX_ATTEMPTS
    assert "ConnectionRefusedError" in str(parked())


def test_pauses_grow_and_end_within_a_night(ada: Person) -> None:
    post(ada.actor)
    pauses = []
    for _ in range(jobs.MAX_ATTEMPTS - 1):
        send_due()
        pauses.append(
            float(read("SELECT extract(epoch FROM claimed_until - now()) FROM mail_intents"))
        )
        wait_out_pauses()
    assert 10 < pauses[0] <= 15
    assert max(pauses) <= 3600
    assert 6 * 3600 < sum(pauses) < 12 * 3600


def test_a_mail_whose_time_is_over_is_not_sent(ada: Person, inbox: Inbox) -> None:
    post(ada.actor, expires_at=clock.now() + timedelta(minutes=10))
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        assert send_due() == 1
    assert inbox.mails == []
    assert parked() == jobs.TOO_LATE


def test_the_relay_wakes_the_queue_for_a_mail_whose_pause_is_over(
    ada: Person, inbox: Inbox
) -> None:
    post(ada.actor)
    redis_client().flushdb()
    (chore,) = [each for each in maintenance.chores() if each.name == "send overdue mails"]
    chore.run()
    assert queues.queue(queues.MAIL, redis_client()).count == 0
    with clock.frozen(clock.now() + timedelta(seconds=3)):
        assert has_due(clock.now())
        chore.run()
        chore.run()
    assert queues.queue(queues.MAIL, redis_client()).count == 1


def test_a_password_is_sent_and_a_wrong_one_gives_nothing_up(
    ada: Person, inbox: Inbox, mailing: Flask, smtp_port: int
) -> None:
    use(mailing, smtp_url=f"smtp://{MAILER}wrong@127.0.0.1:{smtp_port}")
    post(ada.actor)
    assert send_due() == 1
    assert "535" in str(read("SELECT last_error FROM mail_intents"))
    assert parked() is None
    use(mailing, smtp_url=f"smtp://{MAILER}right@127.0.0.1:{smtp_port}")
    wait_out_pauses()
    assert send_due() == 1
    assert len(inbox.mails) == 1
    assert inbox.logins[-1] == ("mailer@us", "right")


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_the_connection_is_encrypted_and_its_certificate_is_checked(
    ada: Person,
    mailing: Flask,
    smtp_port: int,
    scheme: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    certificate, context = make_certificate(tmp_path)
    options = {"ssl_context" if scheme == "smtps" else "tls_context": context}
    use(mailing, smtp_url=f"{scheme}://localhost:{smtp_port}")
    post(ada.actor)
    with mail_server(smtp_port, **options) as inbox:
        assert send_due() == 1
        assert "CERTIFICATE_VERIFY_FAILED" in str(read("SELECT last_error FROM mail_intents"))
        assert inbox.mails == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        wait_out_pauses()
        assert send_due() == 1
    assert len(inbox.mails) == 1
    assert inbox.was_encrypted


def test_nothing_is_said_in_clear_to_a_distant_server(
    ada: Person, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "is_near", lambda _host, _config: False)
    post(ada.actor)
    assert send_due() == 1
    assert inbox.mails == []
    assert "STARTTLS" in str(read("SELECT last_error FROM mail_intents"))


def test_addresses_of_any_script_arrive(ada: Person, inbox: Inbox) -> None:
    post(ada.actor, to="bob@bücher.example")
    post(ada.actor, to="жук@пример.example")
    assert send_due() == 2
    assert inbox.recipients == ["bob@xn--bcher-kva.example", "жук@xn--e1afmkfd.example"]
