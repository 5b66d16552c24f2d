"""Feeds of saved views: secret addresses by which calendars read the tasks of a view that have a due date.

A feed is of one person and one view, and is read with the rights that this person has at that moment. Only the SHA-256
of the token in its address is stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from sqlalchemy import text

from taskforge import clock
from taskforge.accounts.queries import IS_ACTIVE, join_person
from taskforge.boards.queries import IS_LIVE, join_board, join_view
from taskforge.errors import Conflict, NotFound
from taskforge.events import Event
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent
from taskforge.stores.prepared_statements import prepared
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.access import NAMED_BY, REFERENCE, SHOWN, task_rows
from taskforge.tasks.board.filters import filtered, read_filter
from taskforge.tasks.queries import TASKS
from taskforge.tasks.views.addresses import MAX_FIELDS
from taskforge.tasks.views.queries import access_view
from taskforge.teams.access import hold_membership

MAX_FEEDS = 50  # of a person, of views that they see
MAX_ENTRIES = 1_000
TOO_MANY = f"You have {MAX_FEEDS} calendar feeds. Switch one off that you no longer use."

_BY_TOKEN = prepared(f"""
    SELECT f.view_id, f.user_id, f.nonce, f.token_hash, s.board_id, s.name, s.query, b.name AS board_name, u.time_zone,
           u.week_start
    FROM   view_feeds f
           JOIN saved_views s ON s.view_id = f.view_id
           {join_person("f.user_id")} AND {IS_ACTIVE}
           {join_board("s.board_id")} AND {IS_LIVE}
           {join_view("f.user_id")}
    WHERE  f.token_hash = :token_hash AND (s.is_shared OR s.owner_id = f.user_id)
""")
_OWN = text("""
    SELECT view_id, user_id, nonce, token_hash, created_at
    FROM   view_feeds
    WHERE  view_id = :view_id AND user_id = :user_id
""")
# Whoever deletes the view, or makes another feed of the same person, waits until COMMIT.
_LOCK_VIEW = text("SELECT 1 FROM saved_views WHERE view_id = :view_id FOR KEY SHARE")
_LOCK_PERSON = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
# Of boards in sight alone: nobody can switch off a feed of another one to make room.
_COUNT_OTHERS = text(f"""
    SELECT count(*)
    FROM   view_feeds f
           JOIN saved_views s ON s.view_id = f.view_id
           {join_board("s.board_id")} AND {IS_LIVE}
           {join_view()}
    WHERE  f.user_id = :user_id AND f.view_id <> :view_id
""")
_PUT = text("""
    INSERT INTO view_feeds (view_id, user_id, nonce, token_hash, created_at)
    VALUES (:view_id, :user_id, :nonce, :token_hash, :at)
    ON CONFLICT (view_id, user_id) DO UPDATE
    SET    nonce = excluded.nonce, token_hash = excluded.token_hash, created_at = excluded.created_at
""")
_DELETE = text("DELETE FROM view_feeds WHERE view_id = :view_id AND user_id = :user_id")
_DELETE_ALL = text("DELETE FROM view_feeds WHERE user_id = :user_id")


def _nearest(fitting: str) -> str:
    return f"""
    SELECT {REFERENCE}, {SHOWN}
    FROM   (SELECT k.*
            FROM   {TASKS}
            WHERE  k.board_id = :board_id AND k.deleted_at IS NULL AND k.due_at IS NOT NULL AND {fitting}
            ORDER  BY abs(extract(epoch FROM k.due_at - CAST(:now AS timestamptz))), k.number
            LIMIT  CAST(:limit AS bigint)) k
           {NAMED_BY}
    ORDER  BY k.due_at, k.number
    """


@idempotent
def make_feed(actor: Actor, view_id: str, *, nonce: str, token_hash: bytes) -> Change:
    """Make the actor's feed of a view, or give it a new address: the one before is dead.

    Raises:
        NotFound: like `access_view`, or the view was deleted at this moment.
        Conflict: they have too many.
    """
    view = access_view(actor, view_id)
    of_actor = {"view_id": view_id, "user_id": actor.user_id}
    with UnitOfWork(actor, entity_id=view_id, version=0) as uow:
        hold_membership(uow, view["team_id"], None)
        uow.execute(_LOCK_PERSON, {"key": f"view-feeds:{actor.user_id}"})
        if uow.row(_LOCK_VIEW, {"view_id": view_id}) is None:
            raise NotFound()
        if uow.execute(_COUNT_OTHERS, of_actor).scalar_one() >= MAX_FEEDS:
            raise Conflict(TOO_MANY)
        uow.execute(_PUT, {**of_actor, "nonce": nonce, "token_hash": token_hash, "at": uow.at})
        _record(uow, Event.VIEW_FEED_MADE, view, is_on=True)
    return uow.change


@idempotent
def remove_feed(actor: Actor, view_id: str) -> Change:
    """Switch the actor's feed of a view off: its address is dead.

    Raises:
        NotFound: like `access_view`, or there is none.
    """
    view = access_view(actor, view_id)
    with UnitOfWork(actor, entity_id=view_id, version=0) as uow:
        if uow.execute(_DELETE, {"view_id": view_id, "user_id": actor.user_id}).rowcount != 1:
            raise NotFound()
        _record(uow, Event.VIEW_FEED_REMOVED, view, is_on=False)
    return uow.change


def find_own_feed(actor: Actor, view_id: str) -> sql.Row | None:
    """The actor's feed of a view, if they have one; the caller has checked that they see the view."""
    return sql.row(_OWN, {"view_id": view_id, "user_id": actor.user_id})


def find_feed(token_hash: bytes) -> sql.Row | None:
    """The feed with a token: what it shows, its person's zone and weeks, and what the token was derived from.

    None: there is none; or its person is suspended, or does not see the view now.
    """
    return sql.row(_BY_TOKEN, {"token_hash": token_hash})


def list_entries(feed: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The tasks of a feed, by due date: the `MAX_ENTRIES` nearest to now. Read in the time of its person."""
    at = clock.reader_time()
    chosen = read_filter(parse_qs(feed["query"], max_num_fields=MAX_FIELDS), at)
    chosen = chosen.read_by(Actor(user_id=feed["user_id"]), at)
    bound = {"board_id": feed["board_id"], "now": clock.now(), "limit": MAX_ENTRIES}
    return task_rows(filtered(_nearest, chosen), {**chosen.parameters(), **bound})


def delete_feeds(uow: UnitOfWork, user_id: str) -> None:
    """Delete all feeds of somebody, as their account is deleted."""
    uow.execute(_DELETE_ALL, {"user_id": user_id})


def _record(uow: UnitOfWork, event: Event, view: Mapping[str, Any], *, is_on: bool) -> None:
    uow.record(
        event,
        entity_type="view",
        entity_id=view["view_id"],
        before=None,
        after={"board_id": view["board_id"], "feed": {"is_on": is_on}},
    )
