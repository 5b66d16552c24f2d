"""The inbox as a page shows it: the cards that its lines are about, each by its latest line, with excerpts.

What is not about a card stands for itself. A card is listed at the place of its latest line in the state that is
shown; the lines before it follow it, and are passed over further down. A page looks at `MAX_SCANNED` lines at most, so
that an inbox of which one card has thousands of lines costs no more; it may then be shorter, and the next goes on.

Excerpts are read with the lines, from the audit event of the comment's present version: PostgreSQL has the text, so
that the inbox needs no MongoDB, and shows nothing of a comment that was deleted, or changed since, or whose card its
reader can't see any more. Nothing is copied, so that nothing has to be erased.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from sqlalchemy import TextClause

from taskforge.accounts.queries import left_join_person
from taskforge.boards.queries import IS_LIVE, join_board, join_view
from taskforge.errors import NotFound
from taskforge.notifications.excerpts import LEFT_JOIN_EXCERPT
from taskforge.notifications.states import FIRST_PLACE, InboxState, is_in, place_of
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.prepared_statements import prepared
from taskforge.tasks.queries import join_task

CARDS_PER_PAGE = 25
EARLIER_LINES = 3  # of a card that are listed below its latest one
LINES_PER_PAGE = 30  # of the page of one card
MAX_SCANNED = 1000
MAX_COUNTED = 100


@dataclass(frozen=True)
class InboxEntry:
    """A card, or something else, in an inbox: its latest line, some of those before it, and how many there are.

    ``line_count`` and ``unread_count`` are of the state that is shown, and at most `MAX_COUNTED`. Each line has
    ``card_key`` and ``card_title``, of today, where its reader still sees the card.
    """

    latest: sql.Row
    earlier: Sequence[sql.Row]

    @property
    def task_id(self) -> str | None:
        """The card that it is about; None for what is about none."""
        task_id: str | None = self.latest["card_id"]
        return task_id

    @property
    def line_count(self) -> int:
        """How many lines the card has in this state."""
        return int(self.latest["line_count"])

    @property
    def unread_count(self) -> int:
        """How many of them are unread."""
        return int(self.latest["unread_count"])


@dataclass(frozen=True)
class InboxPage:
    """A part of an inbox, latest first; ``next_place`` is where the next one begins, None at the end."""

    entries: Sequence[InboxEntry]
    next_place: str | None


def list_entries(actor: Actor, state: InboxState, *, before: str | None = None) -> InboxPage:
    """The cards of the actor's lines in a state, latest first, behind a place."""
    statement = _page_statement(state, CARDS_PER_PAGE, MAX_SCANNED)
    rows = sql.rows(statement, {"user_id": actor.user_id, "before": before or FIRST_PLACE})
    found = list(_entries(rows))
    shown = [entry for entry in found[:CARDS_PER_PAGE] if entry.latest["is_latest"]]
    if len(found) > CARDS_PER_PAGE:
        return InboxPage(shown, found[CARDS_PER_PAGE - 1].latest["place"])
    is_cut = bool(found) and found[-1].latest["number"] == MAX_SCANNED
    return InboxPage(shown, found[-1].latest["place"] if is_cut else None)


def find_entry(actor: Actor, task_id: str, state: InboxState) -> InboxEntry | None:
    """The entry of a card; None where the actor has no line about it in that state."""
    parameters = {"user_id": actor.user_id, "task_id": task_id}
    return next(_entries(sql.rows(_entry_statement(state), parameters)), None)


def list_lines_of_card(
    actor: Actor, task_id: str, state: InboxState, *, before: str | None = None
) -> InboxPage:
    """All lines that are about a card, latest first, each as an entry of its own."""
    rows = sql.rows(
        _lines_statement(state),
        {"user_id": actor.user_id, "task_id": task_id, "before": before or FIRST_PLACE},
    )
    entries = [InboxEntry(row, ()) for row in rows[:LINES_PER_PAGE]]
    more = len(rows) > LINES_PER_PAGE
    return InboxPage(entries, entries[-1].latest["place"] if more else None)


def get_line(actor: Actor, notification_id: str) -> sql.Row:
    """One of the actor's lines, in whichever state.

    Raises:
        NotFound: they have no such line.
    """
    parameters = {"user_id": actor.user_id, "notification_id": notification_id}
    found = sql.row(_one_line_statement(), parameters)
    if found is None:
        raise NotFound()
    return found


def _entries(rows: Sequence[sql.Row]) -> Iterator[InboxEntry]:
    for _, lines in groupby(rows, key=lambda row: row["place"]):
        latest, *earlier = lines
        yield InboxEntry(latest, earlier)


@cache
def _page_statement(state: InboxState, cards: int, scanned: int) -> TextClause:
    """One statement per state. The last line that is looked at is among its rows, even if it is no card's latest."""
    return _show(
        state,
        f"""
        SELECT s.notification_id, s.card_id, s.place, s.number, s.is_latest
        FROM   (SELECT s.*, {_is_latest(state, "s")} AS is_latest
                FROM   (SELECT n.notification_id, n.user_id, n.payload ->> 'task_id' AS card_id, {place_of()} AS place,
                               row_number() OVER (ORDER BY {place_of()} DESC) AS number
                        FROM   notifications n
                        WHERE  n.user_id = :user_id AND {is_in(state)} AND {place_of()} < CAST(:before AS uuid)
                        ORDER  BY {place_of()} DESC
                        LIMIT  {scanned}) s) s
        WHERE  s.number = {scanned} OR s.is_latest
        ORDER  BY s.place DESC
        LIMIT  {cards + 1}""",
    )


@cache
def _entry_statement(state: InboxState) -> TextClause:
    return _show(
        state,
        f"""
        SELECT n.notification_id, n.payload ->> 'task_id' AS card_id, {place_of()} AS place, 1 AS number,
               true AS is_latest
        FROM   notifications n
        WHERE  n.user_id = :user_id AND n.payload ->> 'task_id' = :task_id AND {is_in(state)}
        ORDER  BY {place_of()} DESC
        LIMIT  1""",
    )


@cache
def _lines_statement(state: InboxState) -> TextClause:
    return _show_lines(f"""
        SELECT n.*, {place_of()} AS place, n.payload ->> 'task_id' AS card_id, true AS is_latest, 1 AS number,
               1 AS line_count, CAST(n.read_at IS NULL AS integer) AS unread_count
        FROM   notifications n
        WHERE  n.user_id = :user_id AND n.payload ->> 'task_id' = :task_id AND {is_in(state)}
               AND {place_of()} < CAST(:before AS uuid)
        ORDER  BY {place_of()} DESC
        LIMIT  {LINES_PER_PAGE + 1}""")


@cache
def _one_line_statement() -> TextClause:
    return _show_lines(f"""
        SELECT n.*, {place_of()} AS place, n.payload ->> 'task_id' AS card_id, true AS is_latest, 1 AS number,
               1 AS line_count, CAST(n.read_at IS NULL AS integer) AS unread_count
        FROM   notifications n
        WHERE  n.user_id = :user_id AND n.notification_id = :notification_id""")


def _is_latest(state: InboxState, alias: str) -> str:
    """SQL that says whether a line has no later one of its card in a state.

    A scalar subquery and no NOT EXISTS, which the planner would turn into a join of all lines of the inbox.
    """
    return f"""
        (SELECT true
         FROM   notifications later
         WHERE  later.user_id = {alias}.user_id AND later.payload ->> 'task_id' = {alias}.card_id
                AND {is_in(state, "later")} AND {place_of("later")} > {alias}.place
         LIMIT  1) IS NULL"""


def _show(state: InboxState, listed: str) -> TextClause:
    """The statement that shows cards: `listed` selects their latest lines, to which those before them are added."""
    return _show_lines(f"""
        SELECT n.*, h.place, h.card_id, h.is_latest, h.number, coalesce(counted.lines, 1) AS line_count,
               coalesce(counted.unread, CAST(n.read_at IS NULL AS integer)) AS unread_count
        FROM   ({listed}) h
               CROSS JOIN LATERAL (
                   SELECT n.*
                   FROM   notifications n
                   WHERE  n.notification_id = h.notification_id
                   UNION ALL
                   (SELECT n.*
                    FROM   notifications n
                    WHERE  n.user_id = :user_id AND n.payload ->> 'task_id' = h.card_id AND {is_in(state)}
                           AND {place_of()} < h.place
                    ORDER  BY {place_of()} DESC
                    LIMIT  {EARLIER_LINES})) n
               LEFT JOIN LATERAL (
                   SELECT count(*) AS lines, count(*) FILTER (WHERE o.read_at IS NULL) AS unread
                   FROM   (SELECT n.read_at
                           FROM   notifications n
                           WHERE  n.user_id = :user_id AND n.payload ->> 'task_id' = h.card_id AND {is_in(state)}
                           ORDER  BY {place_of()} DESC
                           LIMIT  {MAX_COUNTED}) o) counted
                 ON h.card_id IS NOT NULL AND n.notification_id = h.notification_id""")


def _show_lines(lines: str) -> TextClause:
    """The statement that shows lines, latest first within a card: who did it, the card, what the comment says."""
    return prepared(f"""
        SELECT n.notification_id, n.event_id, n.kind, n.payload, n.created_at, n.read_at, n.snoozed_until,
               n.archived_at, n.place, n.card_id, n.is_latest, n.number, n.line_count, n.unread_count,
               l.actor_id, u.display_name AS actor_name, u.picture AS actor_picture, person.display_name AS person_name,
               card.key AS card_key, card.title AS card_title, said.content AS excerpt
        FROM   ({lines}) n
               LEFT JOIN audit_logs l USING (event_id)
               {left_join_person("l.actor_id")}
               {left_join_person("CAST(n.payload ->> 'person_id' AS uuid)", "person")}
               LEFT JOIN LATERAL (
                   SELECT b.key_prefix || '-' || k.number AS key, k.title
                   FROM   (SELECT) one
                          {join_task("CAST(n.card_id AS uuid)")}
                          {join_board("k.board_id")}
                          {join_view(":user_id")}
                   WHERE  {IS_LIVE}) card ON n.card_id IS NOT NULL
               {LEFT_JOIN_EXCERPT}
        ORDER  BY n.place DESC, {place_of()} DESC
    """)
