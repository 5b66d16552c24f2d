"""What live streams read from the database: access to a board, missed changes, members of the board's team.

`BoardStreamSource` is called in a thread, inside the application's context.
"""

from __future__ import annotations

from collections.abc import Collection

from taskforge.accounts import session_records
from taskforge.boards.access import access_board
from taskforge.boards.people import find_viewers
from taskforge.boards.sequence import current_sequence
from taskforge.boards.viewing import view_of
from taskforge.errors import OTHER_HOST, Malformed, NotAuthenticated
from taskforge.extensions import config_of
from taskforge.history.missed_changes import list_changes_after
from taskforge.http.sessions import is_secret
from taskforge.live.hints import Hint, change_hint, reload_hint
from taskforge.live.request import StreamRequest
from taskforge.live.stream import StreamAccess
from taskforge.stores import substitutes
from taskforge.text.people import Person
from taskforge.text.values import parse_uuid

MAX_MISSED = 200
MAX_NAMED = 20


class BoardStreamSource:
    """The `taskforge.live.stream.StreamSource` of the application."""

    def authorise(self, request: StreamRequest) -> StreamAccess:
        """The user of a stream, and the board's sequence if it is of a board.

        The session is not marked as used: an open tab is not activity, and must not keep it from expiring.

        Raises:
            Malformed: the host is not one of the server's.
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
        if request.board_id is None:
            return StreamAccess(identity.user_id, 0)
        view = view_of(identity.viewing)
        with substitutes.substituted(view.queries(identity.user_id) if view else None):
            board, _ = access_board(identity.user_id, parse_uuid(request.board_id))
        return StreamAccess(identity.user_id, board["seq"], is_present=view is None)

    def missed(self, board_id: str, after: int) -> list[Hint]:
        """The changes of a board after number `after`, oldest first; of more than `MAX_MISSED` one ``reload``."""
        found = list_changes_after(board_id, after, limit=MAX_MISSED + 1)
        if len(found) <= MAX_MISSED:
            return [change_hint(row) for row in found]
        return [reload_hint(current_sequence(board_id))]

    def people(self, board_id: str, user_ids: Collection[str]) -> tuple[list[Person], int]:
        """Those of some users who see a board, by name, at most `MAX_NAMED`; and how many there are."""
        return find_viewers(board_id, user_ids, limit=MAX_NAMED)
