"""Thumbnails while the blob store is away: put off, however long that lasts, and never given up for it."""

from __future__ import annotations

import pytest

from taskforge import clock
from taskforge.attachments.thumbnails import LEASE, MAX_ATTEMPTS, make_due
from taskforge.messaging import breaker as breakers
from taskforge.stores import mongo
from tests.attachments.files import attach, row_of
from tests.factories import Person
from tests.pictures import picture_file

pytestmark = pytest.mark.usefixtures("inside")


def test_an_outage_of_the_store_costs_an_image_no_attempt(
    ada: Person, task_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breakers, "OPEN_SECONDS", 600)
    images = [attach(ada.actor, task_id, picture_file(), f"{name}.png") for name in "ab"]
    at = clock.now()
    for _ in range(MAX_ATTEMPTS + 2):
        while not mongo.breaker.is_open:
            mongo.breaker._record_failure()
        with clock.frozen(at):
            assert make_due() == 0
        mongo.breaker.reset()
        at += 2 * LEASE
    with clock.frozen(at):
        assert make_due() == 2
    assert [row_of(image)["thumbnail"] for image in images] == ["ready", "ready"]
