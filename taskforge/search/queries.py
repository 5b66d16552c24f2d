"""Search: what holds some words, among what a person may see.

Rights and liveness are asked with every search: nothing about them is stored in the search projection. Whoever loses a
right finds nothing by it from their next request on, and what is deleted is not found from that moment on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import TextClause

from taskforge import clock
from taskforge.search.legs import (
    NAMED,
    VISIBLE_BOARDS,
    Kind,
    kept_statement_for,
    names_statement,
    selection_statement,
    statement_for,
)
from taskforge.search.typed import Typed, read_typed
from taskforge.search_entries.queries import SEARCH_ENTRIES
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.prepared_statements import prepared
from taskforge.tasks.list_queries import NARROW
from taskforge.tasks.query.compiler import compile_query
from taskforge.tasks.query.parser import MAX_LENGTH
from taskforge.text.people import PAGE_ADDRESS
from taskforge.text.search_snippets import Snippet, marks_of, snippet_of
from taskforge.text.search_words import SearchQuery, Weight, read_query
from taskforge.text.values import is_uuid

MAX_FOUND = 8
MAX_PAGE = 100
MAX_QUERY_LENGTH = MAX_LENGTH
LAST_NUMBER = 2**31 - 1
ALL_KINDS = frozenset(Kind)
# Where results lead: made without a router, as the API and pages need them.
_ADDRESSES = {
    Kind.TASK: "/tasks/{entity_id}",
    Kind.COMMENT: "/tasks/{task_id}#comment-{entity_id}",
    Kind.ATTACHMENT: "/attachments/{entity_id}",
    Kind.BOARD: "/boards/{entity_id}",
    Kind.TEAM: "/teams/{entity_id}",
    Kind.PERSON: PAGE_ADDRESS,
}
# The column of their titles, where it is not that of their tasks.
_TITLES = {
    Kind.BOARD: "board_name",
    Kind.TEAM: "team_name",
    Kind.PERSON: "display_name",
    Kind.ATTACHMENT: "file_name",
}
ON_CARDS = frozenset({Kind.TASK, Kind.COMMENT, Kind.ATTACHMENT})

_KEY = re.compile(r"(?:([A-Za-z][A-Za-z0-9]{1,5})-)?([0-9]{1,10})")
_PLACE = re.compile(r"([0-9]):([0-9a-f-]{36})")
# The boards that somebody sees, and those of them whose names hold the words.
_BOARDS = prepared(f"""
    WITH visible AS MATERIALIZED ({VISIBLE_BOARDS})
    SELECT ARRAY(SELECT board_id FROM visible) AS board_ids,
           (SELECT coalesce(jsonb_agg(to_jsonb(f)), '[]')
            FROM   (SELECT v.*
                    FROM   visible v
                    WHERE  CAST(:words AS text) IS NULL
                           OR EXISTS (SELECT
                                      FROM   {SEARCH_ENTRIES}
                                      WHERE  e.entity_id = v.board_id AND e.names @@ CAST(:words AS tsquery))
                    ORDER  BY lower(v.name), v.board_id
                    LIMIT  CAST(:limit AS bigint)) f) AS boards
""")


class Place(NamedTuple):
    """Behind which result a page begins."""

    rank: int
    entity_id: str

    def __str__(self) -> str:
        return f"{self.rank}:{self.entity_id}"


BEGINNING = Place(-1, "00000000-0000-0000-0000-000000000000")


def read_place(text: str) -> Place:
    """The place that `str` of one says; the beginning where the text is none."""
    found = _PLACE.fullmatch(text)
    if found is None or not is_uuid(found[2]):
        return BEGINNING
    return Place(int(found[1]), found[2])


@dataclass(frozen=True)
class Hit:
    """One result: its row (see `taskforge.search.legs`), its title, and what is shown of its text."""

    kind: Kind
    row: sql.Row
    title: Snippet
    snippet: Snippet

    @property
    def address(self) -> str:
        """The path of the page that shows it."""
        return _ADDRESSES[self.kind].format(**self.row)

    @property
    def place(self) -> Place:
        """Where the next page begins, if this is the last one of a page."""
        return Place(self.row["rank"], self.row["entity_id"])


class Results(NamedTuple):
    """A page of results. While less than 1 of the projection is ``filled``, older things may be missing.

    ``of_tasks``: terms selected tasks, so that there are none but these, and comments and files of these.
    """

    hits: list[Hit]
    filled: float
    of_tasks: bool = False


@dataclass(frozen=True)
class Found:
    """What the palette shows: the best on cards, boards by name, and whether there is more on cards."""

    hits: Sequence[Hit]
    boards: Sequence[Mapping[str, Any]]
    has_more: bool


def search(
    actor: Actor,
    typed: str,
    *,
    kinds: frozenset[Kind] = ALL_KINDS,
    after: Place = BEGINNING,
    limit: int = MAX_PAGE,
) -> Results:
    """What holds all words of a query: at most `limit` results behind a place, the best first.

    Terms of the query language in it select tasks, with their comments and files. Without words these tasks are listed,
    the newest first. Nothing is found where only signs were typed.

    Raises:
        QueryError: there is a term in it, and it can't be read.
    """
    asked = read_typed(typed)
    query = read_query(asked.words)
    if asked.selection is not None:
        kinds &= ON_CARDS
    elif not query.words:
        return Results([], filled=1)
    seen = sql.row(
        names_statement(),
        {
            "user_id": actor.user_id,
            "kinds": sorted(NAMED & kinds),
            "limit": limit,
            **_words(query),
            **_behind(after),
        },
    )
    assert seen is not None
    hits = _search(actor, asked, seen, kinds, after, limit)
    return Results(hits, float(seen["filled"]), of_tasks=asked.selection is not None)


def find(actor: Actor, typed: str, *, limit: int = MAX_FOUND) -> Found:
    """What the palette shows for a query; for an empty one the first boards.

    Raises:
        QueryError: like `search`.
    """
    asked = read_typed(typed)
    query = read_query(asked.words)
    if typed and not query.words and not asked.selection:
        return Found([], [], has_more=False)
    # Terms select tasks: no board is found by words beside them.
    words = query.as_tsquery(weight=Weight.TITLE) if query.words or asked.selection else None
    found = sql.row(_BOARDS, {"user_id": actor.user_id, "words": words, "limit": limit})
    assert found is not None
    if words is None:
        return Found([], found["boards"], has_more=False)
    boards = [] if asked.selection else found["boards"]
    hits = _search(actor, asked, found, ON_CARDS, BEGINNING, limit + 1)
    return Found(hits[:limit], boards, has_more=len(hits) > limit)


def _search(
    actor: Actor, asked: Typed, seen: sql.Row, kinds: frozenset[Kind], after: Place, limit: int
) -> list[Hit]:
    """The results among the boards of `seen`, and what else it has found by name."""
    query = read_query(asked.words)
    if not query.words:
        kinds &= {Kind.TASK}
    if not kinds:
        return []
    prefix, number = _read_key(asked.words)
    statement, parameters = _compose(
        actor, asked, kinds, with_words=bool(query.words), with_key=number is not None
    )
    rows = sql.rows(
        statement,
        {
            "board_ids": seen["board_ids"],
            "named_ranks": seen.get("ranks") or [],
            "named_kinds": seen.get("kinds") or [],
            "named_ids": seen.get("ids") or [],
            "limit": limit,
            "prefix": prefix,
            "number": number,
            **_words(query),
            **_behind(after),
            **parameters,
        },
    )
    return [_hit(row, query) for row in rows]


def _compose(
    actor: Actor, asked: Typed, kinds: frozenset[Kind], *, with_words: bool, with_key: bool
) -> tuple[TextClause, Mapping[str, Any]]:
    """The statement of a search, and the parameters of what its terms say."""
    if asked.selection is None:
        return kept_statement_for(kinds, with_key=with_key), {}
    fitting = compile_query(asked.selection, actor, at=clock.reader_time())
    if with_words:
        made = statement_for(kinds, with_key=with_key, condition=fitting.sql)
    else:
        made = selection_statement(fitting.sql, is_narrow=bool(NARROW & fitting.columns))
    return made, fitting.parameters


def _words(query: SearchQuery) -> dict[str, str]:
    return {
        "words": query.as_tsquery(),
        "title_words": query.as_tsquery(weight=Weight.TITLE),
    }


def _behind(after: Place) -> dict[str, object]:
    return {"after_rank": after.rank, "after_id": after.entity_id}


def _hit(row: sql.Row, query: SearchQuery) -> Hit:
    kind = Kind(row["kind"])
    title = str(row[_TITLES.get(kind, "title")])
    # Where the title is not what was looked through, marks would be chance.
    marks = [] if kind is Kind.COMMENT else marks_of(title, query)
    return Hit(kind, row, Snippet(title, marks), snippet_of(row["body"], query))


def _read_key(typed: str) -> tuple[str | None, int | None]:
    """The board's prefix and the number that a query names; "12" names a number on any board."""
    found = _KEY.fullmatch(typed.strip())
    if found is None or int(found[2]) > LAST_NUMBER:
        return None, None
    return found[1] and found[1].upper(), int(found[2])
