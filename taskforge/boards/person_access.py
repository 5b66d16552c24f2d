"""Access to people: who sees the page and the picture of a person, and which teams and boards both are in.

People see each other who are in the same team. A guest who is limited to boards sees those who see one of these boards,
and is seen by them. Who lacks the two-factor log-in that a team requires sees nobody through it. Everybody sees
themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import text

from taskforge import clock
from taskforge.accounts.queries import LAST_SEEN, join_person
from taskforge.boards.queries import BOARDS_OF_MEMBERS, IS_LIVE, sees_board
from taskforge.errors import NotFound, Unavailable
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.documents import read_current
from taskforge.stores.outbox import pending_content
from taskforge.stores.sql import JoinedQuery
from taskforge.teams.queries import SHARED_MEMBERSHIPS, is_admitted, join_team
from taskforge.text.people import Person
from taskforge.text.zones import find_zone

MAX_SHARED = 100  # teams, and boards, that are listed
UNREADABLE = "What they say of themselves can't be read right now."


def _meets(reader: str) -> str:
    """SQL of the condition that the membership `m` of a reader lets them see the person of the membership `o`."""
    return f"""({is_admitted("m")}
                AND (NOT (m.is_limited OR o.is_limited)
                     OR EXISTS (SELECT
                                FROM   boards b
                                WHERE  b.team_id = m.team_id AND {IS_LIVE}
                                       AND {sees_board(reader)} AND {sees_board("o.user_id")})))"""


_ASKED = f"""
    FROM   (SELECT CAST(:person_id AS uuid) AS user_id) asked
           {join_person("asked.user_id", "p")}
"""


def _is_visible(reader: str) -> str:
    return f"""
           (p.user_id = {reader}
            OR EXISTS (SELECT
                       FROM   {SHARED_MEMBERSHIPS}
                       WHERE  m.user_id = {reader} AND o.user_id = p.user_id AND {_meets(reader)}))
"""


# The person `p` is one whom `:user_id` sees.
SEES_PERSON = _is_visible("CAST(:user_id AS uuid)")
_PICTURE = f"""
    SELECT p.picture AS person_picture
    {_ASKED}
    WHERE  p.picture IS NOT NULL AND {_is_visible("u.user_id")}
"""
_PERSON = text(f"""
    SELECT p.user_id, p.display_name, p.picture, p.time_zone, p.doc_version, p.created_at,
           {pending_content("p.user_id")} AS pending_content,
           {LAST_SEEN}
    {_ASKED}
    WHERE  {SEES_PERSON}
""")
_TEAMS = text(f"""
    SELECT t.team_id, t.name, o.role
    FROM   {SHARED_MEMBERSHIPS}
           {join_team("m.team_id")}
    WHERE  m.user_id = :user_id AND o.user_id = :person_id AND {_meets("CAST(:user_id AS uuid)")}
    ORDER  BY lower(t.name), t.team_id
    LIMIT  :limit
""")
_BOARDS = text(f"""
    SELECT b.board_id, b.name, t.team_id, t.name AS team_name
    FROM   {BOARDS_OF_MEMBERS}
    WHERE  m.user_id = :user_id AND {IS_LIVE} AND {sees_board("CAST(:person_id AS uuid)")}
    ORDER  BY lower(b.name), b.board_id
    LIMIT  :limit
""")


class Activity(StrEnum):
    """When a person was last active, as coarsely as others are told: the minute is nobody's business."""

    NOW = "now"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    LONGER = "longer"


_WITHIN = {
    Activity.DAY: timedelta(days=1),
    Activity.WEEK: timedelta(days=7),
    Activity.MONTH: timedelta(days=30),
}


@dataclass(frozen=True, kw_only=True)
class PersonView:
    """A person as somebody who may see them does: ``bio`` is None while it can't be read."""

    person: Person
    bio: str | None
    time_zone: str | None
    created_at: datetime
    last_seen_at: datetime | None


def picture_query(person_id: str) -> JoinedQuery:
    """The name of a person's picture (``person_picture``), if the identified user may see it."""
    return JoinedQuery(_PICTURE, {"person_id": person_id})


def access_person(user_id: str, person_id: str) -> sql.Row:
    """The account of a person whom somebody may see.

    Raises:
        NotFound: there is no such person, or they share no team (limited guests: no board).
    """
    found = sql.row(_PERSON, {"user_id": user_id, "person_id": person_id})
    if found is None:
        raise NotFound()
    return found


def get_person(actor: Actor, person_id: str) -> PersonView:
    """A person with what they say of themselves.

    Raises:
        NotFound: like `access_person`.
    """
    row = access_person(actor.user_id, person_id)
    try:
        row, texts = read_current(
            "user",
            row,
            read_row=lambda: access_person(actor.user_id, person_id),
            unreadable=UNREADABLE,
        )
        bio: str | None = texts["bio"]
    except Unavailable:
        bio = None
    return PersonView(
        person=Person(row["user_id"], row["display_name"], picture=row["picture"]),
        bio=bio,
        time_zone=row["time_zone"],
        created_at=row["created_at"],
        last_seen_at=row["last_seen_at"],
    )


def last_active(at: datetime | None, *, is_online: bool) -> Activity:
    """How long ago a person was active who was seen at an instant, and may be online."""
    if is_online:
        return Activity.NOW
    if at is None:
        return Activity.LONGER
    past = clock.now() - at
    return next((name for name, limit in _WITHIN.items() if past < limit), Activity.LONGER)


def local_time(zone: str | None) -> datetime | None:
    """What time it is for a person who chose this zone; None for who chose none."""
    return None if zone is None else clock.now().astimezone(find_zone(zone))


def list_shared_teams(actor: Actor, person_id: str) -> Sequence[Mapping[str, Any]]:
    """The teams in which the actor and a person see each other, by name, with the person's role; at most 100.

    The caller has checked access.
    """
    return sql.rows(_TEAMS, _shared(actor, person_id))


def list_shared_boards(actor: Actor, person_id: str) -> Sequence[Mapping[str, Any]]:
    """The boards that both the actor and a person see, by name, at most 100. The caller has checked access."""
    return sql.rows(_BOARDS, _shared(actor, person_id))


def _shared(actor: Actor, person_id: str) -> dict[str, Any]:
    return {"user_id": actor.user_id, "person_id": person_id, "limit": MAX_SHARED}
