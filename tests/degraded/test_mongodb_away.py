"""While MongoDB is away the board works, and what is written is read by everybody."""

from __future__ import annotations

import pytest
from flask import Flask

from taskforge.accounts import picture_store
from taskforge.accounts.picture_service import change_picture
from taskforge.accounts.service import get_profile
from taskforge.admin.maintenance import purge_pictures
from taskforge.boards.queries import list_boards, list_columns
from taskforge.comments.queries import list_comments
from taskforge.comments.service import create_comment, edit_comment
from taskforge.errors import Unavailable
from taskforge.messaging import breaker as breakers
from taskforge.stores import mongo
from taskforge.stores.actor import Actor
from taskforge.tasks.board.queries import get_board
from taskforge.tasks.bulk.edit import edit_tasks
from taskforge.tasks.queries import get_task
from taskforge.tasks.service import create_task, delete_task, edit_task, move_task, restore_task
from tests.degraded.conftest import MakeApp
from tests.pictures import picture_file
from tests.stores.scene import relay_everything, write

URL = "mongodb://127.0.0.1:{port}/taskforge_test?directConnection=true"


@pytest.fixture(params=["refused", "hanging"])
def away(request: pytest.FixtureRequest) -> str:
    return URL.format(port=request.getfixturevalue(request.param))


def test_the_whole_board_works(make_app: MakeApp, away: str, person: Actor) -> None:
    with make_app(mongodb_uri=away).app_context():
        board = list_boards(person)[0]
        columns = [column["column_id"] for column in list_columns([board["board_id"]])]
        made = create_task(
            person, board_id=board["board_id"], title="Forge", texts={"description": "first words"}
        )
        assert get_task(person, made.entity_id).texts["description"] == "first words"

        edit_task(person, made.entity_id, changes={"description": "second words"}, version=1)
        move_task(person, made.entity_id, column_id=columns[2], version=2)
        view = get_task(person, made.entity_id)
        assert (view.texts["description"], view.row["column_id"]) == ("second words", columns[2])
        assert view.syncing

        comment = create_comment(person, made.entity_id, content="said while away")
        edit_comment(person, comment.entity_id, content="said better")
        assert [shown.content for shown in list_comments(person, made.entity_id)] == ["said better"]

        delete_task(person, made.entity_id)
        restore_task(person, made.entity_id)
        assert [card["title"] for card in get_board(person, board["board_id"]).cards] == ["Forge"]


def test_a_picture_is_not_taken_and_one_that_cannot_be_read_is_said_to_be_away(
    make_app: MakeApp, away: str, person: Actor
) -> None:
    with make_app(mongodb_uri=away).app_context():
        with pytest.raises(Unavailable, match="Pictures can't be stored right now"):
            change_picture(person, picture_file(), version=1)
        with pytest.raises(Unavailable):
            picture_store.find(person.user_id, "0" * 32, large=False)
        row = get_profile(person).row
        assert (row["picture"], row["version"]) == (None, 1)
        assert purge_pictures() == 0


def test_nobody_waits_once_it_is_known_to_be_away(
    make_app: MakeApp, away: str, person: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breakers, "OPEN_SECONDS", 60)
    with make_app(mongodb_uri=away).app_context():
        board_id = list_boards(person)[0]["board_id"]
        task_id = create_task(person, board_id=board_id, title="Task").entity_id
        for number in range(3):
            edit_task(person, task_id, changes={"description": f"Text {number}"})
        assert mongo.breaker.is_open
        waited = mongo.breaker._failed
        for number in range(20):
            edit_task(person, task_id, changes={"description": f"Quick {number}"})
        assert mongo.breaker._failed == waited


def test_texts_that_only_mongodb_has_come_from_the_redo_log(
    make_app: MakeApp, away: str, person: Actor, app: Flask
) -> None:
    with app.app_context():
        board_id = list_boards(person)[0]["board_id"]
        made = create_task(person, board_id=board_id, title="T", texts={"description": "applied"})
        relay_everything()
        assert get_task(person, made.entity_id).row["pending_content"] is None
    with make_app(mongodb_uri=away).app_context():
        assert get_task(person, made.entity_id).texts["description"] == "applied"


def test_of_many_cards_all_but_their_tags_can_be_changed(
    make_app: MakeApp, away: str, person: Actor, app: Flask
) -> None:
    with app.app_context():
        board_id = list_boards(person)[0]["board_id"]
        ids = [create_task(person, board_id=board_id, title=one).entity_id for one in "AB"]
        relay_everything()
        write("DELETE FROM outbox_redo")
    with make_app(mongodb_uri=away).app_context():
        place = {"board_id": board_id, "task_ids": ids}
        with pytest.raises(Unavailable, match="The task's text can't be read right now"):
            edit_tasks(person, **place, act="add_tags", value=["shed"])
        edit_tasks(person, **place, act="priority", value="high")
        shown = {(card["priority"], *card["tags"]) for card in get_board(person, board_id).cards}
        assert shown == {("high",)}
