"""How many files, and how much of them: exact limits, also for uploads at the same time."""

from __future__ import annotations

from functools import partial

import pytest
from flask import Flask

from taskforge.attachments.changes import delete_attachment
from taskforge.attachments.queries import get_usage
from taskforge.attachments.service import attach_to_comment, attach_to_task
from taskforge.comments.service import create_comment
from taskforge.errors import Conflict, TooLarge
from taskforge.extensions import config_of
from tests.attachments.files import attach, rows, sent, stored_keys
from tests.factories import Person, Team, make_task
from tests.stores.conftest import assert_stores_agree
from tests.together import at_once_inside

pytestmark = pytest.mark.usefixtures("inside")

MB = 1024 * 1024


@pytest.fixture
def limits(inside: None, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    small = config_of().replaced(attachment_max_mb=1, attachments_per_task=3, attachment_team_mb=1)
    monkeypatch.setitem(app.config, "TASKFORGE", small)


@pytest.mark.usefixtures("limits")
def test_a_task_has_so_many_files_with_those_of_its_comments(ada: Person, task_id: str) -> None:
    comment_id = create_comment(ada.actor, task_id, content="See").entity_id
    attach_to_comment(ada.actor, comment_id, sent())
    first = attach(ada.actor, task_id)
    attach(ada.actor, task_id)
    with pytest.raises(Conflict, match="at most 3 files"):
        attach(ada.actor, task_id)
    assert len(stored_keys()) == 3
    delete_attachment(ada.actor, first)
    attach(ada.actor, task_id)
    assert_stores_agree()


@pytest.mark.usefixtures("limits")
def test_a_file_is_so_large_at_most(ada: Person, task_id: str) -> None:
    attach(ada.actor, task_id, b"x" * MB)
    with pytest.raises(TooLarge, match="larger than 1 MB"):
        attach(ada.actor, task_id, b"x" * (MB + 1))


@pytest.mark.usefixtures("limits")
def test_ten_uploads_at_once_never_take_more_than_the_team_has(
    app: Flask, ada: Person, bob: Person, crew: Team
) -> None:
    size = MB // 4  # four of them are all
    tasks = [make_task(ada, crew, f"Task {number}") for number in range(10)]
    uploads = [
        partial(attach_to_task, (ada, bob)[number % 2].actor, task_id, sent(b"x" * size))
        for number, task_id in enumerate(tasks)
    ]
    answers = at_once_inside(app, uploads)
    refusals = [str(one) for one in answers if isinstance(one, Conflict)]
    assert len(refusals) == 6
    assert all("would take more than 1 MB" in one for one in refusals)
    assert get_usage(crew.team_id) == {"bytes_stored": MB, "file_count": 4}
    assert len(stored_keys()) == len(rows("SELECT * FROM attachments")) == 4
    assert_stores_agree()


def test_ten_files_of_one_task_at_once_are_all_listed(
    app: Flask, ada: Person, crew: Team, task_id: str
) -> None:
    at_once_inside(
        app, [partial(attach, ada.actor, task_id, name=f"{number}.txt") for number in range(10)]
    )
    [task] = rows("SELECT * FROM tasks WHERE task_id = :id", id=task_id)
    assert {one["name"] for one in task["files"]} == {f"{number}.txt" for number in range(10)}
    assert (task["attachment_count"], task["files_version"]) == (10, 10)
    assert_stores_agree()
