"""A site administrator, and an empty queue for jobs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rq import Queue
from sqlalchemy import text

from taskforge.messaging import queues
from taskforge.messaging.redis_client import redis_client
from taskforge.stores import sql
from tests.factories import Person


@pytest.fixture
def root(ada: Person) -> FlaskClient:
    """The browser of a site administrator."""
    with ada.app.app_context():
        sql.execute_now(
            text("UPDATE users SET is_site_admin = true WHERE user_id = :id"), {"id": ada.user_id}
        )
    return ada.browser()


@pytest.fixture
def queue(app: Flask) -> Iterator[Queue]:
    with app.app_context():
        redis_client().flushdb()
        yield queues.queue(queues.AUDIT, redis_client())
