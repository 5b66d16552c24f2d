"""The pictures of a board's people as one image: who gets it, and which picture is at which place."""

from __future__ import annotations

import re
from base64 import b64decode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from taskforge.accounts import picture_store
from taskforge.accounts.picture_service import change_picture
from taskforge.http.security_headers import FILE_POLICY
from taskforge.stores import mongo
from taskforge.teams.service import remove_member
from taskforge.web.boards import picture_sheet
from tests.factories import Person, Team, make_task, make_team
from tests.pages import visit
from tests.pictures import BLUE, RED, colour_at, opened, picture_file

ON_PAGE = r'aria-label="{name}[^>]*>[^<]*<img src="([^"]+)"'
PLACE = re.compile(
    r'<view id="(\d+)" viewBox="0 (\d+) 64 64"/><image y="(\d+)"[^>]*base64,([^"]+)"'
)


def give_picture(person: Person, colour: tuple[int, int, int], version: int = 1) -> None:
    with person.app.app_context():
        change_picture(person.actor, picture_file(colour=colour), version=version)


@pytest.fixture
def team(ada: Person, bob: Person) -> Team:
    """Ada's team with Bob: a card of each, and both have a picture."""
    team = make_team(ada, member=bob)
    for person, colour in ((ada, RED), (bob, BLUE)):
        make_task(ada, team, assignee_id=person.user_id)
        give_picture(person, colour)
    return team


def address_on(page: str, name: str) -> str:
    """The address of the picture on somebody's card."""
    found = re.search(ON_PAGE.format(name=name), page)
    assert found, name
    return found[1]


def board_of(person: Person, team: Team, query: str = "") -> str:
    return visit(person).open(f"/boards/{team.board_id}{query}").html


def places(image: str) -> dict[str, str]:
    """The colour of each picture of a sheet by the fragment that shows it."""
    found = {}
    for fragment, top, y, data in PLACE.findall(image):
        assert top == y
        found[fragment] = colour_at(opened(b64decode(data)), 0.5, 0.5)
    return found


def test_a_board_names_one_image_for_all_its_pictures(ada: Person, bob: Person, team: Team) -> None:
    page = board_of(ada, team)
    addresses = {name: address_on(page, name) for name in ("Ada", "Bob")}
    sheets = {address.partition("#")[0] for address in re.findall(r'<img src="([^"]+)"', page)}
    assert len(sheets) == 1  # also for the menu of one's account
    answer = visit(ada).client.get(sheets.pop())
    assert answer.mimetype == "image/svg+xml"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer.headers["Content-Security-Policy"] == FILE_POLICY
    colours = places(answer.text)
    assert colours[addresses["Ada"].partition("#")[2]] == "red"
    assert colours[addresses["Bob"].partition("#")[2]] == "blue"


def test_lanes_have_the_same_image(ada: Person, team: Team) -> None:
    page = board_of(ada, team, "?lanes=assignee")
    sheets = {address.partition("#")[0] for address in re.findall(r'<img src="([^"]+)"', page)}
    assert sheets == {address_on(board_of(ada, team), "Ada").partition("#")[0]}


def test_a_browser_that_has_the_image_gets_a_304(ada: Person, team: Team) -> None:
    address = address_on(board_of(ada, team), "Ada")
    client = visit(ada).client
    answer = client.get(address)
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_who_does_not_see_the_board_does_not_see_its_pictures(
    client: FlaskClient, ada: Person, eve: Person, team: Team
) -> None:
    address = address_on(board_of(ada, team), "Ada").partition("#")[0]
    assert visit(eve).open(address).status == 404
    assert client.get(address).location == f"/login?next={address}"


def test_a_new_picture_is_shown_on_a_kept_board_and_the_old_image_is_gone(
    ada: Person, bob: Person, team: Team
) -> None:
    old = address_on(board_of(bob, team), "Ada")
    give_picture(ada, BLUE, version=2)
    new = address_on(board_of(bob, team), "Ada")
    assert new.partition("#")[0] != old.partition("#")[0]
    client = visit(bob).client
    assert client.get(old).status_code == 404
    assert set(places(client.get(new).text).values()) == {"blue"}


def test_who_left_is_not_in_the_image_any_more(ada: Person, bob: Person, team: Team) -> None:
    old = address_on(board_of(ada, team), "Bob")
    with ada.app.app_context():
        remove_member(ada.actor, team.team_id, bob.user_id)
    page = board_of(ada, team)
    client = visit(ada).client
    assert client.get(old).status_code == 404
    assert set(places(client.get(address_on(page, "Ada")).text).values()) == {"red"}


def test_a_picture_that_is_lost_leaves_its_place_empty_and_the_image_is_not_kept(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    page = board_of(ada, team)
    with app.app_context():
        pictures = mongo.collection(picture_store.COLLECTION)
        pictures.delete_one({"_id": {"$regex": f"^{bob.user_id}"}})
    answer = visit(ada).client.get(address_on(page, "Bob"))
    own = address_on(page, "Ada").partition("#")[2]
    assert places(answer.text) == {own: "red"}
    assert "immutable" not in answer.headers["Cache-Control"]
    assert 'viewBox="0 -64 64 64"' in answer.text  # what an unknown fragment shows


def test_of_many_people_each_picture_is_loaded_alone(
    ada: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = address_on(board_of(ada, team), "Ada")
    monkeypatch.setattr(picture_sheet, "MAX_PICTURES", 1)
    make_task(ada, team, "So that the board is read anew")
    assert address_on(board_of(ada, team), "Ada").startswith(f"/people/{ada.user_id}/picture/")
    assert visit(ada).open(shared).status == 404
