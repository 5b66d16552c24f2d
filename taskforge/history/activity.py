"""Activity: what changed on a board, or in a team and on its boards, as sentences with details, in pages.

A reader gets only what they may know: the boards that they see; who was invited if they manage members; from which
address and with which agent if they are admins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import TextClause

from taskforge.boards.access import access_board
from taskforge.events import Event
from taskforge.history import activity_queries as queries
from taskforge.history.activity_filter import ActivityFilter
from taskforge.history.changes import FieldChange, Names, list_changes, named_ids
from taskforge.history.replay import ReplayedBoard
from taskforge.history.sentences import changed_task, describe_event
from taskforge.history.team_sentences import describe_team_event
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.teams.access import Membership, access_team
from taskforge.teams.permissions import Permission, Role

ACTIVITY_PAGE = 50
DOWNLOAD_PAGE = 500
MAX_DOWNLOADED = 10_000  # events of one download, from the newest
EVERYTHING = ActivityFilter()
# They name people who are not in the team: for those who manage its members.
MANAGERS_EVENTS = [
    event.value
    for event in Event
    if event.value.startswith(("team.invitation_", "team.join_link_"))
]
GONE_BOARD = {"name": "a board that was deleted for good", "key_prefix": "?"}


@dataclass(frozen=True)
class Place:
    """Where a page begins: before an event, or (``is_later``) after it. ``key`` is its number on a board, or its id."""

    key: str | int
    is_later: bool = False


@dataclass(frozen=True)
class Activity:
    """A page of audit events, newest first, each with ``summary``, ``changes`` and the ``board`` it belongs to.

    A summary follows the name of who did it: “moved K-12 to Done”. People and columns have the names of today.
    """

    events: Sequence[Mapping[str, Any]]
    has_earlier: bool
    has_later: bool


@dataclass(frozen=True)
class BoardActivity(Activity):
    """The activity of a board; ``may_edit`` says whether the reader may change its columns."""

    board: sql.Row
    may_edit: bool


@dataclass(frozen=True)
class TeamReader:
    """Somebody who reads the activity of a team: their membership, and the boards that they see, by id."""

    actor: Actor
    membership: Membership
    boards: Mapping[str, sql.Row]

    @property
    def sees_addresses(self) -> bool:
        """Whether they learn from where something was done."""
        return self.membership.role == Role.ADMIN


def list_board_events(
    actor: Actor,
    board_id: str,
    *,
    chosen: ActivityFilter = EVERYTHING,
    place: Place | None = None,
) -> BoardActivity:
    """A page of the activity of a board.

    Raises:
        NotFound, Forbidden: no access to the board, or no permission ``board.activity``.
    """
    board, membership = access_board(actor.user_id, board_id, Permission.BOARD_ACTIVITY)
    parameters = {**chosen.parameters, "board_id": board_id}
    statement = queries.events_of_board(later=bool(place and place.is_later))
    page = _read(statement, parameters, place, ACTIVITY_PAGE)
    boards = {board["board_id"]: board}
    events = _described(page.events, boards, actor, with_addresses=membership.role == Role.ADMIN)
    return BoardActivity(
        events, page.has_earlier, page.has_later, board, membership.may(Permission.BOARD_EDIT)
    )


def read_team_activity(actor: Actor, team_id: str) -> TeamReader:
    """Let somebody read the activity of a team.

    Raises:
        NotFound, Forbidden: no access to the team, or no permission ``board.activity``.
    """
    membership = access_team(actor.user_id, team_id, Permission.BOARD_ACTIVITY)
    seen = sql.rows(
        queries.SEEN_BOARDS,
        {"team_id": team_id, "user_id": actor.user_id, "limit": queries.MAX_SEEN_BOARDS},
    )
    return TeamReader(actor, membership, {row["board_id"]: row for row in seen})


def list_team_events(
    reader: TeamReader,
    *,
    chosen: ActivityFilter = EVERYTHING,
    place: Place | None = None,
    limit: int = ACTIVITY_PAGE,
) -> Activity:
    """A page of the activity of a team and of its boards that the reader sees."""
    membership = reader.membership
    parameters = {
        **chosen.parameters,
        "board_id": chosen.board_id,
        "team_id": membership.team_id,
        "sees_all": membership.role == Role.ADMIN,
        "board_ids": list(reader.boards),
        "manages": membership.may(Permission.TEAM_MANAGE_MEMBERS),
        "managers_events": MANAGERS_EVENTS,
    }
    statement = queries.events_of_team(later=bool(place and place.is_later))
    page = _read(statement, parameters, place, limit)
    return replace(
        page,
        events=_described(
            page.events, reader.boards, reader.actor, with_addresses=reader.sees_addresses
        ),
    )


def iterate_team_events(reader: TeamReader, chosen: ActivityFilter) -> Iterator[Mapping[str, Any]]:
    """The events of a team from the newest, at most `MAX_DOWNLOADED`, read in pages."""
    place: Place | None = None
    for _ in range(MAX_DOWNLOADED // DOWNLOAD_PAGE):
        page = list_team_events(reader, chosen=chosen, place=place, limit=DOWNLOAD_PAGE)
        yield from page.events
        if not page.has_earlier:
            return
        place = Place(page.events[-1]["event_id"])


def _read(
    statement: TextClause, parameters: Mapping[str, Any], place: Place | None, limit: int
) -> Activity:
    """A page of rows, newest first."""
    values = {**parameters, "place": place.key if place else None, "limit": limit + 1}
    rows = sql.rows(statement, values)
    has_more, shown = len(rows) > limit, rows[:limit]
    if place is None or not place.is_later:
        return Activity(shown, has_more, place is not None)
    return Activity(shown[::-1], True, has_more)


def _described(
    rows: Sequence[Mapping[str, Any]],
    boards: Mapping[str, sql.Row],
    actor: Actor,
    *,
    with_addresses: bool,
) -> list[Mapping[str, Any]]:
    names = _find_names(rows, boards, actor)
    shown = [_describe(row, boards, names) for row in rows]
    if not with_addresses:
        for one in shown:
            del one["ip_address"], one["user_agent"]
    return list(shown)


def _describe(
    row: Mapping[str, Any], boards: Mapping[str, sql.Row], names: Names
) -> dict[str, Any]:
    board = boards.get(row["board_id"] or "")
    number = names.cards.get(changed_task(row) or "")
    shown = {
        **row,
        "actor_name": names.people.get(row["actor_id"] or ""),
        "actor_picture": names.pictures.get(row["actor_id"] or ""),
        "number": number,
        "board": board,
        "changes": _changes_of(row, number, names),
    }
    if row["entity_type"] == "team":
        return {**shown, "summary": describe_team_event(row, names.people)}
    return {**shown, "summary": _summarise(board or GONE_BOARD, row, number, names)}


def _changes_of(row: Mapping[str, Any], number: str | None, names: Names) -> list[FieldChange]:
    """The details of an event; none of a card that was deleted for good, of which nothing is named any more."""
    if changed_task(row) is not None and number is None:
        return []
    sides = row["previous_state"] or {}, row["new_state"] or {}
    return list_changes(row["entity_type"], *sides, names)


def _find_names(
    rows: Sequence[Mapping[str, Any]], boards: Mapping[str, sql.Row], actor: Actor
) -> Names:
    needed: dict[str, set[str]] = {"people": set(), "columns": set(), "teams": set()}
    for row in rows:
        needed["people"] |= {row["actor_id"]} - {None}
        needed["columns"] |= {row["column_id"]} - {None}
        for state in (row["previous_state"], row["new_state"]):
            for kind, ids in named_ids(row["entity_type"], state or {}).items():
                needed[kind] |= ids
    by_kind = {kind: sorted(ids) for kind, ids in needed.items()}
    cards = sorted({changed_task(row) or "" for row in rows} - {""})
    found: dict[str, dict[str, str]] = {kind: {} for kind in (*needed, "cards")}
    pictures: dict[str, str | None] = {}
    for one in sql.rows(queries.NAMES, {**by_kind, "cards": cards, "user_id": actor.user_id}):
        found[one["kind"]][one["id"]] = one["name"]
        pictures[one["id"]] = one["picture"]
    known = {board_id: row["name"] for board_id, row in boards.items()}
    return Names(**found, boards=known, pictures=pictures)


def _summarise(
    board: Mapping[str, Any], row: Mapping[str, Any], number: str | None, names: Names
) -> str:
    """The sentence of one event, from as much of the board after it as the sentence needs."""
    after = ReplayedBoard(name=board["name"], key_prefix=board["key_prefix"])
    column_id, task_id = row["column_id"], changed_task(row)
    if column_id in names.columns:
        after.columns[column_id] = {"name": names.columns[column_id]}
    if task_id is not None and number is not None:
        after.cards[task_id] = {"number": number, "column_id": column_id}
    return describe_event(row, after, names.people)
