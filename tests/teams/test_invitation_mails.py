"""The mail of an invitation: to the address that is invited, with the link, and dead with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.extensions import config_of
from taskforge.mail.messages import render
from taskforge.mail.tokens import make_token
from taskforge.stores import sql
from taskforge.teams.invitations import service
from tests.factories import Person, Team, make_team
from tests.pages import visit
from tests.teams.invited import invite


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def mails() -> list[sql.Row]:
    return list(sql.rows(text("SELECT * FROM mail_intents ORDER BY created_at, mail_id"), {}))


def test_the_link_goes_to_the_address_that_is_invited(ada: Person, team: Team) -> None:
    invitation_id, token = invite(ada, team, email="grace@example.test")
    (mail,) = mails()
    assert (mail["kind"], mail["to_address"]) == ("invitation", "grace@example.test")
    assert token not in str(dict(mail))
    said = render(config_of(), mail)
    assert said.subject.startswith("Ada ")
    assert said.subject.endswith(" invites you to Web")
    for part in (said.text, said.html):
        assert f"/invitations/{token}" in part
        assert "a member" in part
    again = make_token()
    service.resend_invitation(ada.actor, team.team_id, invitation_id, token=again)
    assert f"/invitations/{again.secret}" in render(config_of(), mails()[1]).text


def test_who_is_invited_by_id_gets_it_at_their_own_address(
    ada: Person, bob: Person, team: Team
) -> None:
    invite(ada, team, user_id=bob.user_id)
    assert [mail["to_address"] for mail in mails()] == [bob.email]


def test_a_refused_invitation_sends_nothing(ada: Person, bob: Person, full_team: Team) -> None:
    visitor = visit(ada)
    form = visitor.open(f"/teams/{full_team.team_id}").form("/members/add")
    for email in (bob.email, "a@example.test\r\nBcc: b@example.test", "no address"):
        assert visitor.send(form, email=email).status in (409, 422)
    assert mails() == []


@pytest.mark.parametrize(
    "name", ["{inviter}{0}", "{{ 7*7 }}", "<b>Web</b>", "محمد 李 👩🏽‍🚒", "x" * 80]
)
def test_names_are_words_in_it(ada: Person, name: str) -> None:
    invite(ada, make_team(ada, name), email="grace@example.test")
    said = render(config_of(), mails()[0])
    assert name in said.text
    assert name in said.subject
    assert "<b>" not in said.html


def test_the_sender_hears_that_a_mail_is_on_its_way_or_that_there_is_none(
    app: Flask, ada: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor, path = visit(ada), f"/teams/{team.team_id}"
    visitor.fill(path, "/members/add", email="a@example.test")
    assert "A mail with the link is on its way" in visitor.open(path).text
    monkeypatch.setattr("taskforge.mail.service.is_available", lambda: False)
    answer = visitor.fill(path, "/members/add", email="b@example.test")
    page = visitor.open(answer.location)
    assert "b@example.test is invited. Send them the link below." in page.text
    assert "Link for b@example.test" in page.text
    assert len(mails()) == 1


def test_a_repeated_operation_sends_one_mail(ada: Person, team: Team) -> None:
    visitor = visit(ada)
    form = visitor.open(f"/teams/{team.team_id}").form("/members/add")
    for _ in range(2):
        visitor.send(form, email="a@example.test")
    assert len(mails()) == 1
