"""A request for a live stream: reading it, who may listen, and what the browser has missed.

`check` and `read_missed` ask the database: they run in a thread, inside the application's context.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, MutableMapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote_to_bytes

from sqlalchemy import text
from werkzeug.http import parse_cookie, parse_list_header

from taskforge.accounts import session_records
from taskforge.boards.access import access_board
from taskforge.errors import OTHER_HOST, Malformed, NotAuthenticated
from taskforge.extensions import config_of
from taskforge.http.sessions import is_secret
from taskforge.live.hub import Hint, frame_of, hint_of
from taskforge.stores import sql
from taskforge.text.people import Person
from taskforge.text.values import parse_uuid

PATH = "/live/boards/"
MOST_MISSED = 200
MOST_NAMED = 20
_SEQ = re.compile(r"[0-9]{1,18}")


class Asked(NamedTuple):
    """A request for a stream; ``after`` is the last change that the browser knows, ``host`` whom it asks."""

    board_id: str
    sid: str
    after: int | None
    host: str


def is_wanted(scope: MutableMapping[str, Any]) -> bool:
    """Whether a request is for a stream."""
    is_get = scope["type"] == "http" and scope["method"] == "GET"
    return is_get and bytes(scope["raw_path"]).startswith(PATH.encode())


def read_request(scope: MutableMapping[str, Any], cookie_name: str, hops: int = 0) -> Asked:
    """The request; whatever is odd in it is left for `check` to refuse.

    `hops` is how many proxies in front are believed about the host.
    """
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
    return Asked(path.removeprefix(PATH), sid or "", after, _host(headers, hops))


def check(asked: Asked) -> tuple[str, int]:
    """Who is asking, and the number of the board's last change.

    An open tab is no sign of a person, so that it does not keep a session from expiring.

    Raises:
        Malformed: the server does not answer to the host that was asked for.
        NotAuthenticated: no live session.
        NotFound: no such board, or not a member of its team.
    """
    if not config_of().answers_to(asked.host):
        raise Malformed(OTHER_HOST)
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
            "SELECT l.board_seq AS seq, l.event, l.entity_id AS id, l.entity_version AS version,"
            " l.actor_id AS actor, c.task_id AS task"
            " FROM audit_logs l LEFT JOIN comments c"
            " ON l.entity_type = 'comment' AND c.comment_id = l.entity_id"
            " WHERE l.board_id = :board_id AND l.board_seq > :after ORDER BY l.board_seq LIMIT :most"
        ),
        {"board_id": board_id, "after": after, "most": MOST_MISSED + 1},
    )
    if len(found) <= MOST_MISSED:
        return [hint_of(row) for row in found]
    statement = text("SELECT seq FROM boards WHERE board_id = :board_id")
    seq: int = sql.scalar(statement, {"board_id": board_id})
    return [Hint(seq, frame_of("reload", seq))]


def read_people(board_id: str, user_ids: Collection[str]) -> tuple[list[Person], int]:
    """Those of some people who belong to a board's team, by name, at most `MOST_NAMED`; and how many they are."""
    found = sql.rows(
        text(
            "SELECT u.user_id, u.display_name, count(*) OVER () AS total"
            " FROM boards b JOIN team_memberships m USING (team_id) JOIN users u USING (user_id)"
            " WHERE b.board_id = :board_id AND u.user_id = ANY(CAST(:user_ids AS uuid[]))"
            " ORDER BY lower(u.display_name), u.user_id LIMIT :most"
        ),
        {"board_id": board_id, "user_ids": list(user_ids), "most": MOST_NAMED},
    )
    people = [Person(row["user_id"], row["display_name"]) for row in found]
    return people, found[0]["total"] if found else 0


def _host(headers: Mapping[str, str], hops: int) -> str:
    """The host that was asked for, as ``ProxyFix`` finds it for the pages."""
    forwarded = parse_list_header(headers.get("x-forwarded-host", ""))
    return forwarded[-hops] if 0 < hops <= len(forwarded) else headers.get("host", "")
