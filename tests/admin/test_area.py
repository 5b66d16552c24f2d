"""The administration's pages of teams, security events, mails, settings and storage."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from flask import Flask
from pymongo.errors import PyMongoError

from taskforge import clock
from taskforge.admin.security.words import KINDS, SENTENCES
from taskforge.admin.state.settings import list_settings
from taskforge.analytics.storage import show_bytes
from taskforge.audit import chain
from taskforge.audit.jobs import seal_pending
from taskforge.boards.service import create_board, delete_board
from taskforge.comments.service import create_comment
from taskforge.config import Config
from taskforge.events import Event
from taskforge.extensions import config_of
from taskforge.ids import new_id
from taskforge.messaging.breaker import FAILURES_TO_OPEN
from taskforge.stores import mongo
from tests.admin.test_suspension import WHY, make_site_admin, suspend
from tests.factories import Person, make_person, make_task, make_team
from tests.pages import Visitor, visit
from tests.stores.scene import read

PAGES = ("", "users", "teams", "security", "mails", "figures", "analytics", "storage", "settings")


@pytest.fixture
def root(app: Flask) -> Person:
    return make_site_admin(make_person(app, "Root"))


@pytest.fixture
def here(root: Person) -> Visitor:
    return visit(root)


@pytest.mark.parametrize("name", PAGES)
def test_each_page_is_one_click_from_each_other(here: Visitor, name: str) -> None:
    page = here.open(f"/admin/{name}")
    assert page.status == 200
    for other in PAGES:
        assert f'href="/admin/{other}"' in page.html
    assert page.html.count('aria-current="page"') >= 1


def test_teams_are_found_and_show_numbers_and_no_content(
    app: Flask, here: Visitor, ada: Person, bob: Person
) -> None:
    team = make_team(ada, name="The quiet ones", member=bob)
    make_team(bob, name="Others")
    task_id = make_task(ada, team, "A secret plan")
    with app.app_context():
        create_comment(ada.actor, task_id, content="Nobody may read this")
        gone = create_board(ada.actor, team.team_id, name="Hidden name").entity_id
        delete_board(ada.actor, gone)
    listed = here.open("/admin/teams?q=QUIET")
    assert "The quiet ones" in listed.text
    assert "Others" not in listed.text
    assert "2 people · 1 board" in listed.text
    page = here.open(f"/admin/teams/{team.team_id}")
    for shown in ("People 2", "Boards 1", "Tasks 1", "Comments 1", ada.email, bob.email, "deleted"):
        assert shown in page.text
    for content in ("A secret plan", "Nobody may read this", "Hidden name"):
        assert content not in page.text
    assert here.open(f"/admin/teams/{new_id()}").status == 404


def test_the_list_of_teams_has_pages(
    here: Visitor, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taskforge.admin.teams.queries.PAGE", 2)
    names = ["Anvil", "bellows", "Coal", "Draught", "flux"]
    for name in names:
        make_team(ada, name=name)
    assert read_pages(here, "/admin/teams", names) == names


def read_pages(here: Visitor, path: str, names: list[str]) -> list[str]:
    """Those of some names that a list shows, page by page."""
    seen: list[str] = []
    while path:
        page = here.open(path)
        seen += [name for name in names if name in page.text]
        before, mark, _ = page.html.partition('" rel="next"')
        path = before.rpartition('href="')[2].replace("&amp;", "&") if mark else ""
    return seen


def test_security_events_are_filtered_by_kind_person_and_days(
    app: Flask, here: Visitor, root: Person, ada: Person, bob: Person
) -> None:
    suspend(root, bob)
    everything = here.open("/admin/security").text
    assert f"Root {root_name(root)}" in everything
    assert "suspended Bob" in everything
    assert WHY in everything  # the state after it
    only = here.open("/admin/security?show=administration").text
    assert "suspended Bob" in only
    assert "made an account" not in only
    of_ada = here.open(f"/admin/security?q={ada.email}").text
    assert "made an account" in of_ada
    assert "suspended Bob" not in of_ada
    by_root = here.open(f"/admin/security?q={root.email.upper()}").text
    assert "suspended Bob" in by_root
    today = clock.now().date()
    past = (today - timedelta(days=2)).isoformat()
    assert "suspended Bob" not in here.open(f"/admin/security?to={past}").text
    assert "suspended Bob" in here.open(f"/admin/security?from={past}").text


def root_name(root: Person) -> str:
    with root.app.app_context():
        name = read("SELECT display_name FROM users WHERE user_id = :id", id=root.user_id)
    return str(name).removeprefix("Root ")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("q=nobody@example.test", "No account has this address."),
        ("from=yesterday", "From must be"),
        ("to=2026-02-30", "is not a day of the calendar"),
    ],
)
def test_a_filter_that_means_nothing_is_named(here: Visitor, query: str, sentence: str) -> None:
    page = here.open(f"/admin/security?{query}")
    assert page.status == 422
    assert sentence in page.text


def test_the_list_of_events_has_pages(
    here: Visitor, ada: Person, bob: Person, root: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taskforge.admin.security.queries.PAGE", 2)
    suspend(root, ada)
    suspend(root, bob)
    seen = read_pages(here, "/admin/security", ["suspended Bob", "suspended Ada"])
    assert seen == ["suspended Bob", "suspended Ada"]


def test_every_event_of_an_account_has_a_sentence_and_a_kind_is_made_of_them() -> None:
    of_accounts = {event for event in Event if event.entity_type == "user"}
    assert set(SENTENCES) == of_accounts
    listed = [event for _, events in KINDS.values() for event in events]
    assert len(listed) == len(set(listed))
    everyday = {
        Event.USER_REGISTERED,
        Event.USER_REGISTRATION_REQUESTED,
        Event.USER_PROFILE_EDITED,
        Event.USER_CONFIRMED,
    }
    assert set(listed) == of_accounts - everyday


def test_the_end_of_the_audit_chain_can_be_noted_down(
    app: Flask, here: Visitor, ada: Person
) -> None:
    with app.app_context():
        seal_pending()
        seq, link_hash = chain.head()
    page = here.open("/admin/")
    assert link_hash.hex() in page.text
    assert f"Links {seq}" in page.text


def test_settings_show_values_and_of_secrets_only_that_they_are_set(
    app: Flask, here: Visitor
) -> None:
    page = here.open("/admin/settings")
    config = config_of(app)
    assert "RATE_LIMIT_PER_MINUTE 600 default" in page.text
    assert "SECRET_KEY set environment" in page.text
    assert "METRICS_TOKEN not set default" in page.text
    for secret in (config.secret_key, config.audit_key, config.database_url, config.redis_url):
        assert secret not in page.html


def test_a_setting_is_a_secret_by_its_name_or_because_it_is_never_shown() -> None:
    settings = {one.name: one for one in list_settings(Config(secret_key="s" * 64))}
    secret = {name for name, one in settings.items() if one.is_secret}
    assert {"SECRET_KEY", "AUDIT_KEY", "DATABASE_URL", "MONGODB_URI", "SMTP_URL"} <= secret
    assert "PUBLIC_URL" not in secret
    assert settings["SECRET_KEY"].value == "set"


def test_storage_is_told_by_each_store_and_without_mongodb_by_the_others(
    app: Flask, here: Visitor, ada: Person
) -> None:
    make_task(ada, make_team(ada))
    page = here.open("/admin/storage")
    for shown in ("PostgreSQL", "MongoDB", "Redis", "audit_logs", "keys"):
        assert shown in page.text
    for _ in range(FAILURES_TO_OPEN):
        with suppress(mongo.DocumentsUnavailable), mongo.asking():
            raise PyMongoError("away")
    page = here.open("/admin/storage")
    assert "MongoDB away" in page.text
    assert "audit_logs" in page.text


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (3_400_000, "3.4 MB"),
        (2e15, "2000.0 TB"),
    ],
)
def test_sizes_are_readable(size: int, shown: str) -> None:
    assert show_bytes(size) == shown
