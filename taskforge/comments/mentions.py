"""Who is meant by the @names in a comment."""

from __future__ import annotations

from sqlalchemy import text

from taskforge.stores import sql
from taskforge.text.markdown import find_mentions

MOST_MENTIONS = 50


def resolve_mentions(team_id: str, content: str) -> list[str]:
    """The ids of team members whom a Markdown text mentions, each once, in order of mention.

    A name is an e-mail address, its local part, or first.last; one that fits several members means none of them.
    """
    tokens = [token.casefold() for token in find_mentions(content)[:MOST_MENTIONS]]
    if not tokens:
        return []
    members = sql.rows(
        text(
            "SELECT u.user_id, u.email, u.display_name FROM users u JOIN team_memberships m USING (user_id)"
            " WHERE m.team_id = :team_id"
        ),
        {"team_id": team_id},
    )
    by_handle: dict[str, set[str]] = {}
    for member in members:
        for handle in _handles(member["email"], member["display_name"]):
            by_handle.setdefault(handle, set()).add(member["user_id"])
    meant = [
        next(iter(found)) for token in tokens if len(found := by_handle.get(token, set())) == 1
    ]
    return list(dict.fromkeys(meant))


def _handles(email: str, display_name: str) -> set[str]:
    return {email, email.split("@", 1)[0], ".".join(display_name.casefold().split())}
