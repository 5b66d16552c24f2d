"""The administration's pages of people, by their forms; and the same by the API."""

from __future__ import annotations

import pytest
from flask import Flask

from taskforge.accounts import site_admins
from taskforge.history.log_checks import untrue_rows
from taskforge.ids import new_id
from tests.accounts.test_login_history import write_events
from tests.admin.test_suspension import WHY, log_in, make_site_admin, read_admins, suspend
from tests.audit_trail import last_event
from tests.factories import PASSWORD, Person, forget_confirmation, make_person, make_team
from tests.pages import Visitor, visit
from tests.stores.scene import write


@pytest.fixture
def root(app: Flask) -> Person:
    """The only site administrator."""
    return make_site_admin(make_person(app, "Root"))


@pytest.fixture
def here(root: Person) -> Visitor:
    """Their browser."""
    return visit(root)


def address(person: Person) -> str:
    return f"/admin/users/{person.user_id}"


def test_people_are_found_by_a_part_of_their_name_or_address_and_by_state(
    here: Visitor, root: Person, ada: Person, bob: Person
) -> None:
    suspend(root, bob)
    for query, found in (
        ("", {root, ada, bob}),
        ("q=aDA", {ada}),
        (f"q={bob.email[:5]}", {bob}),
        ("q=nobody+at+all", set()),
        ("show=suspended", {bob}),
        ("show=active", {root, ada}),
        ("show=admins", {root}),
        ("show=nonsense", {root, ada, bob}),
    ):
        page = here.open(f"/admin/users?{query}")
        assert page.status == 200
        shown = {person for person in (root, ada, bob) if f'href="{address(person)}"' in page.html}
        assert shown == found, query


def test_the_list_has_pages(here: Visitor, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("taskforge.teams.directory.PAGE", 2)
    people = [make_person(app, name) for name in ("Amy", "Ben", "Cleo", "Dan")]
    seen, path = [], "/admin/users"
    while path:
        page = here.open(path)
        seen += [person.email for person in people if person.email in page.text]
        link = page.html.partition('" rel="next"')[0]
        path = (
            link.rpartition('href="')[2].replace("&amp;", "&") if 'rel="next"' in page.html else ""
        )
    assert seen == [person.email for person in people]


def test_words_that_cannot_be_searched_for_are_named(here: Visitor) -> None:
    page = here.open("/admin/users?q=" + "x" * 101)
    assert "at most 100" in page.text


def test_a_person_is_suspended_and_let_in_again_by_the_forms(
    app: Flask, here: Visitor, ada: Person
) -> None:
    form = here.open(address(ada)).form("/suspend")
    empty = here.send(form, reason="  ")
    assert empty.status == 422
    assert "Reason is required." in empty.text
    long = here.send(form, reason="x" * 301)
    assert long.status == 422
    assert long.form("/suspend").fields["reason"] == "x" * 301
    done = here.send(form, reason=WHY)
    assert (done.status, done.location) == (303, address(ada))
    page = here.open(address(ada))
    assert WHY in page.text
    assert not page.has_form("/suspend")
    assert log_in(app, ada) == 401
    again = here.send(form, reason=WHY)  # the same form once more: answered as before
    assert again.status == 303
    here.send(page.form("/lift-suspension"))
    assert log_in(app, ada) == 200
    assert here.open(address(ada)).has_form("/suspend")


def test_the_strong_acts_ask_for_the_password(
    app: Flask, here: Visitor, root: Person, ada: Person
) -> None:
    page = here.open(address(ada))
    forget_confirmation(root)
    for action in ("/suspend", "/site-role", "/reset-link", "/sessions/end"):
        asked = here.send(page.form(action), **({"reason": WHY} if action == "/suspend" else {}))
        assert (asked.status, "Confirm that it is you" in asked.text) == (422, True), action
    asked = here.send(page.form("/suspend"), reason=WHY)
    assert log_in(app, ada) == 200
    done = here.send(asked.form("/suspend"), confirm_password=PASSWORD)
    assert done.status == 303
    assert log_in(app, ada) == 401


def test_the_site_role_is_given_and_taken(
    app: Flask, here: Visitor, root: Person, ada: Person
) -> None:
    form = here.open(address(ada)).form("/site-role")
    assert here.send(form).status == 303
    assert read_admins(app) == {root.user_id, ada.user_id}
    assert visit(ada).open("/admin/").status == 200
    with app.app_context():
        event = last_event(ada.user_id)
    assert (event.event, event.before, event.after) == (
        "user.admin_granted",
        {"is_site_admin": False},
        {"is_site_admin": True},
    )
    given_up = here.send(here.open(address(root)).form("/site-role"))
    assert (given_up.status, given_up.location) == (303, "/boards")
    assert here.open("/admin/").status == 404
    there = visit(ada)
    refused = there.send(there.open(address(ada)).form("/site-role"))
    assert refused.status == 409
    assert "last site administrator" in refused.text


def test_sessions_are_ended_one_by_one_and_all(app: Flask, here: Visitor, ada: Person) -> None:
    browser = visit(ada)
    page = here.open(address(ada))
    assert here.send(page.form(f"/sessions/{ada.session_id}/end")).status == 303
    assert ada.api("GET", "/users/me").status_code == 401
    assert browser.open("/profile").status == 200
    here.send(page.form("/sessions/end"))
    assert browser.open("/profile").location.startswith("/login")
    with app.app_context():
        assert last_event(ada.user_id).event == "user.all_sessions_revoked"
    gone = here.send(page.form(f"/sessions/{ada.session_id}/end"), op=None)
    assert gone.status == 404


def test_a_person_s_page_names_their_teams_and_nothing_in_them(here: Visitor, ada: Person) -> None:
    team = make_team(ada, name="The quiet ones")
    assert "The quiet ones" in here.open(address(ada)).text
    assert here.open(f"/teams/{team.team_id}").status == 404


def test_for_others_there_is_nothing_and_the_try_is_on_record(app: Flask, ada: Person) -> None:
    assert visit(ada).open("/admin/users").status == 404
    assert visit(ada).open(address(ada)).status == 404
    assert ada.api("GET", "/admin/users").status_code == 404
    write_events(app)
    with app.app_context():
        assert last_event(ada.user_id).event == "user.access_denied"


def test_the_api_lists_suspends_and_lets_in_again(
    app: Flask, root: Person, ada: Person, bob: Person
) -> None:
    listed = root.api("GET", "/admin/users?limit=2").get_json()
    rest = root.api("GET", f"/admin/users?cursor={listed['nextCursor']}").get_json()
    names = [one["email"] for one in (*listed["items"], *rest["items"])]
    assert names == sorted([root.email, ada.email, bob.email])
    assert rest["nextCursor"] is None
    path = f"/admin/users/{ada.user_id}/suspend"
    assert root.api("POST", path, {"reason": " "}).status_code == 422
    answer = root.api("POST", path, {"reason": WHY})
    assert answer.status_code == 200
    assert answer.get_json()["suspensionReason"] == WHY
    assert root.api("POST", path, {"reason": WHY}).status_code == 409
    found = root.api("GET", "/admin/users?state=suspended&q=ada").get_json()["items"]
    assert [one["userId"] for one in found] == [ada.user_id]
    assert log_in(app, ada) == 401
    forget_confirmation(root)
    refused = root.api("DELETE", path)
    assert refused.get_json()["error"]["code"] == "confirmation_required"
    root.api("POST", "/auth/confirm", {"password": PASSWORD})
    assert root.api("DELETE", path).status_code == 204
    assert log_in(app, ada) == 200
    assert root.api("DELETE", path).status_code == 409


def test_the_doctor_compares_who_is_suspended_with_the_log(
    app: Flask, root: Person, ada: Person
) -> None:
    suspend(root, ada)
    with app.app_context():
        site_admins.grant_site_role(root.actor, make_person(app, "Deputy").user_id)
        assert [one for one in untrue_rows() if ada.user_id in one.entity] == []
        write("UPDATE users SET suspended_at = NULL, suspension_reason = NULL")
        found = [one.detail for one in untrue_rows() if ada.user_id in one.entity]
    assert len(found) == 1
    assert f'suspension_reason: "{WHY[:20]}' in found[0]


def test_nothing_is_read_of_a_person_who_does_not_exist(here: Visitor) -> None:
    assert here.open("/admin/users/00000000-0000-4000-8000-000000000000").status == 404


def test_the_api_makes_a_link_to_a_new_password(app: Flask, root: Person, ada: Person) -> None:
    answer = root.api("POST", f"/admin/users/{ada.user_id}/reset-link")
    assert answer.status_code == 201
    token = answer.get_json()["url"].rpartition("/")[2]
    with app.app_context():
        assert last_event(ada.user_id).event == "user.reset_link_issued"
    given = {"token": token, "password": "kettle-Moss-31 anvil"}
    set_by_link = app.test_client().post("/api/auth/password-reset/confirm", json=given)
    assert set_by_link.status_code == 204
    assert log_in(app, ada) == 401
    suspend(root, ada)
    assert root.api("POST", f"/admin/users/{ada.user_id}/reset-link").status_code == 409


def test_a_link_to_a_new_password_is_in_no_stored_answer(root: Person, ada: Person) -> None:
    path, key = f"/admin/users/{ada.user_id}/reset-link", new_id()
    first = root.api("POST", path, Idempotency_Key=key).get_json()["url"]
    assert root.api("POST", path, Idempotency_Key=key).get_json()["url"] != first


def test_the_api_gives_the_site_role_and_takes_it(app: Flask, root: Person, ada: Person) -> None:
    path = f"/admin/users/{ada.user_id}/site-role"
    assert root.api("PUT", path, {"isSiteAdmin": True}).get_json()["isSiteAdmin"] is True
    assert read_admins(app) == {root.user_id, ada.user_id}
    assert root.api("PUT", path, {"isSiteAdmin": False}).get_json()["isSiteAdmin"] is False
    own = f"/admin/users/{root.user_id}/site-role"
    assert root.api("PUT", own, {"isSiteAdmin": False}).status_code == 409
    for wrong in ({"isSiteAdmin": "perhaps"}, {"isSiteAdmin": None}, {}):
        assert root.api("PUT", own, wrong).status_code == 422
    assert read_admins(app) == {root.user_id}


def test_the_api_ends_the_sessions_of_somebody(root: Person, ada: Person) -> None:
    assert root.api("DELETE", f"/admin/users/{ada.user_id}/sessions").status_code == 204
    assert ada.api("GET", "/users/me").status_code == 401


def test_the_strong_acts_of_the_api_ask_for_a_proof(root: Person, ada: Person) -> None:
    forget_confirmation(root)
    path = f"/admin/users/{ada.user_id}"
    for method, act, body in (
        ("PUT", "/site-role", {"isSiteAdmin": True}),
        ("POST", "/reset-link", None),
        ("DELETE", "/sessions", None),
        ("DELETE", "/two-factor", None),
    ):
        answer = root.api(method, path + act, body)
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (
            403,
            "confirmation_required",
        )
