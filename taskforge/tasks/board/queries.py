"""Reads of the board page: the board, its columns with their first cards, and what the filter offers.

One statement together with the log-in if this process has the current version of the board in its cache, three if not,
whatever the number of cards. MongoDB is not read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from taskforge.accounts.session_records import find_preloaded
from taskforge.boards.access import access_board, board_query, preloaded_board
from taskforge.boards.queries import COLUMNS, IS_LIVE_COLUMN, VIEWERS, join_board
from taskforge.errors import NotFound
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.prepared_statements import prepared
from taskforge.stores.sql import JoinedQuery
from taskforge.tasks.access import NAMED_PEOPLE, REFERENCE, SHOWN, SHOWN_TABLES, task_rows
from taskforge.tasks.board.cache import BoardVersion, CachedBoard, board_cache
from taskforge.tasks.board.filters import CardFilter, filtered
from taskforge.tasks.board.tags import TAGS_IN_USE
from taskforge.tasks.queries import COLUMN_WITH_COUNT, COUNTED_COLUMN, IS_IN_COLUMN
from taskforge.teams.access import Membership
from taskforge.text.values import is_uuid

CARDS_PER_COLUMN = 50
MAX_PEOPLE = 500
MAX_TAGS = 200
MAX_TOUCHED = 50
_COLUMNS_OF_TASKS = prepared("""
    SELECT DISTINCT column_id
    FROM   tasks
    WHERE  board_id = :board_id AND task_id = ANY(CAST(:task_ids AS uuid[]))
""")
_FIRST_TASK = prepared("""
    SELECT task_id
    FROM   tasks
    WHERE  board_id = :board_id AND column_id = :column_id AND deleted_at IS NULL
           AND task_id <> :but
    ORDER  BY rank, task_id
    LIMIT  1
""")


@dataclass(frozen=True)
class BoardView:
    """A board as somebody sees it. Columns carry ``task_count`` (all tasks) and ``shown_count`` (those that fit)."""

    row: sql.Row
    membership: Membership
    cached: CachedBoard
    first_column_id: str | None

    @property
    def columns(self) -> Sequence[Mapping[str, Any]]:
        """The columns from left to right."""
        return self.cached.columns

    @property
    def people(self) -> Sequence[Mapping[str, Any]]:
        """The members of the team, by name."""
        return self.cached.people

    @property
    def tags(self) -> Sequence[str]:
        """The tags that are in use."""
        return self.cached.tags

    @property
    def cards(self) -> Sequence[sql.Row]:
        """The first cards of each column."""
        return self.cached.cards

    def narrowed_to(self, column_ids: Collection[str]) -> BoardView:
        """The same with only some of its columns."""
        columns = [column for column in self.columns if column["column_id"] in column_ids]
        cards = [card for card in self.cards if card["column_id"] in column_ids]
        cached = replace(self.cached, columns=columns, cards=cards, rendered={})
        return replace(self, cached=cached)


@dataclass(frozen=True)
class ColumnPage:
    """The next cards of one column; `rest_count` is the number of those that follow them."""

    row: sql.Row
    membership: Membership
    column: Mapping[str, Any]
    cards: Sequence[sql.Row]
    rest_count: int


def board_view_query(board_id: str, chosen: CardFilter, extra_columns: str = "") -> JoinedQuery:
    """The query whose row `get_board` takes, to be joined to the identification of the user.

    `extra_columns` as in `board_query`.
    """
    shown_people = board_cache.shown_people((board_id, chosen))
    return board_query(board_id, shown_people, extra_columns)


def get_board(
    actor: Actor,
    board_id: str,
    chosen: CardFilter | None = None,
    preloaded: tuple[sql.Row, Membership] | None = None,
) -> BoardView:
    """A board with the first 50 cards of every column.

    `preloaded` is the row of `board_view_query` with its membership, if the request has read it already.

    Raises:
        NotFound: no such board, or not a member of its team.
    """
    chosen = chosen or CardFilter()
    key = (board_id, chosen)
    row, membership = preloaded or preloaded_board(
        find_preloaded(actor.user_id, board_view_query(board_id, chosen))
    )
    version = BoardVersion(
        row["seq"], row["version"], row["team_version"], int(row["people_version"])
    )
    cached = board_cache.find(key, version)
    if cached is None:
        with board_cache.turn(key):
            cached = board_cache.find(key, version)
            if cached is None:
                parameters = {**chosen.parameters(), "board_id": board_id}
                cached = _read_board(version, chosen, parameters)
                board_cache.keep(key, cached)
    first = next((column["column_id"] for column in cached.columns), None)
    return BoardView(row, membership, cached, first)


def _read_board(
    version: BoardVersion, chosen: CardFilter, parameters: dict[str, Any]
) -> CachedBoard:
    """A board that had `version` when the request began: what is read now is not older than that version.

    The people's part of the version is the sum of the versions that were read with their names.
    """
    frame = sql.row(
        filtered(_frame, chosen), {**parameters, "people": MAX_PEOPLE, "tags": MAX_TAGS}
    )
    assert frame is not None
    cards = task_rows(filtered(_cards, chosen), {**parameters, "per_column": CARDS_PER_COLUMN})
    versions = {person["user_id"]: person["version"] for person in frame["people"]}
    for card in cards:
        if card["assignee_id"] is not None:
            known = versions.get(card["assignee_id"], card["assignee_version"])
            versions[card["assignee_id"]] = min(known, card["assignee_version"])
    return CachedBoard(
        version=version._replace(people=sum(versions.values())),
        columns=frame["columns"],
        people=frame["people"],
        tags=frame["tags"],
        cards=cards,
        shown_people=tuple(versions),
    )


def list_column_cards(
    actor: Actor,
    board_id: str,
    column_id: str,
    *,
    after_rank: str,
    after_id: str,
    chosen: CardFilter | None = None,
) -> ColumnPage:
    """The next 50 cards of one column, below the card with that rank and id.

    Raises:
        NotFound: no such board or column, or not a member of the team.
    """
    row, membership = access_board(actor.user_id, board_id)
    place = {"board_id": board_id, "column_id": column_id}
    column = _read_column(place)
    chosen = chosen or CardFilter()
    cards = task_rows(
        filtered(_cards_below, chosen),
        {
            **chosen.parameters(),
            **place,
            "after_rank": after_rank,
            "after_id": after_id,
            "limit": CARDS_PER_COLUMN,
        },
    )
    rest_count = cards[0]["below_count"] - len(cards) if cards else 0
    return ColumnPage(row, membership, column, cards, rest_count)


def get_column(actor: Actor, board_id: str, column_id: str) -> sql.Row:
    """A column with the number of its tasks.

    Raises:
        NotFound: no such board or column, or not a member of the team.
    """
    access_board(actor.user_id, board_id)
    return _read_column({"board_id": board_id, "column_id": column_id})


def find_columns(board_id: str, task_ids: Sequence[str]) -> set[str]:
    """The columns of a board in which some of its tasks are; ids of other tasks are ignored."""
    known = [task_id for task_id in task_ids[:MAX_TOUCHED] if is_uuid(task_id)]
    found = sql.rows(_COLUMNS_OF_TASKS, {"board_id": board_id, "task_ids": known})
    return {row["column_id"] for row in found}


def find_first_task(actor: Actor, board_id: str, column_id: str, *, but: str) -> str | None:
    """The id of the uppermost task of a column, `but` left out; None when there is no other."""
    access_board(actor.user_id, board_id)
    found: str | None = sql.scalar(
        _FIRST_TASK,
        {"board_id": board_id, "column_id": column_id, "but": but},
    )
    return found


def _frame(fitting: str) -> str:
    """The board page: the columns with both numbers of tasks, the members of the team, and the tags in use."""
    return f"""
    SELECT coalesce(
               (SELECT jsonb_agg(to_jsonb(s) ORDER BY s.rank)
                FROM   (SELECT {COUNTED_COLUMN},
                               (SELECT count(*)
                                FROM   tasks k
                                WHERE  {IS_IN_COLUMN} AND {fitting}) AS shown_count
                        FROM   {COLUMNS}
                        WHERE  c.board_id = :board_id AND {IS_LIVE_COLUMN}) s),
               '[]'::jsonb) AS columns,
           coalesce(
               (SELECT jsonb_agg(to_jsonb(p) ORDER BY lower(p.display_name), p.user_id)
                FROM   (SELECT u.user_id, u.display_name, u.picture, u.version
                        FROM   {VIEWERS}
                        WHERE  b.board_id = :board_id
                        LIMIT  :people) p),
               '[]'::jsonb) AS people,
           ARRAY({TAGS_IN_USE}) AS tags
    """


def _cards(fitting: str) -> str:
    """The first cards of each column."""
    return f"""
    SELECT {REFERENCE}, {SHOWN}, assignee.version AS assignee_version
    FROM   {COLUMNS}
           CROSS JOIN LATERAL (
               SELECT *
               FROM   tasks k
               WHERE  {IS_IN_COLUMN} AND {fitting}
               ORDER  BY k.rank, k.task_id
               LIMIT  :per_column) k
           {join_board("k.board_id")}
           {NAMED_PEOPLE}
    WHERE  c.board_id = :board_id AND {IS_LIVE_COLUMN}
    ORDER  BY c.rank, k.rank, k.task_id
    """


def _cards_below(fitting: str) -> str:
    """The next cards of a column below the one of `:after_rank` and `:after_id`, each with the number of all there."""
    is_below = f"""
    k.board_id = :board_id AND k.column_id = :column_id AND k.deleted_at IS NULL
    AND (k.rank, k.task_id) > (:after_rank, CAST(:after_id AS uuid))
    AND {fitting}
    """
    return f"""
    SELECT {REFERENCE}, {SHOWN},
           (SELECT count(*)
            FROM   tasks k
            WHERE  {is_below}) AS below_count
    FROM   {SHOWN_TABLES}
    WHERE  {is_below}
    ORDER  BY k.rank, k.task_id
    LIMIT  :limit
    """


def _read_column(place: Mapping[str, str]) -> sql.Row:
    column = sql.row(COLUMN_WITH_COUNT, place)
    if column is None:
        raise NotFound()
    return column
