"""What a hint says of a change: who made it, and on which card it shows."""

from __future__ import annotations

import pytest

from taskforge.comments import service as comments
from tests.factories import Person, Team, make_task, make_team
from tests.live.streams import streaming


@pytest.fixture
def team(ada: Person, grace: Person) -> Team:
    return make_team(ada, member=grace)


def comment(person: Person, task_id: str, content: str) -> str:
    with person.app.app_context():
        return comments.create_comment(person.actor, task_id, content=content).entity_id


def test_a_comment_names_its_author_and_its_task(
    live_server: str, ada: Person, grace: Person, team: Team
) -> None:
    task_id = make_task(ada, team)
    with streaming(live_server, team.board_id, X_Session_Id=ada.secret) as stream:
        comment_id = comment(grace, task_id, "A secret")
        event = stream.next()
    assert event.data == {
        "seq": event.id,
        "event": "comment.created",
        "id": comment_id,
        "version": 1,
        "actor": grace.user_id,
        "task": task_id,
    }


def test_what_was_missed_says_the_same_as_what_was_heard(
    live_server: str, ada: Person, grace: Person, team: Team
) -> None:
    with streaming(live_server, team.board_id, X_Session_Id=ada.secret) as stream:
        task_id = make_task(grace, team)
        comment(ada, task_id, "Hello")
        heard = [stream.next().data, stream.next().data]
    after = heard[0]["seq"] - 1
    with streaming(live_server, team.board_id, f"?after={after}", X_Session_Id=ada.secret) as again:
        assert [again.next().data, again.next().data] == heard
