"""Archived boards and teams: read-only, off the lists, and open again; and an archiving beside a write."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from taskforge.boards.archive import archive_board, archive_team, unarchive_board, unarchive_team
from taskforge.boards.columns import create_column
from taskforge.boards.explained_access import explain_access
from taskforge.boards.queries import list_archived_boards, list_boards, list_teams
from taskforge.boards.service import create_board, edit_board
from taskforge.comments.service import create_comment
from taskforge.errors import Archived, Conflict, Forbidden, NotFound
from taskforge.history.log_checks import untrue_rows
from taskforge.tasks.bulk.hand_over import remove_member
from taskforge.tasks.queries import get_task
from taskforge.tasks.service import delete_task, edit_task, move_task
from taskforge.teams import service
from taskforge.teams.deletion import delete_team, restore_team
from taskforge.teams.queries import list_members
from tests.audit_trail import last_event
from tests.factories import Person, Team, make_task
from tests.together import at_once_inside

pytestmark = pytest.mark.usefixtures("inside")


def writes(person: Person, team: Team, task_id: str) -> list[Callable[[], object]]:
    """Changes of each kind on the board of a team."""
    return [
        lambda: make_task(person, team),
        lambda: edit_task(person.actor, task_id, changes={"title": "Other"}),
        lambda: move_task(person.actor, task_id, column_id=team.columns["done"]),
        lambda: delete_task(person.actor, task_id),
        lambda: create_comment(person.actor, task_id, content="A word"),
        lambda: edit_board(person.actor, team.board_id, version=9, name="Other"),
        lambda: create_column(person.actor, team.board_id, name="New", status="todo", hue=1),
    ]


def test_an_archived_board_refuses_each_change_and_is_read(
    ada: Person, bob: Person, full_team: Team
) -> None:
    task_id = make_task(ada, full_team)
    archive_board(ada.actor, full_team.board_id)
    for person in (ada, bob):
        for write in writes(person, full_team, task_id):
            with pytest.raises(Archived, match="Unarchive it first"):
                write()
        assert get_task(person.actor, task_id).row["title"] == "Write the report"
    assert list_boards(bob.actor) == []
    assert [one["board_id"] for one in list_archived_boards(bob.actor)] == [full_team.board_id]
    entry = last_event(full_team.board_id)
    assert (entry.event, entry.after) == ("board.archived", {"archived": True})
    with pytest.raises(Conflict, match="already"):
        archive_board(ada.actor, full_team.board_id)
    assert not list(untrue_rows())


def test_an_unarchived_board_is_changed_again(ada: Person, bob: Person, full_team: Team) -> None:
    task_id = make_task(ada, full_team)
    archive_board(ada.actor, full_team.board_id)
    with pytest.raises((Archived, Forbidden)):
        unarchive_board(bob.actor, full_team.board_id)
    unarchive_board(ada.actor, full_team.board_id)
    edit_task(bob.actor, task_id, changes={"title": "Other"})
    assert len(list_boards(bob.actor)) == 1
    with pytest.raises(Conflict, match="not archived"):
        unarchive_board(ada.actor, full_team.board_id)


def test_members_archive_nothing(
    ada: Person, bob: Person, gus: Person, eve: Person, full_team: Team
) -> None:
    for person, refusal in ((bob, Forbidden), (gus, Forbidden), (eve, NotFound)):
        with pytest.raises(refusal):
            archive_board(person.actor, full_team.board_id)
        with pytest.raises(refusal):
            archive_team(person.actor, full_team.team_id)


def test_an_archived_team_refuses_each_change_in_it(
    ada: Person, bob: Person, gus: Person, full_team: Team
) -> None:
    task_id, team_id = make_task(ada, full_team), full_team.team_id
    archive_team(ada.actor, team_id)
    changes = [
        *writes(ada, full_team, task_id),
        lambda: create_board(ada.actor, team_id, name="New"),
        lambda: archive_board(ada.actor, full_team.board_id),
        lambda: service.change_role(ada.actor, team_id, bob.user_id, role="guest"),
        lambda: service.edit_team(ada.actor, team_id, version=1, changes={"name": "Other"}),
        lambda: remove_member(ada.actor, team_id, bob.user_id),
    ]
    for change in changes:
        with pytest.raises(Archived):
            change()
    assert list_teams(bob.actor) == []
    assert [one["team_id"] for one in list_teams(bob.actor, archived=True)] == [team_id]
    assert len(list_members(bob.actor, team_id)) == 3
    assert len(list_boards(bob.actor, team_id)) == 1
    assert "is archived" in explain_access(ada.actor, team_id, ada.user_id).reason
    remove_member(gus.actor, team_id, gus.user_id)  # one may always leave
    unarchive_team(ada.actor, team_id)
    edit_task(bob.actor, task_id, changes={"title": "Other"})
    assert not list(untrue_rows())


def test_an_archived_team_is_deleted_and_comes_back_archived(ada: Person, full_team: Team) -> None:
    archive_team(ada.actor, full_team.team_id)
    delete_team(ada.actor, full_team.team_id)
    restore_team(ada.actor, full_team.team_id)
    assert len(list_teams(ada.actor, archived=True)) == 1
    assert not list(untrue_rows())


@pytest.mark.parametrize("whole_team", [False, True])
def test_an_archiving_and_moves_at_once(
    app: Flask, ada: Person, bob: Person, full_team: Team, whole_team: bool
) -> None:
    """A move comes before the archiving, or is refused: none is made in an archive."""
    tasks = [make_task(ada, full_team) for _ in range(4)]

    def archive() -> object:
        if whole_team:
            return archive_team(ada.actor, full_team.team_id)
        return archive_board(ada.actor, full_team.board_id)

    def move(task_id: str) -> Callable[[], object]:
        return lambda: move_task(bob.actor, task_id, column_id=full_team.columns["done"])

    answers = at_once_inside(app, [*map(move, tasks[:2]), archive, *map(move, tasks[2:])])
    assert not isinstance(answers.pop(2), Exception)
    moved = [get_task(ada.actor, one).row["status"] == "done" for one in tasks]
    assert moved == [not isinstance(answer, Archived) for answer in answers]
    with pytest.raises(Archived):
        move(tasks[0])()
    if not whole_team:
        assert last_event(full_team.board_id).event == "board.archived"
