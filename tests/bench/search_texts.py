"""Seeded texts for measuring search: tasks and comments in a vocabulary as uneven as that of people."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from taskforge.comments.documents import new_comment
from taskforge.stores.document_parts import CONTENT, part_of
from taskforge.stores.outbox import Message, encode_message
from tests.bench.store_events import id_at
from tests.bench.store_rows import insert_documents, insert_rows

VOCABULARY = 20_000
BATCH = 2_000
SYLLABLES = (
    "an", "be", "co", "dra", "el", "fi", "gro", "ha", "il", "ka", "lo", "men", "nu", "or", "pe", "ra", "sti", "tu",
    "ve", "zo",
)  # fmt: skip
FOREIGN = (
    "日本語の検索", "全文检索系统", "Überzug", "Ёлка", "مدرسة", "naïve", "max_retry_count", "ana@example.com",
)  # fmt: skip
ONE_FOREIGN_IN = 200
STEP = timedelta(seconds=30)


@dataclass(frozen=True)
class Board:
    """Where tasks are written: its ids, and who writes there."""

    team_id: str
    board_id: str
    columns: Sequence[tuple[str, str]]  # id and status
    people: Sequence[str]


class Words:
    """Draws words, the n-th about n times as rarely as the first (Zipf's law)."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        made: dict[str, None] = {}
        while len(made) < VOCABULARY:
            made["".join(chance.choices(SYLLABLES, k=chance.randint(1, 4)))] = None
        self.vocabulary = list(made)
        self._sums = list(accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))

    def line(self, fewest: int, most: int) -> str:
        """Some words."""
        drawn = [self._draw() for _ in range(self._chance.randint(fewest, most))]
        if not self._chance.randrange(ONE_FOREIGN_IN):
            drawn.append(self._chance.choice(FOREIGN))
        return " ".join(drawn)

    def _draw(self) -> str:
        return self.vocabulary[bisect(self._sums, self._chance.random() * self._sums[-1])]


def write_texts(
    chance: Random,
    words: Words,
    boards: Sequence[Board],
    *,
    tasks: int,
    comments: int,
    since: datetime,
) -> None:
    """Write tasks over the boards, and comments on them, into PostgreSQL and MongoDB, as units of work leave them."""
    numbers = dict.fromkeys((board.board_id for board in boards), 0)
    written: list[tuple[str, Board]] = []
    for size in _batches(tasks):
        rows, messages = [], []
        for _ in range(size):
            board, at = chance.choice(boards), since + len(written) * STEP
            numbers[board.board_id] += 1
            row, message = _task(chance, words, board, numbers[board.board_id], at)
            rows.append(row)
            messages.append(message)
            written.append((row["task_id"], board))
        insert_rows("tasks", rows)
        insert_documents(messages)
    done = 0
    for size in _batches(comments):
        pairs = [
            _comment(chance, words, written, since + (done + number) * STEP / 3)
            for number in range(size)
        ]
        insert_rows("comments", [row for row, _ in pairs])
        insert_documents([message for _, message in pairs])
        done += size


def _task(
    chance: Random, words: Words, board: Board, number: int, at: datetime
) -> tuple[dict[str, Any], Message]:
    task_id, tags = id_at(at, chance), chance.sample(words.vocabulary[:100], k=chance.randint(0, 2))
    column_id, status = chance.choice(board.columns)
    content = {
        "description": "\n\n".join(words.line(8, 25) for _ in range(chance.randint(0, 3))),
        "tags": tags,
        "custom_fields": [],
        "checklist": [
            {"item_id": str(item), "text": words.line(2, 5), "done": False}
            for item in range(chance.choice((0, 0, 0, 3)))
        ],
    }
    part = part_of("task", CONTENT)
    message = encode_message(part, task_id, 1, part.defaults() | content)
    row = {
        "task_id": task_id, "team_id": board.team_id, "board_id": board.board_id, "column_id": column_id,
        "number": number, "rank": f"{number:07d}i", "title": words.line(3, 8)[:200], "status": status,
        "priority": "medium", "created_by": chance.choice(board.people), "version": 1, "doc_version": 1,
        "doc_sha": message.sha, "tags": tags, "comment_count": 0,
        "attachment_count": 0, "files": [], "files_version": 0, "checklist_done": 0, "checklist_total": 0,
        "created_at": at, "updated_at": at,
    }  # fmt: skip
    return row, message


def _comment(
    chance: Random, words: Words, tasks: Sequence[tuple[str, Board]], at: datetime
) -> tuple[dict[str, Any], Message]:
    comment_id, (task_id, board) = id_at(at, chance), chance.choice(tasks)
    author_id = chance.choice(board.people)
    fields = new_comment(task_id, author_id, words.line(4, 40), [], at)
    part = part_of("comment", CONTENT)
    message = encode_message(part, comment_id, 1, part.defaults() | fields)
    row = {
        "comment_id": comment_id, "task_id": task_id, "author_id": author_id, "version": 1, "doc_sha": message.sha,
        "files": [], "files_version": 0, "created_at": at,
    }  # fmt: skip
    return row, message


def _batches(number: int) -> Iterator[int]:
    for start in range(0, number, BATCH):
        yield min(BATCH, number - start)
