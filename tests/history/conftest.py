"""A short life that has in it what else comes after years."""

from __future__ import annotations

import pytest

from taskforge.boards import columns, models
from taskforge.history import snapshots
from taskforge.tasks.editing import writer


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranks are made short again, and snapshots taken, within few steps."""
    for module in (writer, columns, models):
        monkeypatch.setattr(module, "MAX_RANK_LENGTH", 2)
    monkeypatch.setattr(snapshots, "EVENTS_BETWEEN", 20)
