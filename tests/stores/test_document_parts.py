"""Parts of one document arrive late, twice, in any order and at once: the newest of each always stands."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taskforge.ids import new_id
from taskforge.stores import mongo
from taskforge.stores.document_parts import CONTENT, MIRROR, part_of
from tests.stores.scene import document
from tests.together import at_once

Step = tuple[str, int]
FIELD = {CONTENT: "description", MIRROR: "title"}


@pytest.fixture
def stores(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def arrive(entity_id: str, step: Step) -> None:
    part, version = step
    payload = mongo.encode({FIELD[part]: f"{part} {version}"})
    mongo.apply(part_of("task", part), entity_id, version, payload)


def check(entity_id: str, steps: list[Step]) -> None:
    stored = document("tasks", entity_id)
    assert stored is not None
    for part, counter in ((CONTENT, "doc_version"), (MIRROR, "core_version")):
        newest = max((version for name, version in steps if name == part), default=None)
        assert stored.get(counter) == newest
        expected = None if newest is None else f"{part} {newest}"
        assert stored.get(FIELD[part]) == expected


@pytest.mark.parametrize("order", [(CONTENT, MIRROR), (MIRROR, CONTENT)])
def test_each_part_may_come_first(stores: None, order: tuple[str, str]) -> None:
    entity_id, steps = new_id(), [(name, 1) for name in order]
    for step in steps:
        arrive(entity_id, step)
    check(entity_id, steps)


def test_the_first_versions_of_both_parts_at_once_both_arrive(app: Flask, stores: None) -> None:
    for _ in range(40):
        entity_id, steps = new_id(), [(CONTENT, 1), (MIRROR, 1), (CONTENT, 2), (MIRROR, 2)]
        at_once([partial(arrive, entity_id, step) for step in steps])
        check(entity_id, steps)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from([CONTENT, MIRROR]), st.integers(1, 5)), min_size=1, max_size=12
    )
)
def test_no_order_or_repetition_carries_a_part_backwards(stores: None, steps: list[Step]) -> None:
    entity_id = new_id()
    for step in steps:
        arrive(entity_id, step)
    check(entity_id, steps)
