"""Half a year of work on some boards: cards are made, moved, assigned, edited and talked about, as chance has it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from fractional_indexing import generate_key_between

from taskforge import clock
from taskforge.comments.documents import content_message as comment_message
from taskforge.comments.documents import new_comment
from taskforge.demo.words import BOARDS, CHECKLIST, DESCRIPTIONS, TAGS
from taskforge.events import Event
from taskforge.notification_kinds import NotificationKind
from taskforge.stores.outbox import Message
from taskforge.tasks.fields import (
    CORE_NAMES,
    EMPTY_CONTENT,
    PLACE_NAMES,
    denormalised_columns,
    new_core,
    plain_state,
)
from taskforge.tasks.priorities import PRIORITIES
from tests.bench.store_events import Told, audit_event, id_at
from tests.bench.store_rows import insert_documents, insert_events, insert_rows
from tests.bench.store_state import BoardState, Change, Task

EVENTS_AT_ONCE = 10_000
# By when the last card is made, as a share of the time; and from when on cards are thrown away: they are purged later.
LAST_CREATION = 0.97
TRASH_SINCE = timedelta(days=10)
COMMENTS = (
    "I had a look: it is smaller than it seems.",
    "Blocked until the supplier answers.",
    "Done on my side, please review.",
    "Let us keep the first version **without** the animation.",
    "Support says thank you!",
    "Tested in three browsers, works.",
)


class History:
    """Writes so many audit events of so many tasks, evenly between two instants."""

    def __init__(
        self, chance: Random, made: list[BoardState], since: datetime, until: datetime
    ) -> None:
        self._chance, self._boards, self._since, self._until = chance, made, since, until
        self._by_id = {board.board_id: board for board in made}
        self._tasks: list[Task] = []
        self._comments: list[Change] = []
        self._comment_messages: list[Message] = []
        self._events: list[Change] = []
        self._told = Told(chance, until)
        acts: tuple[tuple[int, Callable[[Task, datetime], None]], ...] = (
            (34, self._move),
            (20, self._comment),
            (10, self._assign),
            (8, partial(self._edit, "priority", lambda: chance.choice(PRIORITIES))),
            (5, self._set_due),
            (4, partial(self._edit, "estimate", lambda: chance.randrange(1, 40) / 2)),
            (7, self._describe),
            (12, self._throw_away),
        )
        self._weights, self._acts = zip(*acts, strict=True)

    def write(self, tasks: int, events: int) -> None:
        """Write everything but the numbers of the boards."""
        step = (self._until - self._since) / events
        for number in range(events):
            at = clock.to_milliseconds(self._since + (number + self._chance.random()) * step)
            due = min(tasks, math.ceil(tasks * (number + 1) / events / LAST_CREATION))
            if len(self._tasks) < due:
                self._create(at)
            else:
                self._act(at)
            if len(self._events) >= EVENTS_AT_ONCE:
                self._flush()
        self._flush()
        insert_rows("tasks", (task.stored_row() for task in self._tasks))
        insert_rows("comments", self._comments)
        insert_documents(message for task in self._tasks for message in task.messages())
        insert_documents(self._comment_messages)

    def _flush(self) -> None:
        insert_events(self._events)
        self._told.write()
        self._events = []

    def _create(self, at: datetime) -> None:
        chance, board = self._chance, self._chance.choice(self._boards)
        _, _, things, phrases = chance.choice(BOARDS)
        title = chance.choice(phrases).format(chance.choice(things))
        core = new_core(
            {
                "title": f"{title} ({board.next_number})",
                "priority": chance.choice(PRIORITIES),
                "assignee_id": chance.choice([None, *board.members]),
            }
        )
        texts = {
            **EMPTY_CONTENT,
            "description": chance.choice(DESCRIPTIONS),
            "tags": chance.sample(TAGS, k=chance.choice((0, 1, 1, 2))),
            "checklist": self._checklist(at),
        }
        row = {
            "task_id": id_at(at, chance),
            "team_id": board.team_id,
            "board_id": board.board_id,
            "number": board.next_number,
            **self._place(board, board.columns[0]),
            **core,
            "created_by": chance.choice(board.members),
            "comment_count": 0,
            "version": 1,
            "doc_version": 1,
            **denormalised_columns(texts),
            "created_at": at,
            "updated_at": at,
            "deleted_at": None,
        }
        board.next_number += 1
        task = Task(row, texts)
        self._tasks.append(task)
        board.task_ids.append(row["task_id"])
        recorded = {name: row[name] for name in (*CORE_NAMES, *PLACE_NAMES, "number", "created_by")}
        event = self._record(
            Event.TASK_CREATED, task, at, row["created_by"], None, plain_state(recorded | texts)
        )
        self._told.tell(
            event, at, [row["assignee_id"]], NotificationKind.ASSIGNED, self._subject(task)
        )

    def _act(self, at: datetime) -> None:
        """Something happens to a card, rather to a new one; where it can't, the next kind of thing does."""
        chance = self._chance
        task = self._tasks[int(len(self._tasks) * math.sqrt(chance.random()))]
        while task.row["deleted_at"] is not None:
            task = chance.choice(self._tasks)
        chance.choices(self._acts, self._weights)[0](task, at)

    def _move(self, task: Task, at: datetime) -> None:
        board = self._by_id[task.row["board_id"]]
        columns = [
            column for column in board.columns if column["column_id"] != task.row["column_id"]
        ]
        place = self._place(board, self._chance.choice(columns))
        event = self._change(task, Event.TASK_MOVED, at, place)
        subject = self._subject(task) | {name: place[name] for name in ("status", "column_id")}
        column = next(one["name"] for one in columns if one["column_id"] == place["column_id"])
        concerned = [task.row["assignee_id"], task.row["created_by"]]
        kind = NotificationKind.STATUS_CHANGED
        self._told.tell(event, at, concerned, kind, subject, column=column)

    def _assign(self, task: Task, at: datetime) -> None:
        members = self._by_id[task.row["board_id"]].members
        owner = self._chance.choice([one for one in members if one != task.row["assignee_id"]])
        event = self._change(task, Event.TASK_ASSIGNED, at, {"assignee_id": owner})
        self._told.tell(event, at, [owner], NotificationKind.ASSIGNED, self._subject(task))

    def _edit(self, name: str, choose: Callable[[], Any], task: Task, at: datetime) -> None:
        while (value := choose()) == task.row[name]:
            pass
        self._change(task, Event.TASK_EDITED, at, {name: value})

    def _set_due(self, task: Task, at: datetime) -> None:
        days = self._chance.randrange(5, 60)
        moment = at.replace(hour=15, minute=0, second=0, microsecond=0) + timedelta(days=days)
        self._edit("due_at", lambda: moment + timedelta(days=self._chance.randrange(9)), task, at)

    def _describe(self, task: Task, at: datetime) -> None:
        before = {"description": task.texts["description"]}
        after = {"description": f"{self._chance.choice(DESCRIPTIONS)}\n\nAs of {at:%d %B}.".strip()}
        task.texts |= after
        task.row["doc_version"] += 1
        self._change(task, Event.TASK_EDITED, at, {}, before, after)

    def _throw_away(self, task: Task, at: datetime) -> None:
        if at < self._until - TRASH_SINCE:
            self._move(task, at)
            return
        deleted = {"deleted": False}, {"deleted": True}
        self._change(task, Event.TASK_DELETED, at, {"deleted_at": at}, *deleted)

    def _comment(self, task: Task, at: datetime) -> None:
        board = self._by_id[task.row["board_id"]]
        author, words = self._chance.choice(board.members), self._chance.choice(COMMENTS)
        comment_id, task_id = id_at(at, self._chance), task.row["task_id"]
        message = comment_message(comment_id, 1, new_comment(task_id, author, words, [], at))
        self._comment_messages.append(message)
        self._comments.append(
            {
                "comment_id": comment_id,
                "task_id": task_id,
                "author_id": author,
                "version": 1,
                "doc_sha": message.sha,
                "created_at": at,
            }
        )
        task.row["comment_count"] += 1
        after = {"task_id": task_id, "content": words}
        event = self._record(
            Event.COMMENT_CREATED, task, at, author, None, after, comment_id=comment_id
        )
        subject = self._subject(task) | {"comment_id": comment_id}
        concerned = [task.row["assignee_id"], task.row["created_by"], *task.commenters]
        self._told.tell(event, at, concerned, NotificationKind.COMMENTED, subject)
        if author not in task.commenters:
            task.commenters.append(author)

    def _change(
        self,
        task: Task,
        event: Event,
        at: datetime,
        changes: Mapping[str, Any],
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> Change:
        """Change columns of a task's row; the audit event holds what changed, or `before` and `after`."""
        changed = [name for name, value in changes.items() if task.row[name] != value]
        old = before or {name: task.row[name] for name in changed}
        new = after or {name: changes[name] for name in changed}
        task.row |= {**changes, "version": task.row["version"] + 1, "updated_at": at}
        actor_id = self._chance.choice(self._by_id[task.row["board_id"]].members)
        return self._record(event, task, at, actor_id, plain_state(old), plain_state(new))

    def _record(
        self,
        event: Event,
        task: Task,
        at: datetime,
        actor_id: str,
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any],
        *,
        comment_id: str | None = None,
    ) -> Change:
        board = self._by_id[task.row["board_id"]]
        board.seq += 1
        recorded = audit_event(
            event,
            "task" if comment_id is None else "comment",
            comment_id or task.row["task_id"],
            event_id=id_at(at, self._chance),
            version=task.row["version"] if comment_id is None else 1,
            actor_id=actor_id,
            at=at,
            before=before,
            after=after,
            team_id=board.team_id,
            board_id=board.board_id,
            board_seq=board.seq,
        )
        self._events.append(recorded)
        return recorded

    def _place(self, board: BoardState, column: Mapping[str, Any]) -> Change:
        """The end of a column."""
        column_id = column["column_id"]
        rank = generate_key_between(board.last_ranks.get(column_id), None)
        board.last_ranks[column_id] = rank
        return {"column_id": column_id, "status": column["status"], "rank": rank}

    def _checklist(self, at: datetime) -> list[Change]:
        if self._chance.random() > 0.25:
            return []
        return [
            {"item_id": id_at(at, self._chance), "text": line, "done": self._chance.random() < 0.5}
            for line in CHECKLIST
        ]

    def _subject(self, task: Task) -> Change:
        row = task.row
        key = f"{self._by_id[row['board_id']].key_prefix}-{row['number']}"
        return {"task_id": row["task_id"], "key": key, "title": row["title"]}
