"""What live streams ask the database: who may listen to a board, what they missed, who is on the board's team.

`BoardStreamSource` is called in a thread, inside the application's context.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import text

from taskforge.accounts import session_records
from taskforge.boards.access import access_board
from taskforge.errors import OTHER_HOST, Malformed, NotAuthenticated
from taskforge.extensions import config_of
from taskforge.http.sessions import is_secret
from taskforge.live.hints import Hint, change_hint, reload_hint
from taskforge.live.request import StreamRequest
from taskforge.live.stream import StreamAccess
from taskforge.stores import sql
from taskforge.text.people import Person
from taskforge.text.values import parse_uuid

MAX_MISSED = 200
MAX_NAMED = 20

_MISSED = text("""
    SELECT l.board_seq AS seq,
           l.event,
           l.entity_id AS id,
           l.entity_version AS version,
           l.actor_id AS actor,
           c.task_id AS task
    FROM audit_logs l
    LEFT JOIN comments c ON l.entity_type = 'comment' AND c.comment_id = l.entity_id
    WHERE l.board_id = :board_id AND l.board_seq > :after
    ORDER BY l.board_seq
    LIMIT :limit
""")
_SEQ = text("SELECT seq FROM boards WHERE board_id = :board_id")
_MEMBERS = text("""
    SELECT u.user_id, u.display_name, count(*) OVER () AS total
    FROM boards b
    JOIN team_memberships m USING (team_id)
    JOIN users u USING (user_id)
    WHERE b.board_id = :board_id AND u.user_id = ANY(CAST(:user_ids AS uuid[]))
    ORDER BY lower(u.display_name), u.user_id
    LIMIT :limit
""")


class BoardStreamSource:
    """The `taskforge.live.stream.StreamSource` of the application."""

    def authorise(self, request: StreamRequest) -> StreamAccess:
        """Who is asking, and the number of the board's last change.

        The session is not marked as used: an open tab is no sign of a person, and must not keep it from expiring.

        Raises:
            Malformed: the server does not answer to the host that was asked for.
            NotAuthenticated: no live session.
            NotFound: no such board, or not a member of its team.
        """
        if not config_of().answers_to(request.host):
            raise Malformed(OTHER_HOST)
        identity = None
        if is_secret(request.sid):
            identity = session_records.find_identity(sid=request.sid, mark_seen=False)
        if identity is None:
            raise NotAuthenticated()
        board, _ = access_board(identity.user_id, parse_uuid(request.board_id))
        return StreamAccess(identity.user_id, board["seq"])

    def missed(self, board_id: str, after: int) -> list[Hint]:
        """The changes of a board after number `after`, oldest first; of more than `MAX_MISSED` one ``reload``."""
        found = sql.rows(_MISSED, {"board_id": board_id, "after": after, "limit": MAX_MISSED + 1})
        if len(found) <= MAX_MISSED:
            return [change_hint(row) for row in found]
        return [reload_hint(sql.scalar(_SEQ, {"board_id": board_id}))]

    def people(self, board_id: str, user_ids: Collection[str]) -> tuple[list[Person], int]:
        """Those of some users who belong to a board's team, by name, at most `MAX_NAMED`; and how many there are."""
        found = sql.rows(
            _MEMBERS, {"board_id": board_id, "user_ids": list(user_ids), "limit": MAX_NAMED}
        )
        people = [Person(row["user_id"], row["display_name"]) for row in found]
        return people, found[0]["total"] if found else 0
