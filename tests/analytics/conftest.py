"""Figures that are read anew in each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from taskforge.analytics.reading import kept_parts


@pytest.fixture(autouse=True)
def read_anew() -> Iterator[None]:
    kept_parts.forget()
    yield
    kept_parts.forget()
