"""A query that is joined to the statement that identifies the user, so that it needs no statement of its own.

A view names the query: by `preload`, where the user is identified before the view runs (a rate limit does so), or only
in `current_actor_and_preloaded`. Its row is in the request's one `Preloaded`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import current_app, g, request

from taskforge.stores import sql
from taskforge.stores.sql import JoinedQuery
from taskforge.text.values import is_uuid

View = TypeVar("View", bound=Callable[..., Any])


@dataclass
class Preloaded:
    """The query that is joined to the identification of a request's user, and the row that it gave.

    ``row`` is None when the query gives this user no row, and before the user ``is_identified``. It is used once
    (``is_taken``): a second `current_actor_and_preloaded` in the same application context queries again.
    """

    query: JoinedQuery | None = None
    row: sql.Row | None = None
    is_identified: bool = False
    is_taken: bool = False

    @property
    def unread_count(self) -> int | None:
        """How many notifications the user has not read, if the row says so (`boards.access.board_query`)."""
        return None if self.row is None else self.row.get("unread")

    def forget_unread_count(self) -> None:
        """Count again where it is asked for: this request has changed it."""
        if self.row is not None:
            self.row = {**self.row, "unread": None}


def preload(make_query: Callable[..., JoinedQuery]) -> Callable[[View], View]:
    """Declare the query of a view's `current_actor_and_preloaded`; `make_query` makes it from the view's arguments."""

    def mark(view: View) -> View:
        view.__dict__["preload"] = make_query
        return view

    return mark


def request_preloaded() -> Preloaded:
    """The `Preloaded` of this request; its query is the view's, until `current_actor_and_preloaded` names another.

    It has none where an id of the address is of no valid form.
    """
    if "preloaded" not in g:
        view = current_app.view_functions.get(request.endpoint or "")
        make_query: Callable[..., JoinedQuery] | None = getattr(view, "preload", None)
        given = request.view_args or {}
        are_ids = all(is_uuid(value) for name, value in given.items() if name.endswith("_id"))
        g.preloaded = Preloaded(make_query(**given) if make_query and are_ids else None)
    return cast(Preloaded, g.preloaded)
