"""The statuses of tasks, in one table. A column of a board stands for one status; its tasks have it."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Status(StrEnum):
    """A status: its name, its ``label``, and the name and hue (1 to 6) of its column on a new board."""

    label: str
    column_name: str
    hue: int

    def __new__(cls, name: str, label: str, column_name: str, hue: int) -> Self:
        """One row of the table."""
        status = str.__new__(cls, name)
        status._value_ = name
        status.label = label
        status.column_name = column_name
        status.hue = hue
        return status

    BACKLOG = "backlog", "Backlog", "Backlog", 1
    TODO = "todo", "To do", "To do", 2
    IN_PROGRESS = "in_progress", "In progress", "In progress", 3
    IN_REVIEW = "in_review", "In review", "In review", 4
    DONE = "done", "Done", "Done", 5


STATUSES = tuple(status.value for status in Status)
STATUS_NAMES = {status.value: status.label for status in Status}
