"""Who changes a task they have not seen is told what it is now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.factories import Person, Team, make_task

Send = Callable[..., TestResponse]


@pytest.fixture
def path(team: Team, ada: Person) -> str:
    """A task at version 2."""
    path = f"/tasks/{make_task(ada, team)}"
    assert ada.api("PATCH", path, {"title": "Seen by few"}).json["version"] == 2
    return path


def changes(path: str, team: Team) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        ("PUT", path, {"title": "x"}),
        ("PATCH", path, {"title": "x"}),
        ("POST", f"{path}/move", {"columnId": team.columns["done"]}),
        ("DELETE", path, {}),
    ]


@pytest.mark.parametrize("number", [0, 1, 3])  # a move stands against moves only
@pytest.mark.parametrize("by", ["body", '"1"', 'W/"1"', "1", '"1:gzip"', '"3"'])
def test_a_stale_change_is_refused_with_the_present_task(
    path: str, team: Team, ada: Person, number: int, by: str
) -> None:
    method, address, body = changes(path, team)[number]
    present = ada.api("GET", path).json
    if by == "body":
        answer = ada.api(method, address, {**body, "version": 1})
    else:
        answer = ada.api(method, address, body, If_Match=by)
    assert answer.status_code == 409
    assert answer.json["error"]["code"] == "stale_version"
    assert answer.json["error"]["current"] == present
    assert ada.api("GET", path).json == present


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("if_match", ['"2"', 'W/"2"', "2", '"2:gzip"', "*"])
def test_a_change_of_the_present_version_is_made(
    path: str, team: Team, ada: Person, number: int, if_match: str
) -> None:
    method, address, body = changes(path, team)[number]
    assert ada.api(method, address, body, If_Match=if_match).status_code in (200, 204)


@pytest.mark.parametrize("if_match", ["two", '"2', '"2", "3"', '""', "-1", '"0"', "9" * 30, "²"])
def test_an_odd_if_match_is_refused(path: str, ada: Person, if_match: str) -> None:
    answer = ada.api("PATCH", path, {"title": "x"}, If_Match=if_match)
    assert answer.status_code == 422
    assert list(answer.json["error"]["fields"]) == ["If-Match"]


@pytest.mark.parametrize("version", [0, -1, 1.5, True, "two", 2**31, [2]])
def test_an_odd_version_is_refused(path: str, ada: Person, version: object) -> None:
    answer = ada.api("PATCH", path, {"title": "x", "version": version})
    assert answer.status_code == 422
    assert list(answer.json["error"]["fields"]) == ["version"]


def test_body_and_header_must_not_disagree(path: str, ada: Person) -> None:
    answer = ada.api("PATCH", path, {"title": "x", "version": 2}, If_Match='"1"')
    assert answer.status_code == 422


def test_without_a_version_the_last_one_wins(path: str, ada: Person, max_: Person) -> None:
    assert max_.api("PATCH", path, {"title": "One"}).status_code == 200
    assert ada.api("PATCH", path, {"title": "Two"}).json["version"] == 4


def test_a_compressed_answer_has_a_tag_that_can_be_sent_back(path: str, ada: Person) -> None:
    ada.api("PATCH", path, {"description": "long " * 500})
    tag = ada.api("GET", path, Accept_Encoding="gzip").headers["ETag"]
    assert ada.api("PATCH", path, {"title": "x"}, If_Match=tag).status_code == 200
