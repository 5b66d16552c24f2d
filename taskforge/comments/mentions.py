"""Which team members the @names in a comment mean."""

from __future__ import annotations

from taskforge.teams.queries import list_member_addresses
from taskforge.text.markdown import find_mentions

MAX_MENTIONS = 50


def resolve_mentions(team_id: str, content: str) -> list[str]:
    """The ids of team members whom a Markdown text mentions, each once, in order of mention.

    A name is an e-mail address, its local part, or first.last; one that fits several members means none of them.
    """
    tokens = [token.casefold() for token in find_mentions(content)[:MAX_MENTIONS]]
    if not tokens:
        return []
    by_handle: dict[str, set[str]] = {}
    for member in list_member_addresses(team_id):
        for handle in _handles(member["email"], member["display_name"]):
            by_handle.setdefault(handle, set()).add(member["user_id"])
    mentioned = [
        next(iter(found)) for token in tokens if len(found := by_handle.get(token, set())) == 1
    ]
    return list(dict.fromkeys(mentioned))


def _handles(email: str, display_name: str) -> set[str]:
    return {email, email.split("@", 1)[0], ".".join(display_name.casefold().split())}
