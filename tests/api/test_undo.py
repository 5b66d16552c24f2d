"""Undoing by the API: the history names each change, and the same request twice does it once."""

from __future__ import annotations

from taskforge.ids import new_id
from tests.factories import Person, Team, make_task


def test_a_change_is_undone_by_its_event(team: Team, ada: Person, max_: Person) -> None:
    path = f"/tasks/{make_task(ada, team, 'Draft')}"
    max_.api("PATCH", path, {"title": "Report", "customFields": {"a": 1}})
    entry = ada.api("GET", f"{path}/history").json["items"][0]
    key = new_id()
    for _ in range(2):
        undone = ada.api("POST", f"{path}/undo", {"eventId": entry["eventId"]}, Idempotency_Key=key)
        assert undone.status_code == 200
        assert (undone.json["title"], undone.json["customFields"]) == ("Draft", {})
        assert undone.json["version"] == 3
    newest = ada.api("GET", f"{path}/history").json["items"][0]
    assert newest["newState"]["undoes"] == entry["eventId"]
    again = ada.api("POST", f"{path}/undo", {"eventId": entry["eventId"]})
    assert (again.status_code, again.json["error"]["code"]) == (409, "conflict")
    assert again.json["error"]["message"].startswith("Ada ")
    redone = max_.api("POST", f"{path}/undo", {"eventId": newest["eventId"]})
    assert redone.json["title"] == "Report"


def test_what_is_no_change_of_the_task_is_not_undone(
    team: Team, ada: Person, gus: Person, olga: Person
) -> None:
    path, other = (f"/tasks/{make_task(ada, team)}" for _ in "ab")
    event = {"eventId": ada.api("GET", f"{other}/history").json["items"][0]["eventId"]}
    assert ada.api("POST", f"{path}/undo", event).status_code == 404
    assert ada.api("POST", f"{path}/undo", {}).status_code == 422
    assert ada.api("POST", f"{path}/undo", {"eventId": "x"}).status_code == 404
    assert gus.api("POST", f"{other}/undo", event).status_code == 403
    assert olga.api("POST", f"{other}/undo", event).status_code == 404
