"""The priorities of tasks, in one table, from the lowest to the highest."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Priority(StrEnum):
    """A priority: its name, its ``label`` and its ``order``, 1 for the lowest (also its digit in quick-add)."""

    label: str
    order: int

    def __new__(cls, name: str, label: str, order: int) -> Self:
        """One row of the table."""
        priority = str.__new__(cls, name)
        priority._value_ = name
        priority.label = label
        priority.order = order
        return priority

    LOW = "low", "Low", 1
    MEDIUM = "medium", "Medium", 2
    HIGH = "high", "High", 3
    URGENT = "urgent", "Urgent", 4


PRIORITIES = tuple(priority.value for priority in Priority)
PRIORITY_NAMES = {priority.value: priority.label for priority in Priority}
DEFAULT_PRIORITY = Priority.MEDIUM.value
