"""What a mail of notifications says: read anew for each attempt, grouped by card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from taskforge import clock
from taskforge.notification_kinds import Channel, NotificationKind, Subject, find_kind
from taskforge.notifications.bundles import queries
from taskforge.notifications.bundles.schedule import Schedule
from taskforge.notifications.bundles.selection import Selection, WaitingLine, select
from taskforge.notifications.due_rules import DUE_KINDS, still_holds
from taskforge.notifications.sentences import THIS_CARD, describe, path_of
from taskforge.notifications.settings import Settings, wants
from taskforge.stores import sql
from taskforge.text.excerpts import excerpt_of

EXCERPT_LENGTH = 300
MAX_SHOWN = 100  # lines of one mail
# What comes to those who watch a task, until they watch it no more or mute its board.
_WATCHED = frozenset({NotificationKind.COMMENTED, NotificationKind.STATUS_CHANGED})


@dataclass(frozen=True)
class Item:
    """One notification in a mail; ``path`` is below ``PUBLIC_URL``, ``at`` in the reader's zone."""

    kind: NotificationKind
    text: str
    path: str
    at: datetime
    excerpt: str = ""


@dataclass(frozen=True)
class Card:
    """A card with what the mail says of it, in the order in which it happened."""

    task_id: str
    key: str
    title: str
    board_name: str
    items: tuple[Item, ...]

    @property
    def path(self) -> str:
        """The card's page, below ``PUBLIC_URL``."""
        return f"/tasks/{self.task_id}"


@dataclass(frozen=True)
class Contents:
    """A mail: ``cards`` by their latest news, ``others`` about no card, and how many are in the inbox beside them.

    ``selection`` says what became of each line that was read.
    """

    cards: tuple[Card, ...]
    others: tuple[Item, ...]
    more_count: int
    selection: Selection

    @property
    def line_count(self) -> int:
        """How many notifications the mail is about; 0 if there is nothing to send."""
        return len(self.items) + self.more_count

    @property
    def items(self) -> tuple[Item, ...]:
        """All that is in it, by card."""
        return (*(item for card in self.cards for item in card.items), *self.others)

    @property
    def kinds(self) -> list[NotificationKind]:
        """The kinds that are in it, each once."""
        return list(dict.fromkeys(item.kind for item in self.items))


def read_contents(
    bundle: Mapping[str, Any], settings: Settings, schedule: Schedule, now: datetime
) -> Contents:
    """Read what a claimed bundle is to say now. One statement, however many lines it has.

    Of a bundle with more than `queries.MAX_LINES` lines, those behind them are counted, wanted or not.
    """
    rows = sql.rows(queries.LINES, {"bundle_id": bundle["bundle_id"]})
    selection = select((_waiting(row, settings) for row in rows), schedule, now)
    taken = set(selection.taken)
    told = [row for row in rows if row["notification_id"] in taken]
    shown = told[:MAX_SHOWN]
    not_read = rows[0]["unread_count"] - len(rows) if len(rows) == queries.MAX_LINES else 0
    more = len(told) - len(shown) + max(0, not_read)
    with clock.read_in(schedule.zone):
        return Contents(
            cards=_by_card([row for row in shown if row["task_id"] is not None]),
            others=tuple(_item(row) for row in reversed(shown) if row["task_id"] is None),
            more_count=more if shown else 0,
            selection=selection,
        )


def _waiting(row: Mapping[str, Any], settings: Settings) -> WaitingLine:
    kind = find_kind(row["kind"])
    return WaitingLine(
        notification_id=row["notification_id"],
        due_at=row["due_at"],
        is_read=row["read_at"] is not None,
        is_archived=row["archived_at"] is not None,
        snoozed_until=row["snoozed_until"],
        is_wanted=kind is not None and _is_wanted(kind, row, settings) and _is_true(kind, row),
        is_visible=kind is not None and _is_visible(kind, row),
    )


def _is_wanted(kind: NotificationKind, row: Mapping[str, Any], settings: Settings) -> bool:
    if kind in _WATCHED and row["is_heard"] is False:
        return False
    return wants(kind, Channel.MAIL, settings)


def _is_true(kind: NotificationKind, row: Mapping[str, Any]) -> bool:
    """Whether a card that was due is so still: it may be done by now, or have another date."""
    return kind not in DUE_KINDS or still_holds(
        row["payload"], {**row, "due_at": row["card_due_at"]}
    )


def _is_visible(kind: NotificationKind, row: Mapping[str, Any]) -> bool:
    if kind.subject in (Subject.TASK, Subject.COMMENT):
        return row["task_id"] is not None
    return kind.subject is not Subject.TEAM or bool(row["is_in_team"])


def _by_card(rows: Sequence[Mapping[str, Any]]) -> tuple[Card, ...]:
    """The cards of rows that are given latest first."""
    lines: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        lines.setdefault(row["task_id"], []).append(row)
    return tuple(
        Card(
            task_id=task_id,
            key=latest["card_key"],
            title=latest["card_title"],
            board_name=latest["board_name"],
            items=tuple(_item(row) for row in reversed((latest, *earlier))),
        )
        for task_id, (latest, *earlier) in lines.items()
    )


def _item(row: Mapping[str, Any]) -> Item:
    kind = find_kind(row["kind"])
    assert kind is not None  # of an unknown kind nothing is wanted
    return Item(
        kind=kind,
        text=describe(row, card=THIS_CARD),
        path=path_of(kind, row["payload"]),
        at=row["created_at"].astimezone(clock.reader_zone()),
        excerpt=excerpt_of(row["excerpt"], length=EXCERPT_LENGTH) if row["excerpt"] else "",
    )
