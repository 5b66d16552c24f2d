"""Lists come in pages that follow each other without a gap."""

from __future__ import annotations

import base64

import pytest

from taskforge.api.paging import read_page
from tests.factories import Person, Team, make_task


def collect(person: Person, path: str, limit: int, name: str) -> list[list[str]]:
    pages, cursor = [], ""
    while cursor is not None:
        answer = person.api("GET", f"{path}limit={limit}{cursor and f'&cursor={cursor}'}")
        assert answer.status_code == 200, answer.text
        pages.append([item[name] for item in answer.json["items"]])
        cursor = answer.json["nextCursor"]
        assert cursor != ""
    return pages


@pytest.mark.parametrize(("limit", "sizes"), [(1, [1] * 6), (2, [2, 2, 2]), (4, [4, 2]), (6, [6])])
def test_pages_of_tasks_follow_each_other(
    team: Team, ada: Person, limit: int, sizes: list[int]
) -> None:
    created = [make_task(ada, team, f"Task {number}") for number in range(6)]
    pages = collect(ada, "/tasks?", limit, "taskId")
    assert [len(page) for page in pages] == sizes
    assert [task_id for page in pages for task_id in page] == created


@pytest.mark.parametrize(
    ("held", "limit", "sizes"),
    [(0, 3, [0]), (3, 3, [3]), (4, 3, [3, 1]), (6, 3, [3, 3]), (4, 2, [2, 2]), (7, 200, [3, 3, 1])],
)
def test_a_page_may_be_as_long_as_what_can_be_read_at_once(
    held: int, limit: int, sizes: list[int]
) -> None:
    pages, cursor = [], None
    while cursor is not None or not pages:
        items, cursor = read_page(
            {"limit": limit, "cursor": cursor},
            lambda after, most: range(held)[int(after or -1) + 1 :][: min(most, 3)],
            str,
            longest=3,
        )
        pages.append(len(items))
    assert pages == sizes


def test_comments_history_and_notifications_are_paged(team: Team, ada: Person) -> None:
    task_id = make_task(ada, team)
    for number in range(5):
        ada.api("POST", f"/tasks/{task_id}/comments", {"content": f"{number}"})
    pages = collect(ada, f"/tasks/{task_id}/comments?", 2, "content")
    assert pages == [["0", "1"], ["2", "3"], ["4"]]
    events = collect(ada, f"/tasks/{task_id}/history?", 3, "event")
    assert events == [["comment.created"] * 3, ["comment.created"] * 2 + ["task.created"]]
    assert collect(ada, "/notifications?", 2, "kind") == [[]]


def test_a_list_may_be_filtered(team: Team, ada: Person, max_: Person) -> None:
    one = make_task(ada, team, "One", status="todo", assignee_id=max_.user_id)
    two = make_task(ada, team, "Two")

    def found(query: str) -> list[str]:
        return [task["taskId"] for task in ada.api("GET", f"/tasks?{query}").json["items"]]

    assert found("status=todo") == [one]
    assert found(f"assigneeId={max_.user_id}") == [one]
    assert found(f"teamId={team.team_id}&boardId={team.board_id}") == [one, two]
    assert found(f"assigneeId={ada.user_id}") == found("assigneeId=odd") == []


def test_a_list_of_what_cannot_be_seen_is_not_found(team: Team, olga: Person, ada: Person) -> None:
    make_task(ada, team)
    assert olga.api("GET", "/tasks").json["items"] == []
    for query in (f"teamId={team.team_id}", f"boardId={team.board_id}", "teamId=odd", "boardId="):
        assert olga.api("GET", f"/tasks?{query}").status_code == 404


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=ten", "limit"),
        ("limit=+1", "limit"),
        ("limit=", "limit"),
        ("cursor=!", "cursor"),
        ("cursor=", "cursor"),
        ("cursor=" + "a" * 300, "cursor"),
        ("cursor=" + base64.urlsafe_b64encode(b"' OR 1=1").decode(), "cursor"),
        ("cursor=MTIz", "cursor"),
        ("status=doing", "status"),
    ],
)
def test_odd_parameters_are_refused(ada: Person, query: str, field: str) -> None:
    answer = ada.api("GET", f"/tasks?{query}")
    assert answer.status_code == 422
    assert list(answer.json["error"]["fields"]) == [field]


def test_the_longest_page_holds_two_hundred_tasks(team: Team, ada: Person) -> None:
    assert ada.api("GET", "/tasks?limit=200").json == {"items": [], "nextCursor": None}
