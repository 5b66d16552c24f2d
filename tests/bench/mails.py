"""How fast the mails of notifications leave that are due at one hour: many people, two workers, a mail server.

    MAILS_BENCH=10000 .venv/bin/python -m pytest -s -p no:xdist tests/bench/mails.py

Each person has notifications about a card, one with an excerpt. It says what each worker used of the processor; the
mail server and PostgreSQL run on the same machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

from flask import Flask

from taskforge.comments.service import create_comment
from taskforge.dev.commands import ROOT
from tests.factories import Person, make_task, make_team
from tests.mail.bundling import clear
from tests.mail.conftest import inbox, mailing, smtp_port
from tests.mail.server import Inbox
from tests.servers import Servers
from tests.stores.scene import read, write
from tests.web_servers import SECRETS, as_environment

__all__ = ("inbox", "mailing", "smtp_port")  # fixtures
PEOPLE = int(os.environ.get("MAILS_BENCH", "1000"))
WORKERS = 2
WORK = """
import resource
from taskforge.config import load_config
from taskforge.store_app import create_store_app
from taskforge.notifications.bundles.jobs import send_due
with create_store_app(load_config()).app_context():
    sent = 0
    while done := send_due():
        sent += done
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(f"{sent} by {used.ru_utime + used.ru_stime:.1f} s of processor, {used.ru_maxrss // 1024} MB")
"""
TRANSACTIONS = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"


def test_what_is_due_at_one_hour_is_sent_once_each(
    mailing: Flask, ada: Person, bob: Person, inbox: Inbox, servers: Servers, smtp_port: int
) -> None:
    with mailing.app_context():
        fill(ada, bob)
        transactions, began = read(TRANSACTIONS), time.monotonic()
        said = run_workers(servers, smtp_port)
        seconds, transactions = time.monotonic() - began, read(TRANSACTIONS) - transactions
        assert read("SELECT count(*) FROM notification_bundles WHERE sent_at IS NOT NULL") == PEOPLE
    assert len({mail["Message-ID"] for mail in inbox.mails}) == len(inbox.mails) == PEOPLE
    print(f"\n{PEOPLE} mails in {seconds:.0f} s over {inbox.connections} connections: {said}")
    print(
        f"{transactions / PEOPLE:.1f} transactions and {len(inbox.mails[0].as_bytes())} bytes a mail"
    )


def fill(ada: Person, bob: Person) -> None:
    """Copy a person with their membership; each is to be mailed two notifications now."""
    team = make_team(ada, member=bob)
    task_id = make_task(ada, team, "Oil the hinge", assignee_id=bob.user_id)
    comment = create_comment(ada.actor, task_id, content="Look **here**, please. " * 20)
    clear()
    write("DELETE FROM notifications")
    write(f"""
        WITH people AS (
            INSERT INTO users
            SELECT (jsonb_populate_record(u, jsonb_build_object(
                       'user_id', gen_random_uuid(), 'email', 'reader' || n || '@example.com'))).*
            FROM   users u, generate_series(1, {PEOPLE}) n
            WHERE  u.user_id = '{bob.user_id}'
            RETURNING user_id
        ), members AS (
            INSERT INTO effective_memberships
            SELECT (jsonb_populate_record(m, jsonb_build_object('user_id', p.user_id))).*
            FROM   effective_memberships m, people p
            WHERE  m.user_id = '{bob.user_id}'
        )
        INSERT INTO notification_bundles (bundle_id, user_id, due_at, created_at, expires_at)
        SELECT gen_random_uuid(), user_id, now(), now(), now() + interval '2 days'
        FROM   people
    """)
    subject = f'"task_id": "{task_id}", "key": "WEB-1", "title": "Oil the hinge"'
    add_lines("assigned", task_id, f"{{{subject}}}")
    said = f'"comment_id": "{comment.entity_id}"'
    add_lines("mentioned", comment.entity_id, f"{{{subject}, {said}}}")
    write("ANALYZE")


def add_lines(kind: str, entity_id: str, payload: str) -> None:
    """A notification of everybody, of the event that an entity begins with."""
    write(f"""
        WITH lines AS (
            INSERT INTO notifications (notification_id, event_id, user_id, kind, payload, created_at)
            SELECT gen_random_uuid(), l.event_id, b.user_id, '{kind}', '{payload}', now()
            FROM   notification_bundles b
                   JOIN audit_logs l ON l.entity_id = '{entity_id}' AND l.entity_version = 1
            RETURNING notification_id, user_id
        )
        INSERT INTO notification_mails (notification_id, user_id, created_at, due_at)
        SELECT notification_id, user_id, now(), now()
        FROM   lines
    """)


def run_workers(servers: Servers, port: int) -> list[str]:
    """Let two processes send until nothing is due; what each of them prints at the end."""
    settings = {
        "smtp_url": f"smtp://127.0.0.1:{port}",
        "mail_from": "forge@example.com",
        "public_url": "https://tasks.example.com",
    }
    environment = {**os.environ, **servers.environment, **as_environment(SECRETS, settings)}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", WORK],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for _ in range(WORKERS)
    ]
    return [process.communicate(timeout=1500)[0].strip() for process in started]
