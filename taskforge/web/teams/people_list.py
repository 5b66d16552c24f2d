"""The people on a team's page: a page of them, and those with a part of a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from taskforge.errors import InvalidInput
from taskforge.http.forms import id_or_none
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.teams.queries import list_members
from taskforge.text.validation import clean_line

PER_PAGE = 50
MAX_QUERY_LENGTH = 100


@dataclass(frozen=True)
class PeopleList:
    """What the page shows: `rows` of people; ``problem`` says why the words can't be looked for.

    ``is_long``: there are more people than a page shows. ``part``: what the addresses of forms must name, so that their
    answer shows the same page. ``next_url`` is None on the last page.
    """

    rows: Sequence[sql.Row]
    query: str
    problem: str
    is_long: bool
    part: dict[str, Any]
    next_url: str | None


def list_people(actor: Actor, team: sql.Row) -> PeopleList:
    """The people whom the address asks for: ``q``, a part of a name, and ``after``, the last one of the page before."""
    typed, problem = request.args.get("q", ""), ""
    try:
        query = clean_line(typed, field="search", max_length=MAX_QUERY_LENGTH, required=False)
    except InvalidInput as refusal:
        query, problem = "", refusal.message
    after_id = None if problem else id_or_none(request.args.get("after"))
    rows = list_members(actor, team["team_id"], query=query, after_id=after_id, limit=PER_PAGE + 1)
    shown, next_url = rows[:PER_PAGE], None
    if len(rows) > PER_PAGE:
        place = {"q": query or None, "after": shown[-1]["user_id"]}
        next_url = url_for("teams.show", team_id=team["team_id"], **place, _anchor="members")
    return PeopleList(
        rows=shown,
        query=typed if problem else query,
        problem=problem,
        is_long=team["people_count"] > PER_PAGE,
        part=shown_part(),
        next_url=next_url,
    )


def shown_part() -> dict[str, Any]:
    """What the address of this request says of the part of the list that it is about."""
    return {name: request.args[name] for name in ("q", "after") if request.args.get(name)}
