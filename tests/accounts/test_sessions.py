"""The list of one's sessions."""

from __future__ import annotations

from taskforge.text.devices import describe_device
from tests.factories import Person
from tests.pages import visit


def test_all_sessions_are_listed_and_this_one_is_named(ada: Person) -> None:
    visit(ada)
    page = visit(ada).open("/sessions")
    assert page.text.count("this session") == 1
    assert len([form for form in page.forms if form.action.endswith("/revoke")]) == 2


def test_a_session_that_is_ended_is_over_at_once(ada: Person) -> None:
    other, here = visit(ada), visit(ada)
    page = here.open("/sessions")
    for form in [form for form in page.forms if form.action.endswith("/revoke")]:
        assert here.send(form).location == "/sessions"
    assert other.open("/boards").status == 303
    assert here.open("/boards").status == 200
    assert ada.api("GET", "/users/me").status_code == 401


def test_ending_a_session_twice_is_a_404(ada: Person) -> None:
    here = visit(ada)
    form = here.open("/sessions").form("/revoke")
    here.send(form)
    assert here.send(form, op=None).status == 404


def test_nobody_ends_the_session_of_another(ada: Person, eve: Person) -> None:
    form = visit(ada).open("/sessions").form("/revoke")
    own = visit(eve)
    token = own.open("/sessions").form("/sessions/revoke-all").fields["csrf_token"]
    assert own.send(form, csrf_token=token).status == 404
    assert ada.api("GET", "/users/me").status_code == 200


def test_logging_out_everywhere_ends_all_of_them(ada: Person) -> None:
    other, here = visit(ada), visit(ada)
    answer = here.fill("/sessions", "/sessions/revoke-all")
    assert answer.location == "/login"
    for visitor in (here, other):
        assert visitor.open("/boards").status == 303
    assert ada.api("GET", "/users/me").status_code == 401


def test_a_device_is_named_as_people_know_it() -> None:
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    iphone = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1"
    )
    assert describe_device(firefox) == "Firefox on Linux"
    assert describe_device(iphone) == "Safari on iPhone"
    assert describe_device(None) == "An unknown device"
