"""The application with its stores alone: all that a queue worker and the relay need.

Pages, API and templates are not imported. That saves each of these processes 16 MB and a third of its start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask

from taskforge import logs
from taskforge.config import Config
from taskforge.extensions import db
from taskforge.mail.jobs import ask_before_sending
from taskforge.mail.kinds import MailKind
from taskforge.messaging import redis_client
from taskforge.metrics import trips
from taskforge.model_registry import MODULES
from taskforge.notification_kinds import Channel
from taskforge.notifications import hooks
from taskforge.notifications.bundles import planning
from taskforge.notifications.push import intents as push_intents
from taskforge.stores import blobs, mongo, prepared_statements, sql


class Application(Flask):
    """Flask without asynchronous views and hooks.

    Flask looks thirty times in each request whether a function is one: 6 % in the profile of a board that nobody
    changed.
    """

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is: none of ours, and none of our libraries', is asynchronous."""
        return func


def create_store_app(config: Config) -> Flask:
    """Build it for a checked configuration; nothing is connected yet."""
    app = Application("taskforge", template_folder="../templates", static_folder=None)
    app.config.update(
        TASKFORGE=config,
        TESTING=config.testing,
        SQLALCHEMY_DATABASE_URI=config.sqlalchemy_url,
        SQLALCHEMY_ENGINE_OPTIONS=sql.engine_options(config),
    )
    logs.configure_logs(config.log_level)
    sql.set_client_deadline(config.database_deadline_seconds)
    trips.set_slow_ms(config.slow_statement_ms)
    db.init_app(app)
    with app.app_context():
        sql.keep_ids_as_text(db.engine)
        prepared_statements.prepare_on(db.engine)
    assert MODULES  # imported for the tables that it declares
    hooks.on_delivery(Channel.MAIL, planning.plan)
    hooks.on_delivery(Channel.PUSH, push_intents.note_intents)
    ask_before_sending(MailKind.TEAM_WEEK, _is_week_wanted)
    mongo.connect(config)
    blobs.connect(config)
    app.extensions[redis_client.EXTENSION] = redis_client.make_redis_client(config)
    return app


def _is_week_wanted(intent: Mapping[str, Any]) -> bool:
    from taskforge.reports.week_mails import is_still_wanted  # late: most processes send none

    return is_still_wanted(intent)
