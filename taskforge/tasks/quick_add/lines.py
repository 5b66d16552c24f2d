"""Turns the lines of quick-add into the tasks to be created."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from taskforge.errors import InvalidInput
from taskforge.tasks.bulk.batches import MAX_TASKS, NewTask
from taskforge.tasks.fields import MAX_TITLE_LENGTH
from taskforge.tasks.priorities import DEFAULT_PRIORITY
from taskforge.tasks.quick_add.syntax import Note, QuickAdd, parse_line
from taskforge.text.handles import Nameable
from taskforge.text.moments import at_time
from taskforge.text.normal_form import fold
from taskforge.text.pasted import split_rows
from taskforge.text.validation import clean_line

# What lists of all programs begin their lines with: "- ", "* ", "3. ", "a) ", "(1) ", "◦ ", "☐ ", "- [ ] ".
_SIGNS = "-*+•·‣⁃∙●○◦◉◆◇■□▪▫▸▹►▻▶➢➤➔→✓✔✗✘☐☑☒✅⬜–—\uf0a7\uf0b7\uf0d8\uf0fc"
_MARK = rf"(?:[{re.escape(_SIGNS)}]|[0-9]{{1,3}}[.)]|\([0-9]{{1,3}}\)|[A-Za-z]\))"
_BULLET = re.compile(rf"(?:{_MARK}\s+)?(?:\[[ xX]?\]\s+)?")
# A line of a list as word processors write it: a tab behind the bullet, which may be a letter of a font of signs.
_LISTED = re.compile(rf"^[^\S\n]*(?:{_MARK}|[o§Øüv])\t([^\t\n]*)$", re.MULTILINE)
MAX_LINE_LENGTH = 600  # a title with everything that quick-add takes out of it
MAX_NOTES = 5  # sentences in one answer


def split_lines(text: str) -> list[str]:
    """The lines of a list, or the rows of a table, that hold something, without bullets, numbers and boxes.

    Raises:
        InvalidInput: there are too many.
    """
    if text.count("\t") == len(_LISTED.findall(text)):
        text = _LISTED.sub(r"\1", text)
    lines = [stripped for line in split_rows(text) if (stripped := line.strip())]
    if len(lines) > MAX_TASKS:
        raise InvalidInput(
            f"At most {MAX_TASKS} cards can be added at once, and these are {len(lines)} lines."
        )
    return [line[_BULLET.match(line).end() :] for line in lines]  # type: ignore[union-attr]


def read_line(
    line: str, people: Sequence[Nameable], today: date, lane: Mapping[str, Any] | None = None
) -> tuple[NewTask, list[Note]]:
    """The task that a line describes, and notes about what stayed in the title though it looks like syntax.

    `lane` are the values that it has where the line says nothing else (`lanes.lane_values`).

    Raises:
        InvalidInput: the title is missing or too long.
    """
    found = parse_line(line, people, today)
    title = clean_line(found.title, field="title", max_length=MAX_TITLE_LENGTH)
    return _new_task(title, found, lane or {}), found.notes


def read_lines(
    lines: Sequence[str],
    people: Sequence[Nameable],
    today: date,
    lane: Mapping[str, Any] | None = None,
) -> tuple[list[NewTask], list[Note]]:
    """The tasks that lines describe, and what stayed in their titles; `lane` as for `read_line`.

    Raises:
        InvalidInput: one of them is wrong; the sentence says which, as it counts among those that hold something.
    """
    tasks, notes = [], []
    for number, line in enumerate(lines, start=1):
        try:
            clean_line(line, field="title", max_length=MAX_LINE_LENGTH)
            task, left_over = read_line(line, people, today, lane)
        except InvalidInput as error:
            raise InvalidInput(f"Line {number}: {error.message} Nothing was added.") from error
        tasks.append(task)
        notes += left_over
    return tasks, notes


def note_sentences(notes: Sequence[Note]) -> list[str]:
    """The sentences about what stayed in titles, each once and not too many."""
    return list(dict.fromkeys(note.sentence for note in notes))[:MAX_NOTES]


def _new_task(title: str, found: QuickAdd, lane: Mapping[str, Any]) -> NewTask:
    due_at = found.due_on
    if found.due_on and found.due_time:
        due_at = at_time(found.due_on, found.due_time)
    tags = lane.get("tags", [])  # goes first, which decides the lane of a card with several
    same = {fold(tag) for tag in tags}
    return NewTask(
        title=title,
        priority=found.priority or lane.get("priority", DEFAULT_PRIORITY),
        assignee_id=found.assignee_id or lane.get("assignee_id"),
        due_at=due_at,
        texts={"tags": [*tags, *(tag for tag in found.tags if fold(tag) not in same)]},
    )
