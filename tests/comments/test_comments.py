"""Writing, changing and deleting comments on the task page."""

from __future__ import annotations

import pytest
from flask import Flask

from taskforge.comments import queries, service
from tests.factories import Person, Team, make_task, make_team
from tests.pages import HTMX, Visitor, visit


@pytest.fixture
def team(ada: Person, bob: Person) -> Team:
    return make_team(ada, guest=bob)


@pytest.fixture
def path(ada: Person, team: Team) -> str:
    return f"/tasks/{make_task(ada, team)}"


@pytest.fixture
def visitor(bob: Person) -> Visitor:
    return visit(bob)


def test_a_guest_comments_in_markdown(visitor: Visitor, path: str) -> None:
    answer = visitor.fill(path, "/comments/create", content="I **agree**.\n\n<b>really</b>")
    assert answer.status == 303
    assert answer.location.startswith(f"{path}#comment-")
    page = visitor.open(path)
    assert "<strong>agree</strong>" in page.html
    assert "<b>" not in page.html


def test_htmx_gets_the_new_comment_alone(visitor: Visitor, path: str) -> None:
    page = visitor.fill(path, "/comments/create", htmx=True, content="Quick")
    assert page.status == 200
    assert page.html.strip().startswith("<li>")
    assert "Quick" in page.text


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(
    ("content", "sentence"),
    [(" \n ", "Content is required."), ("x" * 20_001, "at most 20,000 characters")],
)
def test_a_refused_comment_stays_in_its_field(
    visitor: Visitor, path: str, content: str, sentence: str, htmx: bool
) -> None:
    page = visitor.fill(path, "/comments/create", htmx=htmx, content=content)
    assert page.status == 422
    assert sentence in page.text
    assert page.form("/comments/create").fields["content"].strip() == content.strip()
    if htmx:
        assert page.answer.headers["HX-Retarget"] == "#comment-form"
        assert page.html.strip().startswith("<form")
    assert "comment--" not in visitor.open(path).html.replace("prose--comment", "")


def test_a_comment_that_is_sent_twice_is_said_once(visitor: Visitor, path: str) -> None:
    form = visitor.open(path).form("/comments/create")
    first = visitor.send(form, content="Once")
    assert visitor.send(form, content="Once").location == first.location
    assert visitor.open(path).html.count('<article class="comment') == 1


def test_an_author_changes_and_deletes_their_comment(visitor: Visitor, path: str) -> None:
    visitor.fill(path, "/comments/create", content="Frist")
    link = visitor.open(path).html.split('href="/comments/')[1].split('"')[0]
    answer = visitor.fill(f"/comments/{link}", "/edit", content="Earliest thought")
    assert answer.location.startswith(path)
    page = visitor.open(path)
    assert "Earliest thought" in page.text
    assert "edited" in page.text
    assert visitor.send(page.form("/delete")).status == 303
    page = visitor.open(path)
    assert "This comment was deleted." in page.text
    assert "Earliest thought" not in page.text
    assert visitor.open(f"/comments/{link}").status == 404


def test_htmx_edits_in_place(visitor: Visitor, path: str) -> None:
    visitor.fill(path, "/comments/create", content="Frist")
    page = visitor.open(path)
    link = page.html.split('href="/comments/')[1].split('"')[0]
    form = visitor.open(f"/comments/{link}", **HTMX)
    assert form.html.strip().startswith("<form")
    changed = visitor.send(form.form("/edit"), headers=HTMX, content="Earliest thought")
    assert changed.html.strip().startswith("<article")
    assert "Earliest thought" in changed.text
    deleted = visitor.send(page.form("/delete"), headers=HTMX)
    assert "This comment was deleted." in deleted.text


def test_an_old_form_shows_what_is_saved_and_keeps_the_text(visitor: Visitor, path: str) -> None:
    visitor.fill(path, "/comments/create", content="One")
    link = "/comments/" + visitor.open(path).html.split('href="/comments/')[1].split('"')[0]
    old = visitor.open(link).form("/edit")
    visitor.fill(link, "/edit", content="Two")
    page = visitor.send(old, content="Three")
    assert page.status == 409
    assert "Two" in page.text
    assert page.form("/edit").fields["content"] == "Three"
    assert visitor.send(page.form("/edit")).status == 303


def test_only_its_author_edits_and_only_an_admin_deletes_the_comment_of_another(
    app: Flask, ada: Person, bob: Person, eve: Person, path: str
) -> None:
    with app.app_context():
        comment = service.create_comment(bob.actor, path[7:], content="Mine").entity_id
    admin = visit(ada)
    page = admin.open(path)
    assert f"/comments/{comment}/edit" not in page.html
    assert admin.open(f"/comments/{comment}/edit").status == 403
    outsider = visit(eve)
    assert outsider.open(f"/comments/{comment}/edit").status == 404
    assert admin.send(page.form("/delete")).status == 303


def test_a_long_discussion_goes_on_behind_a_link(
    app: Flask, ada: Person, visitor: Visitor, path: str
) -> None:
    with app.app_context():
        for number in range(queries.PAGE + 1):
            service.create_comment(ada.actor, path[7:], content=f"Comment number {number:03}")
    page = visitor.open(path)
    assert "Comment number 099" in page.text
    assert "Comment number 100" not in page.text
    link = page.html.split("comments_after=")[1].split('"')[0].split("#")[0]
    assert "Comment number 100" in visitor.open(f"{path}?comments_after={link}").text
    assert visitor.open(f"{path}?comments_after=x").status == 200


def test_without_a_csrf_token_nothing_is_said(visitor: Visitor, path: str) -> None:
    page = visitor.fill(path, "/comments/create", content="Hello", csrf_token=None)
    assert page.status == 403
    assert "Hello" in page.text
    assert "Hello" not in visitor.open(path).text


def test_the_history_does_not_repeat_a_deleted_comment(
    ada: Person, visitor: Visitor, path: str
) -> None:
    answer = visitor.fill(path, "/comments/create", content="the password is swordfish")
    comment = f"/comments/{answer.location.split('#comment-')[1]}"
    visitor.fill(f"{comment}/edit", "/edit", content="the password was swordfish")
    assert "swordfish" in visitor.open(f"{path}/history").text
    visitor.fill(path, f"{comment}/delete")
    page = visitor.open(f"{path}/history")
    assert "deleted a comment" in page.text
    assert "swordfish" not in page.html
    history = ada.api("GET", f"{path}/history")
    assert history.status_code == 200
    assert "swordfish" not in history.text
