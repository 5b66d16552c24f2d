"""Requests of an admin who looks at a team as somebody else sees it (`taskforge.boards.viewing`)."""

from __future__ import annotations

from flask import Flask, request
from flask_login import current_user

from taskforge.accounts.session_records import Identity
from taskforge.boards.viewing import View, view_of
from taskforge.http.cross_site import SAFE_METHODS
from taskforge.stores import substitutes

# What may be sent while looking: the way out.
WAYS_OUT = frozenset({"teams.end_view", "accounts.logout", "accounts.logout_everywhere"})
# What an open page reports by itself; it is passed over, as nothing is noted.
REPORTS = frozenset({"boards.seen"})


def init_viewing(app: Flask) -> None:
    """Refuse, in this one place, whatever somebody sends who only looks; forget the view after each request."""
    app.before_request(_refuse_changes)
    app.teardown_request(lambda _: substitutes.substitute(None))


def look_as_viewed(identity: Identity) -> bool:
    """From now on read as the session's person looks at their team; answers whether they look as somebody else."""
    view = view_of(identity.viewing)
    if view is None:
        return False
    substitutes.substitute(view.queries(identity.user_id))
    return True


def present_view() -> View | None:
    """As whom the person of this request looks at a team; None: as themselves, or nobody is logged in."""
    return view_of(current_user.viewing) if current_user.is_authenticated else None


def _refuse_changes() -> tuple[str, int] | None:
    if request.method in SAFE_METHODS or present_view() is None:
        return None
    if request.endpoint in WAYS_OUT:
        substitutes.substitute(None)
        return None
    if request.endpoint in REPORTS:
        return "", 204
    substitutes.refuse_writes()
    return None
