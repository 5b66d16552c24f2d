"""The inbox."""

from __future__ import annotations

from flask import Flask

from taskforge.notifications.jobs import deliver
from tests.factories import Person, Team, make_task


def test_people_are_told_once_of_what_concerns_them(
    app: Flask, team: Team, ada: Person, max_: Person
) -> None:
    task_id = make_task(ada, team, "Report", assignee_id=max_.user_id)
    ada.api("POST", f"/tasks/{task_id}/comments", {"content": f"@{max_.email} please"})
    with app.app_context():
        deliver()
        deliver()
    inbox = max_.api("GET", "/notifications").json
    assert [one["kind"] for one in inbox["items"]] == ["mentioned", "assigned", "added_to_team"]
    assert inbox["unreadCount"] == 3
    assigned = inbox["items"][1]
    assert assigned["actorId"] == ada.user_id
    assert assigned["payload"] == {"taskId": task_id, "key": "WEB-1", "title": "Report"}
    assert assigned["readAt"] is None
    assert ada.api("GET", "/notifications").json["items"] == []


def test_reading_lowers_the_count(app: Flask, team: Team, ada: Person, max_: Person) -> None:
    make_task(ada, team, "One", assignee_id=max_.user_id)
    make_task(ada, team, "Two", assignee_id=max_.user_id)
    with app.app_context():
        deliver()
    first = max_.api("GET", "/notifications").json["items"][0]["notificationId"]
    body = {"notificationIds": [first, "odd"]}
    assert ada.api("POST", "/notifications/read", body).json == {"marked": 0, "unreadCount": 0}
    assert max_.api("POST", "/notifications/read", body).json == {"marked": 1, "unreadCount": 2}
    assert max_.api("POST", "/notifications/read", body).json == {"marked": 0, "unreadCount": 2}
    assert max_.api("POST", "/notifications/read").json == {"marked": 2, "unreadCount": 0}
    read = max_.api("GET", "/notifications").json["items"]
    assert all(one["readAt"] is not None for one in read)


def test_odd_lists_of_notifications_are_refused(max_: Person) -> None:
    for ids in ("all", [7], ["x"] * 201, {}):
        answer = max_.api("POST", "/notifications/read", {"notificationIds": ids})
        assert answer.status_code == 422
        assert list(answer.json["error"]["fields"]) == ["notificationIds"]
