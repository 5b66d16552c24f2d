"""Where a notification leads, also from a mail: to a page that there is."""

from __future__ import annotations

import pytest
from flask import Flask

from taskforge.ids import new_id
from taskforge.notification_kinds import NotificationKind
from taskforge.notifications.sentences import path_of

PAYLOAD = {"task_id": new_id(), "comment_id": new_id(), "team_id": new_id()}


@pytest.mark.parametrize("payload", [PAYLOAD, {}])
def test_every_path_is_a_route(app: Flask, payload: dict[str, str]) -> None:
    routes = app.url_map.bind("localhost")
    for kind in (*NotificationKind, "unknown"):
        path, _, anchor = path_of(kind, payload).partition("#")
        endpoint, _ = routes.match(path, method="GET")
        assert endpoint
        assert anchor in ("", f"comment-{PAYLOAD['comment_id']}", "own-invitations")
