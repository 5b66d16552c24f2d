"""A request for a live stream: reading it, who may listen, and what the browser has missed.

`check` and `read_missed` ask the database: they run in a thread, inside the application's context.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote_to_bytes

from sqlalchemy import text
from werkzeug.http import parse_cookie

from taskforge.accounts import session_records
from taskforge.boards.access import access_board
from taskforge.errors import NotAuthenticated
from taskforge.live_bus import Hint, frame_of, hint_of
from taskforge.sessions import is_secret
from taskforge.stores import sql
from taskforge.values import parse_uuid

PATH = "/live/boards/"
MOST_MISSED = 200
_SEQ = re.compile(r"[0-9]{1,18}")


class Asked(NamedTuple):
    """A request for a stream; ``after`` is the last change that the browser knows."""

    board_id: str
    sid: str
    after: int | None


def is_wanted(scope: MutableMapping[str, Any]) -> bool:
    """Whether a request is for a stream."""
    is_get = scope["type"] == "http" and scope["method"] == "GET"
    return is_get and bytes(scope["raw_path"]).startswith(PATH.encode())


def read_request(scope: MutableMapping[str, Any], cookie_name: str) -> Asked:
    """The request; whatever is odd in it is left for `check` to refuse."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}; {value}" if name in headers else value
    cookies = parse_cookie(headers.get("cookie", ""))
    sid = headers.get("x-session-id", cookies.get(cookie_name))
    path = unquote_to_bytes(scope["raw_path"].partition(b"?")[0]).decode("latin-1")
    in_address = parse_qs(scope["query_string"].decode("latin-1")).get("after", [""])[0]
    known = headers.get("last-event-id", "")
    known = known if _SEQ.fullmatch(known) else in_address
    after = int(known) if _SEQ.fullmatch(known) else None
    return Asked(path.removeprefix(PATH), sid or "", after)


def check(asked: Asked) -> tuple[str, int]:
    """Who is asking, and the number of the board's last change.

    An open tab is no sign of a person, so that it does not keep a session from expiring.

    Raises:
        NotAuthenticated: no live session.
        NotFound: no such board, or not a member of its team.
    """
    found = None
    if is_secret(asked.sid):
        found = session_records.find_identity(sid=asked.sid, mark_seen=False)
    if found is None:
        raise NotAuthenticated()
    row, _ = access_board(found.user_id, parse_uuid(asked.board_id))
    return found.user_id, row["seq"]


def read_missed(board_id: str, after: int) -> list[Hint]:
    """The changes of a board after number `after`, oldest first; one ``reload`` for very many."""
    found = sql.rows(
        text(
            "SELECT board_seq AS seq, event, entity_id AS id, entity_version AS version FROM audit_logs"
            " WHERE board_id = :board_id AND board_seq > :after ORDER BY board_seq LIMIT :most"
        ),
        {"board_id": board_id, "after": after, "most": MOST_MISSED + 1},
    )
    if len(found) <= MOST_MISSED:
        return [hint_of(row) for row in found]
    statement = text("SELECT seq FROM boards WHERE board_id = :board_id")
    seq: int = sql.scalar(statement, {"board_id": board_id})
    return [Hint(seq, frame_of("reload", seq))]
