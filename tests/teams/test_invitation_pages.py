"""Invitations in a browser without JavaScript: sending, the page behind the link, the way through sign-up or log-in."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from taskforge.teams import service as teams
from tests.factories import PASSWORD, Person, Team, make_person, make_team
from tests.pages import HTMX, Page, Visitor, visit
from tests.teams.invited import age

NEWCOMER = {"first_name": "Neo", "password": "A calm long sentence, 42"}
NAMES = (
    "Žofie Dvořáková",
    "李小龍",
    "محمد الفاتح",
    "Ελένη",
    "ศรีสุข",
    "𝒜da 👩🏽‍🚒",
    "O’Neil <b>&amp;",
    "İpek",
)


def send(sender: Person, team: Team, email: str, role: str = "member") -> str:
    """Invite by the form of the team's page; the path of the link that the next page shows."""
    visitor = visit(sender)
    answer = visitor.fill(f"/teams/{team.team_id}", "/members/add", email=email, role=role)
    assert answer.status == 303, answer.text
    return link_on(visitor.open(answer.location))


def link_on(page: Page) -> str:
    found = re.findall(r'<input class="input" id="link-[^>]*value="([^"]+)"', page.html)
    assert len(found) == 1, page.text
    return urlsplit(found[0]).path


def id_on(page: Page) -> str:
    found = re.search(r'id="invitation-([0-9a-f-]{36})"', page.html)
    assert found
    return found[1]


def team_page(person: Person, team: Team) -> Page:
    return visit(person).open(f"/teams/{team.team_id}")


def test_the_link_is_shown_to_its_sender_on_the_next_page_alone(
    ada: Person, grace: Person, team: Team
) -> None:
    visitor = visit(ada)
    answer = visitor.fill(f"/teams/{team.team_id}", "/members/add", email="new@example.test")
    path = link_on(visitor.open(answer.location))
    assert path not in team_page(ada, team).html
    with ada.app.app_context():
        teams.add_member(ada.actor, team.team_id, role="admin", user_id=grace.user_id)
    assert path not in visit(grace).open(answer.location).html
    shown = team_page(grace, team)
    assert "new@example.test" in shown.text
    assert "by Ada" in shown.text


def test_a_newcomer_goes_through_the_sign_up_and_back_and_joins(
    ada: Person, client: FlaskClient, team: Team
) -> None:
    path = send(ada, team, "neo@example.test")
    visitor = Visitor(client)
    page = visitor.open(path)
    assert page.status == 200
    assert "Ada Number" in page.text
    assert "as a member" in page.text
    register = f"/register?next={path}"
    assert register in page.html
    form = visitor.open(register).form("/register")
    assert form.fields["email"] == "neo@example.test"
    answer = visitor.send(form, **NEWCOMER)
    assert answer.location == path
    joined = visitor.send(visitor.open(path).form("/accept"))
    assert joined.location == f"/teams/{team.team_id}"
    assert visitor.open(f"/boards/{team.board_id}").status == 200
    assert "Welcome" not in visitor.open("/boards").text  # no team of their own was made beside


def test_who_has_an_account_logs_in_and_comes_back(
    app: Flask, ada: Person, bob: Person, client: FlaskClient, team: Team
) -> None:
    path = send(ada, team, bob.email)
    visitor = Visitor(client)
    assert f"/login?next={path}" in visitor.open(path).html
    answer = visitor.fill(f"/login?next={path}", "/login", email=bob.email, password=PASSWORD)
    assert answer.location == path
    assert visitor.send(visitor.open(path).form("/accept")).status == 303
    assert visitor.open(f"/boards/{team.board_id}").status == 200


@pytest.mark.parametrize("page", ["/teams", "/boards"])
def test_an_account_that_is_invited_finds_it_on_its_own_pages(
    ada: Person, bob: Person, team: Team, page: str
) -> None:
    assert "invites you" not in visit(bob).open(page).text
    send(ada, team, bob.email, "guest")
    visitor = visit(bob)
    shown = visitor.open(page)
    assert "invites you as a guest" in shown.text
    assert visitor.send(shown.form("/accept")).location == f"/teams/{team.team_id}"
    assert "invites you" not in visitor.open(page).text


@pytest.mark.parametrize("htmx", [False, True])
def test_declining_says_so_and_ends_it(ada: Person, bob: Person, team: Team, htmx: bool) -> None:
    path = send(ada, team, bob.email)
    visitor = visit(bob)
    answer = visitor.send(visitor.open(path).form("/decline"), headers=HTMX if htmx else None)
    assert answer.status == (204 if htmx else 303)
    assert "You have declined the invitation." in visitor.open("/teams").text
    closed = visitor.open(path)
    assert closed.status == 410
    assert "declined" in closed.text
    assert "Nobody is invited at the moment." in team_page(ada, team).text


def test_the_inbox_leads_to_the_invitation(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    from taskforge.notifications.jobs import deliver_pending

    send(ada, team, bob.email)
    with app.app_context():
        deliver_pending()
    visitor = visit(bob)
    inbox = visitor.open("/inbox")
    assert "invites you to “Web”" in inbox.text
    line = next(form for form in inbox.forms if re.search(r"/[0-9a-f-]{36}/open$", form.action))
    assert visitor.send(line).location == "/teams#own-invitations"


def test_revoking_kills_the_link(ada: Person, bob: Person, team: Team) -> None:
    path = send(ada, team, bob.email)
    visit(ada).fill(f"/teams/{team.team_id}", "/revoke")
    page = visit(bob).open(path)
    assert page.status == 410
    assert "taken back" in page.text
    assert not page.has_form("/accept")


def test_a_new_link_replaces_the_one_before(ada: Person, bob: Person, team: Team) -> None:
    old = send(ada, team, bob.email)
    visitor = visit(ada)
    answer = visitor.fill(f"/teams/{team.team_id}", "/resend")
    new = link_on(visitor.open(answer.location))
    assert new != old
    assert visit(bob).open(old).status == 404
    assert visit(bob).open(new).status == 200


def test_an_expired_one_is_marked_and_can_be_sent_again(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    path = send(ada, team, bob.email)
    with app.app_context():
        age(id_on(team_page(ada, team)), 7)
    assert visit(bob).open(path).status == 410
    assert "Expired on" in team_page(ada, team).text
    visitor = visit(ada)
    new = link_on(visitor.open(visitor.fill(f"/teams/{team.team_id}", "/resend").location))
    assert visit(bob).open(new).status == 200


def test_another_account_is_told_so_and_nothing_of_the_team_or_the_address(
    ada: Person, bob: Person, eve: Person
) -> None:
    team = make_team(ada, "Hidden plans")
    path = send(ada, team, bob.email)
    page = visit(eve).open(path)
    assert page.status == 403
    assert "for another address" in page.text
    assert page.has_form("/logout")
    assert bob.email not in page.html
    assert "Hidden plans" not in page.html


@pytest.mark.parametrize(
    "token", ["x", "x" * 43, "x" * 300, "%C3%A4" * 43, "..%2F..", "%0d%0aSet-Cookie"]
)
@pytest.mark.parametrize("place", ["/invitations/", "/join/"])
def test_a_guessed_link_shows_nothing(client: FlaskClient, place: str, token: str) -> None:
    assert Visitor(client).open(place + token).status in (400, 404)


@pytest.mark.parametrize(
    "email",
    [
        "a@example.test\r\nBcc: b@example.test",
        "a\n@example.test",
        "a@b@c",
        "",
        "a@example",
        "x" * 300,
    ],
)
def test_a_bad_address_is_explained_kept_and_not_invited(
    ada: Person, team: Team, email: str
) -> None:
    page = visit(ada).fill(f"/teams/{team.team_id}", "/members/add", email=email)
    assert page.status == 422
    assert "Email" in page.text
    assert "Nobody is invited at the moment." in page.text


@pytest.mark.parametrize("name", NAMES)
def test_names_of_every_script_are_shown_whole_and_escaped(app: Flask, name: str) -> None:
    lead, bob = make_person(app, "Lead"), make_person(app, "Bob")
    team = make_team(lead, name)
    path = send(lead, team, bob.email)
    visitor = visit(bob)
    assert name in visitor.open(path).text
    assert name in visitor.open("/teams").text
    assert "<b>" not in visitor.open(path).html


def test_a_join_link_is_off_until_it_is_switched_on(
    ada: Person, bob: Person, client: FlaskClient, team: Team
) -> None:
    page = team_page(ada, team)
    assert 'id="join-member"' not in page.html
    assert not page.has_form("/join-links/member/remove")
    visit(ada).fill(f"/teams/{team.team_id}", "/join-links/member/renew")
    shown = re.search(r'id="join-member"[^>]*value="([^"]+)"', team_page(ada, team).html)
    assert shown
    path = urlsplit(shown[1]).path
    assert "Log in" in Visitor(client).open(path).text
    visitor = visit(bob)
    assert visitor.send(visitor.open(path).form(path)).location == f"/teams/{team.team_id}"
    assert visitor.open(f"/boards/{team.board_id}").status == 200
    again = visitor.send(visitor.open(path).form(path))
    assert again.status == 409
    assert "in this team already" in again.text
    visit(ada).fill(f"/teams/{team.team_id}", "/join-links/member/remove")
    assert visitor.open(path).status == 404


def test_those_who_do_not_manage_members_see_nobody_who_is_invited(
    ada: Person, bob: Person, gus: Person, full_team: Team
) -> None:
    send(ada, full_team, "secret@example.test")
    for person in (bob, gus):
        page = team_page(person, full_team)
        assert "secret@example.test" not in page.html
        assert not page.has_form("/resend")
        assert "join-links" not in page.html


def test_a_form_that_is_sent_twice_invites_once_and_shows_one_link(ada: Person, team: Team) -> None:
    visitor = visit(ada)
    form = visitor.open(f"/teams/{team.team_id}").form("/members/add")
    first = visitor.send(form, email="new@example.test")
    again = visitor.send(form, email="new@example.test")
    assert first.location == again.location
    assert link_on(visitor.open(first.location)) == link_on(visitor.open(again.location))
