"""Addresses in templates are those that Flask builds, whatever stands in them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, url_for

from taskforge.http.addresses import address_of
from taskforge.ids import new_id

IDS = [{"task_id": new_id()} for _ in range(2)]


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("boards.index", {}),
        *(("tasks.show", ids) for ids in IDS),
        *(("tasks.field", {**ids, "field": name}) for ids in IDS for name in ("due", "title")),
        ("tasks.tick_item", {"task_id": new_id(), "item_id": new_id()}),
        ("boards.show", {"board_id": new_id(), "_anchor": "board"}),
        ("boards.show", {"board_id": new_id(), "assignee": "none"}),
        ("boards.show", {"board_id": new_id(), "q": "two words & {more}", "tag": ["a", "b"]}),
        ("boards.index", {"after": None}),
        ("search.find", {"q": "ünï/code?"}),
        ("search.find", {"q": ""}),
        ("board_history.activity", {"board_id": new_id(), "before": 12}),
    ],
)
def test_an_address_is_what_flask_builds(app: Flask, endpoint: str, values: dict[str, Any]) -> None:
    with app.test_request_context():
        for _ in range(2):  # built, and known
            assert address_of(endpoint, **values) == url_for(endpoint, **values)


def test_without_a_request_flask_decides(app: Flask) -> None:
    with app.app_context(), pytest.raises(RuntimeError):
        address_of("boards.index")
