"""What others did on a board since somebody last saw it, and how far they have seen it now.

A visit is a way of looking, not work: nothing here is audited (see `BoardVisit`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from taskforge import clock
from taskforge.stores import sql
from taskforge.stores.prepared_statements import prepared

# Whoever comes back sooner was only on another page.
ABSENCE = timedelta(minutes=1)
MOST_FACTS = 500
MOST_LISTED = 100
MOST_PEOPLE = 500
# From the strongest to the weakest: a card is counted once, by the strongest thing that happened to it.
KINDS = ("new", "done", "moved", "changed", "commented")
IN_WORDS = ("moved", "done", "new", "changed", "commented")


@dataclass(frozen=True)
class Since:
    """The changes of others between two numbers of a board's ``seq``.

    ``cards`` are those that are still there, latest change first: task_id, key, title, kind. ``words`` count all of
    them; ``at`` is when the board was last on the person's screen.
    """

    after: int
    upto: int
    at: datetime
    words: str
    cards: Sequence[sql.Row]
    more: int


def find_news(user_id: str, board: sql.Row) -> Since | None:
    """What is new to somebody on a board, given as the question beside the log-in reads it; see `find_since`."""
    if board["seen_at"] is not None and (
        board["seen_seq"] >= board["seq"] or board["seen_at"] > clock.now() - ABSENCE
    ):
        return None
    return find_since(user_id, board["board_id"], board["seq"])


def find_since(user_id: str, board_id: str, upto: int, *, after: int | None = None) -> Since | None:
    """What is new to somebody on a board that is at number `upto`; None for nothing, and for a first visit.

    With `after` the changes from there on, however short the absence was: for a page that is shown again. The caller
    has checked that they may see the board. One statement; a second one at the very first visit, which it notes.
    """
    rows = sql.rows(
        _SINCE,
        {
            "user_id": user_id,
            "board_id": board_id,
            "upto": upto,
            "after": after,
            "before": clock.now() - ABSENCE,
            "most": MOST_FACTS,
        },
    )
    if not rows:
        mark_seen(user_id, board_id, upto)
        return None
    cards = [
        {**row, "kind": KINDS[row["kind"]]}
        for row in rows
        if row["task_id"] is not None and row["kind"] is not None
    ]
    if not cards:
        return None
    counts = Counter(card["kind"] for card in cards)
    words = ", ".join(f"{counts[kind]} {kind}" for kind in IN_WORDS if counts[kind])
    return Since(
        after=rows[0]["seen_seq"] if after is None else after,
        upto=upto,
        at=rows[0]["seen_at"],
        words=words,
        cards=cards[:MOST_LISTED],
        more=max(0, len(cards) - MOST_LISTED),
    )


def mark_seen(user_id: str, board_id: str, seq: int) -> None:
    """Somebody has seen a board up to a number, or further: it never goes back, nor ahead of the board."""
    sql.execute_now(
        prepared(
            "INSERT INTO board_visits AS v (user_id, board_id, seen_seq, seen_at)"
            " SELECT :user_id, board_id, least(:seq, seq), :at FROM boards WHERE board_id = :board_id"
            " ON CONFLICT (user_id, board_id) DO UPDATE SET"
            " seen_seq = greatest(v.seen_seq, excluded.seen_seq),"
            " seen_at = greatest(v.seen_at, excluded.seen_at)"
        ),
        {"user_id": user_id, "board_id": board_id, "seq": seq, "at": clock.now()},
    )


def list_people(team_id: str) -> Sequence[sql.Row]:
    """The members of a board's team (user_id, display_name), at most 500, for who did what."""
    return sql.rows(
        prepared(
            "SELECT u.user_id, u.display_name FROM team_memberships m JOIN users u USING (user_id)"
            " WHERE m.team_id = :team_id ORDER BY lower(u.display_name), u.user_id LIMIT :most"
        ),
        {"team_id": team_id, "most": MOST_PEOPLE},
    )


# What moved a card within its column, or took a comment back, is nothing to come back to.
_KIND = (
    "CASE WHEN f.event IN ('task.created', 'task.restored') THEN 0"
    " WHEN f.entity_type = 'task' AND f.new_state ->> 'status' = 'done' AND k.status = 'done' THEN 1"
    " WHEN f.entity_type = 'task' AND f.new_state -> 'column_id' IS NOT NULL THEN 2"
    " WHEN f.entity_type = 'task' AND f.new_state - 'rank' - 'spread_ranks' <> '{}'::jsonb THEN 3"
    " WHEN f.event = 'comment.created' THEN 4 END"
)
_SINCE = prepared(
    "SELECT v.seen_seq, v.seen_at, s.task_id, s.key, s.title, s.kind FROM board_visits v"
    " LEFT JOIN LATERAL (SELECT k.task_id, b.key_prefix || '-' || k.number AS key, k.title,"
    f" min({_KIND}) AS kind, max(f.board_seq) AS latest"
    " FROM (SELECT l.* FROM audit_logs l WHERE l.board_id = v.board_id AND l.board_seq <= :upto"
    " AND l.board_seq > coalesce(CAST(:after AS bigint), v.seen_seq)"
    " AND (CAST(:after AS bigint) IS NOT NULL OR v.seen_at < :before)"
    " ORDER BY l.board_seq DESC LIMIT :most) f"
    " LEFT JOIN comments c ON f.entity_type = 'comment' AND c.comment_id = f.entity_id"
    " JOIN tasks k ON k.task_id = coalesce(c.task_id, f.entity_id) AND k.deleted_at IS NULL"
    " JOIN boards b ON b.board_id = k.board_id AND b.board_id = v.board_id"
    " WHERE f.actor_id IS DISTINCT FROM v.user_id"
    " GROUP BY k.task_id, b.key_prefix, k.number, k.title) s ON true"
    " WHERE v.user_id = :user_id AND v.board_id = :board_id ORDER BY s.latest DESC"
)
