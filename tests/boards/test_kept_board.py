"""What is kept of boards is never shown to the wrong person, and never once it is out of date."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from urllib.request import Request, urlopen

from flask import Flask
from sqlalchemy import text

from taskforge import create_app
from taskforge.accounts import service as accounts
from taskforge.accounts import session_records
from taskforge.boards import service as boards
from taskforge.config import Config
from taskforge.stores import sql
from taskforge.tasks import service as tasks
from taskforge.teams import service as teams
from tests.factories import Person, Team, make_task
from tests.pages import HTMX, Page, open_twice, visit


def etag_of(page: Page) -> str:
    return str(page.answer.headers["ETag"])


def rename(person: Person, first_name: str) -> None:
    with person.app.app_context():
        version = accounts.get_profile(person.actor).row["version"]
        accounts.edit_profile(person.actor, version=version, changes={"first_name": first_name})


def ask(server: str, person: Person, path: str) -> str:
    """What another process answers."""
    cookie = f"{person.app.config['SESSION_COOKIE_NAME']}={person.secret}"
    with urlopen(Request(server + path, headers={"Cookie": cookie})) as answer:
        return str(answer.read().decode())


def test_processes_see_each_others_changes_at_once(
    app: Flask, live_server: str, ada: Person, team: Team
) -> None:
    board = f"/boards/{team.board_id}"
    task_id = make_task(ada, team, "First title")
    visitor = visit(ada)
    for title in ("Second title", "Third title", "Fourth title"):
        ask(live_server, ada, board)
        open_twice(visitor, board)
        with app.app_context():
            tasks.edit_task(ada.actor, task_id, changes={"title": title})
        assert title in ask(live_server, ada, board)
        assert title in visitor.open(board).html


def test_a_person_who_was_renamed_has_the_new_name_everywhere(
    ada: Person, bob: Person, team: Team
) -> None:
    make_task(ada, team, assignee_id=bob.user_id)
    board = f"/boards/{team.board_id}"
    visitor = visit(ada)
    known = etag_of(open_twice(visitor, board))
    rename(bob, "Robert")
    page = visitor.open(board, **{"If-None-Match": known})
    assert page.status == 200
    assert page.html.count("Robert") >= 2  # on the card and in the filter
    assert "Bob" not in page.text
    assert "Bob Number" not in page.html  # a token in the markup may have his first name by chance


def test_so_has_one_who_left_the_team(app: Flask, ada: Person, bob: Person, team: Team) -> None:
    make_task(ada, team, assignee_id=bob.user_id)
    with app.app_context():
        teams.remove_member(ada.actor, team.team_id, bob.user_id)
    visitor = visit(ada)
    assert "Bob" in open_twice(visitor, f"/boards/{team.board_id}").html
    rename(bob, "Robert")
    assert "Robert" in visitor.open(f"/boards/{team.board_id}").html


def test_who_was_removed_finds_nothing_of_what_is_kept(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    board = f"/boards/{team.board_id}"
    visitor = visit(bob)
    known = etag_of(open_twice(visitor, board))
    with app.app_context():
        teams.remove_member(ada.actor, team.team_id, bob.user_id)
    assert visitor.open(board, **{"If-None-Match": known}).status == 404
    assert visitor.open(f"{board}/columns", **HTMX).status == 404


def test_an_ended_session_is_told_nothing_not_even_that_nothing_changed(
    app: Flask, ada: Person, team: Team
) -> None:
    board = f"/boards/{team.board_id}"
    visitor = visit(ada)
    known = etag_of(open_twice(visitor, board))
    with app.app_context():
        session_records.revoke_all_sessions(ada.actor)
    page = visitor.open(board, **{"If-None-Match": known})
    assert page.status in (302, 303, 401)
    assert "ETag" not in page.answer.headers


def test_a_deleted_board_is_gone(app: Flask, ada: Person, team: Team) -> None:
    board = f"/boards/{team.board_id}"
    visitor = visit(ada)
    known = etag_of(open_twice(visitor, board))
    with app.app_context():
        boards.delete_board(ada.actor, team.board_id)
    assert visitor.open(board, **{"If-None-Match": known}).status == 404


def test_filters_are_not_mixed_up(ada: Person, team: Team) -> None:
    make_task(ada, team, "Hot", priority="urgent")
    make_task(ada, team, "Cold", priority="low")
    visitor, board = visit(ada), f"/boards/{team.board_id}"
    for _ in range(2):
        assert {"Hot", "Cold"} <= set(re.findall(r">(Hot|Cold)</a>", visitor.open(board).html))
        for query, shown in (("priority=urgent", "Hot"), ("priority=low", "Cold")):
            page = visitor.open(f"{board}?{query}")
            assert re.findall(r">(Hot|Cold)</a>", page.html) == [shown]
            part = visitor.open(f"{board}/columns?{query}", **HTMX)
            assert re.findall(r">(Hot|Cold)</a>", part.html) == [shown]


def test_a_part_of_the_columns_is_not_taken_for_all(ada: Person, team: Team) -> None:
    board, todo = f"/boards/{team.board_id}", team.columns["todo"]
    visitor = visit(ada)
    for _ in range(2):
        assert visitor.open(f"{board}/columns?column={todo}", **HTMX).html.count("<section") == 1
        assert visitor.open(f"{board}/columns", **HTMX).html.count("<section") == len(team.columns)
        assert visitor.open(board).html.count('<section class="column"') == len(team.columns)


def test_rights_are_not_mixed_up_and_change_at_once(
    app: Flask, ada: Person, gus: Person, team: Team
) -> None:
    board = f"/boards/{team.board_id}"
    member, guest = visit(ada), visit(gus)
    for _ in range(2):
        assert member.open(board).has_form("/tasks/create")
        assert not guest.open(board).has_form("/tasks/create")
        assert "quick-add" not in guest.open(f"{board}/columns", **HTMX).html
    known = etag_of(guest.open(board))
    with app.app_context():
        teams.change_role(ada.actor, team.team_id, gus.user_id, role="member")
    page = guest.open(board, **{"If-None-Match": known})
    assert page.status == 200
    assert page.has_form("/tasks/create")


def test_a_permission_that_a_role_is_given_shows_at_once(
    app: Flask, gus: Person, team: Team
) -> None:
    board, guest = f"/boards/{team.board_id}", visit(gus)
    assert not open_twice(guest, board).has_form("/tasks/create")
    with app.app_context():
        sql.execute_now(
            text(
                "INSERT INTO role_permissions (team_id, role, permission_id)"
                " SELECT :team_id, 'guest', permission_id FROM permissions WHERE name = 'task.create'"
            ),
            {"team_id": team.team_id},
        )
    assert guest.open(board).has_form("/tasks/create")


def test_everybody_sends_forms_with_a_token_and_operations_of_their_own(
    ada: Person, bob: Person, team: Team
) -> None:
    board = f"/boards/{team.board_id}"
    pages = [open_twice(visit(person), board) for person in (ada, bob)]
    tokens, operations = set(), []
    for page in pages:
        forms = [form for form in page.forms if form.action.endswith("/tasks/create")]
        assert len(forms) == len(team.columns)
        assert len({form.fields["csrf_token"] for form in forms}) == 1
        tokens.add(forms[0].fields["csrf_token"])
        operations += [form.fields["op"] for form in forms]
    assert len(tokens) == 2
    assert len(set(operations)) == 2 * len(team.columns)
    answer = visit(bob).send(pages[0].form("/tasks/create"), title="With Ada's token")
    assert answer.status == 403


def test_a_page_that_the_browser_kept_can_still_be_sent(ada: Person, team: Team) -> None:
    board, visitor = f"/boards/{team.board_id}", visit(ada)
    page = open_twice(visitor, board)
    assert visitor.open(board, **{"If-None-Match": etag_of(page)}).status == 304
    assert visitor.send(page.form("/tasks/create"), title="Sent late").status == 303
    again = visitor.open(board, **{"If-None-Match": etag_of(page)})
    assert (again.status, "Sent late" in again.html) == (200, True)


def test_the_compressed_page_is_the_page(ada: Person, team: Team) -> None:
    make_task(ada, team, "Käse <b>& Brot</b> ÿ")
    board, visitor = f"/boards/{team.board_id}", visit(ada)
    for _ in range(3):
        packed = visitor.client.get(board, headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        html = gzip.decompress(packed.data).decode()
        own = re.compile(r'(value|content)="[^"]*"|"X-CSRFToken": "[^"]*"')
        assert own.sub("", html) == own.sub("", visitor.open(board).answer.text)
        assert not re.search(r"~(csrf|op|inner)-", html)


def test_a_message_is_shown_once_and_the_page_with_it_is_not_kept(ada: Person, team: Team) -> None:
    visitor, board = visit(ada), f"/boards/{team.board_id}"
    open_twice(visitor, board)
    with visitor.client.session_transaction() as session:
        session["_flashes"] = [("ok", "The card is back.")]
    page = visitor.open(board)
    assert "The card is back." in page.text
    assert "ETag" not in page.answer.headers
    assert page.answer.headers["Cache-Control"] == "no-store"
    assert "The card is back." not in visitor.open(board).text


def test_a_new_notification_is_counted_on_a_page_that_was_kept(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    visitor, board = visit(bob), f"/boards/{team.board_id}"
    known = etag_of(open_twice(visitor, board))
    with app.app_context():
        sql.execute_now(
            text(
                "INSERT INTO notifications (notification_id, event_id, user_id, kind, payload, created_at)"
                " VALUES (gen_random_uuid(), gen_random_uuid(), :user_id, 'assigned', '{}', now())"
            ),
            {"user_id": bob.user_id},
        )
    page = visitor.open(board, **{"If-None-Match": known})
    assert page.status == 200
    assert "1 unread" in page.text


def test_the_mark_of_a_gap_in_a_title_is_only_text(ada: Person, team: Team) -> None:
    make_task(ada, team, "~csrf-~ ~op- ~inner-0000~")
    page = open_twice(visit(ada), f"/boards/{team.board_id}")
    assert "~csrf-~ ~op- ~inner-0000~" in page.text


def test_a_page_that_was_kept_says_at_once_that_a_store_is_away(
    config: Config, ada: Person, team: Team
) -> None:
    app = create_app(config)
    away: list[list[str]] = []
    app.context_processor(lambda: {"degraded": away.pop(0) if away else []})
    board, there = f"/boards/{team.board_id}", replace(ada, app=app)
    visit(there).open(board)  # the cards are drawn
    visitor = visit(there)
    away.extend([[], []])
    assert "catching up" not in visitor.open(board).text
    assert "catching up" not in visitor.open(board).text
    away.extend([["mongodb"]])
    assert "catching up" in visitor.open(board).text
