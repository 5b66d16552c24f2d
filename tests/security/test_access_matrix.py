"""Every route × method × principal, generated from the URL map; by cookie, by session id and by both kinds of token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from taskforge import create_app
from taskforge.config import Config
from taskforge.identity.current import issue_token
from tests.factories import csrf_token
from tests.kept_stores import changed_tables, kept_stores
from tests.security.access_rules import (
    INVITATION_LINK,
    INVITATION_PAGE,
    JOIN_LINK,
    LOGS_OUT,
)
from tests.security.answers import UNSAFE, has_changed, is_of_api, methods_of, outcome
from tests.security.expected_access import expected, is_listed
from tests.security.principals import PRINCIPALS, World, make_world
from tests.security.token_rules import TOKENS, expected_of_token, make_tokens
from tests.servers import Servers

# What a body must have so that a refusal is about the person and not about the body.
JSON_BODIES: dict[str, dict[str, object]] = {
    "api_tasks.create_task": {"title": "T", "teamId": "{team_id}", "boardId": "{board_id}"},
    "api_tasks.edit_task": {"title": "Other"},
    "api_tasks.replace_task": {"title": "Other"},
    "api_tasks.move_task": {"columnId": "{column_id}"},
    "api_tasks.undo_change": {"eventId": "{event_id}"},
    "api_teams.create_team": {"name": "New"},
    "api_teams.edit_team": {"name": "Other", "version": 99},
    "api_teams.change_permissions": {
        "admin": ["team.manage_permissions"],
        "member": [],
        "guest": [],
    },
    "api_views.create_view": {"boardId": "{board_id}", "name": "V", "kind": "table"},
    "api_views.edit_view": {"name": "V"},
    "api_reminders.add_reminder": {"at": "2030-01-01T09:00:00Z"},
    "api_boards.limit_guest": {"boardIds": None},
    "api_teams.add_member": {"email": "nobody@example.test", "role": "guest"},
    "api_teams.change_role": {"role": "member"},
    "api_departures.transfer": {"userId": "{user_id}"},
    "api_team_invitations.invite": {"email": "nobody@example.test", "role": "guest"},
    "api_team_invitations.make_join_link": {"role": "guest"},
    "api_invitations.join": {"token": "{join_token}"},
    "api_boards.create_board": {"name": "New"},
    "api_boards.edit_board": {"name": "Other", "version": 99},
    "api_boards.create_column": {"name": "New", "status": "todo"},
    "api_boards.edit_column": {"name": "Other"},
    "api_boards.move_column": {"afterId": None},
    "api_notifications.snooze": {
        "until": f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:%MZ}"
    },
    "api_push.subscribe": {
        "endpoint": "https://push.example.com/x",
        "keys": {"p256dh": "BA" + "A" * 85, "auth": "A" * 22},
    },
    "api_push.unsubscribe": {"endpoint": "https://push.example.com/x"},
    "api_comments.create_comment": {"content": "Hello"},
    "api_comments.edit_comment": {"content": "Hello"},
    "api_attachments.set_cover": {"attachmentId": "{attachment_id}"},
    "api_users.edit_profile": {"firstName": "Ada"},
    "api_auth.login": {"email": "no address"},
    "api_auth.prove_again": {"password": "no password of anybody"},
    "api_auth.login_second_step": {"stepToken": "x"},
    "api_two_factor.enable": {"setupToken": "x", "code": "123456"},
    "api_auth.register": {"email": "x"},
    "api_tokens.make_token": {"name": "CI", "scopes": ["read"]},
    "api_admin.suspend_user": {"reason": "Advertising"},
    "api_admin.set_site_role": {"isSiteAdmin": True},
}
FORM: dict[str, object] = {
    "title": "T", "name": "Name", "content": "Hello", "column_id": "{column_id}", "place": "bottom", "status": "todo",
    "role": "member", "email": "nobody@example.test", "version": "1", "priority": "medium", "hue": "1",
    "watching": "1", "choice": "muted", "shown": "inbox live", "at": "2030-01-01 09:00", "on": "0",
    "kind": "table", "value": "T", "text": "A step", "done": "1", "reason": "Advertising", "is_site_admin": "1",
    "wanted": "1",
}  # fmt: skip
# Which of the ids in the address is of something deleted.
_RESTORED = {
    "tasks.restore": ("task_id",),
    "api_tasks.restore_task": ("task_id",),
    "comments.restore": ("comment_id",),
    "attachments.restore": ("attachment_id",),
    "api_comments.restore_comment": ("comment_id",),
    "api_attachments.restore_attachment": ("attachment_id",),
    "boards.restore": ("board_id",),
    "teams.restore": ("team_id",),
    "api_team_life.restore_team": ("team_id",),
    "api_boards.restore_board": ("board_id",),
    "boards.restore_column": ("column_id",),
    "api_boards.restore_column": ("column_id",),
}


SHARES = 4  # in which the routes are tried, so that several processes do it


@pytest.fixture(scope="module")
def rules(config: Config) -> list[Rule]:
    return sorted(create_app(config).url_map.iter_rules(), key=lambda rule: rule.rule)


@pytest.fixture(params=range(SHARES))
def some_rules(request: pytest.FixtureRequest, rules: list[Rule]) -> list[Rule]:
    """Each share of the routes in turn."""
    return rules[request.param :: SHARES]


def test_every_route_is_in_the_matrix(rules: list[Rule]) -> None:
    unlisted = sorted({rule.endpoint for rule in rules if not is_listed(rule.endpoint)})
    assert unlisted == [], "say in tests/security/access_rules.py who may use these"


def test_pages_let_in_whom_they_should(
    app: Flask, servers: Servers, some_rules: list[Rule]
) -> None:
    check(app, servers, some_rules, by="cookie")


def test_partials_are_checked_like_pages(
    app: Flask, servers: Servers, some_rules: list[Rule]
) -> None:
    check(app, servers, some_rules, by="cookie", headers={"HX-Request": "true"}, tries_all=False)


def test_the_api_lets_in_whom_it_should_by_session_id(
    app: Flask, servers: Servers, some_rules: list[Rule]
) -> None:
    check(app, servers, some_rules, by="session")


def test_the_api_lets_in_whom_it_should_by_token(
    app: Flask, servers: Servers, some_rules: list[Rule]
) -> None:
    check(app, servers, some_rules, by="token", tries_all=False)


def test_an_api_token_lets_in_by_its_scope_and_its_teams(
    app: Flask, servers: Servers, some_rules: list[Rule]
) -> None:
    """By tokens of the team's admin, whose own rights are the widest."""
    wrong = []
    world = make_world(app)
    tokens = make_tokens(world)
    with kept_stores(servers) as kept:
        for rule, method in methods_of(rule for rule in some_rules if is_of_api(rule)):
            for name in TOKENS:
                wanted = expected_of_token(rule.endpoint, name, method)
                got = send(app, world, rule, method, name, "api token", tokens[name].headers)
                if outcome(got) != wanted:
                    wrong.append(f"{method} {rule.rule} by {name}: {got.status_code}, not {wanted}")
                if has_changed(method, got):
                    kept.put_back()
    assert wrong == [], "\n".join(wrong)


def test_an_api_token_opens_no_page(app: Flask, rules: list[Rule]) -> None:
    world = make_world(app)
    token = make_tokens(world)["token_admin"]
    client = app.test_client(use_cookies=False)
    for rule, method in methods_of(rule for rule in rules if not is_of_api(rule)):
        if expected(rule.endpoint, "anonymous", method) == "log in":
            form = {"name": "Name"} if method in UNSAFE else None
            headers = token.headers | _asked_as(rule)
            got = client.open(_path(app, world, rule), method=method, headers=headers, data=form)
            assert outcome(got) == "log in", f"{method} {rule.rule}: {got.status_code}"


def check(
    app: Flask,
    servers: Servers,
    rules: list[Rule],
    *,
    by: str,
    headers: dict[str, str] | None = None,
    tries_all: bool = True,
) -> None:
    """Let every principal try every route; the world is put back after somebody has changed it.

    Whoever is to be refused tries first, and all of them together leave no trace. Unless it `tries_all`, only one of
    those who are let in to change something does so, because others did by another way to say who they are.
    """
    wrong: list[str] = []
    world = make_world(app)
    with kept_stores(servers) as kept:

        def try_as(principals: Sequence[str], wanted: Mapping[str, str]) -> None:
            for principal in principals:
                got = send(app, world, rule, method, principal, by, headers or {})
                if outcome(got) != wanted[principal]:
                    met = f"{got.status_code}, not {wanted[principal]}"
                    wrong.append(f"{method} {rule.rule} as {principal}: {met}")
                if has_changed(method, got) or rule.endpoint in LOGS_OUT:
                    kept.put_back()

        for rule, method in methods_of(rules):
            if is_of_api(rule) == (by == "cookie") or rule.endpoint in ("assets.show", "favicon"):
                continue
            wanted = {name: expected(rule.endpoint, name, method) for name in PRINCIPALS}
            let_in = [name for name in PRINCIPALS if wanted[name] == "in"]
            before = kept.marks()
            try_as([name for name in PRINCIPALS if wanted[name] != "in"], wanted)
            if method in UNSAFE and rule.endpoint not in LOGS_OUT:
                for table in changed_tables(before, kept.marks()):
                    wrong.append(f"{method} {rule.rule}: a refusal wrote to {table}")
            try_as(let_in if tries_all or method not in UNSAFE else let_in[-1:], wanted)
    assert wrong == [], "\n".join(wrong)


def send(
    app: Flask,
    world: World,
    rule: Rule,
    method: str,
    principal: str,
    by: str,
    headers: dict[str, str],
) -> TestResponse:
    """One request of a principal to a route about the world's objects."""
    path = _path(app, world, rule)
    headers = headers | _asked_as(rule)
    if by == "cookie":
        client = app.test_client()
        if principal != "anonymous":
            client.set_cookie(app.config["SESSION_COOKIE_NAME"], world.people[principal].secret)
        if method in UNSAFE:
            if principal == "anonymous":
                client.get("/login")
            headers = {
                **headers,
                "X-CSRFToken": csrf_token(client),
                "Sec-Fetch-Site": "same-origin",
            }
            form = {name: str(value).format(**world.ids) for name, value in FORM.items()}
            return client.open(path, method=method, data=form, headers=headers)
        return client.open(path, method=method, headers=headers)
    if by == "api token":
        credentials = headers
    else:
        credentials = {} if principal == "anonymous" else _credentials(app, world, principal, by)
    body = {
        name: value.format(**world.ids) if isinstance(value, str) else value
        for name, value in JSON_BODIES.get(rule.endpoint, {}).items()
    }
    client = app.test_client(use_cookies=False)
    return client.open(
        path,
        method=method,
        headers=credentials,
        json=body if method in ("POST", "PUT", "PATCH") else None,
    )


def _credentials(app: Flask, world: World, principal: str, by: str) -> dict[str, str]:
    person = world.people[principal]
    if by == "session":
        return {"X-Session-Id": person.secret}
    with app.app_context():
        return {"Authorization": f"Bearer {issue_token(person.user_id, person.session_id)}"}


def _asked_as(rule: Rule) -> dict[str, str]:
    """Headers with which a route is asked: a partial that is asked for as a page leads to its page."""
    return {"HX-Request": "true"} if rule.endpoint == "tasks.details" else {}


def _path(app: Flask, world: World, rule: Rule) -> str:
    if rule.endpoint in JOIN_LINK:
        token = world.tokens["join"].secret
    elif rule.endpoint in INVITATION_PAGE | INVITATION_LINK:
        token = world.tokens["invitation"].secret
    else:
        token = world.ids["admin_claim"]
    values: dict[str, object] = {
        **{name: world.ids.get(name, world.ids["task_id"]) for name in rule.arguments},
        **{name: world.deleted[name] for name in _RESTORED.get(rule.endpoint, ())},
        "token": token,
        "per_page": 8,
        "page": 1,
        "number": 1,
    }
    chosen = {name: values[name] for name in rule.arguments}
    path = app.url_map.bind("localhost").build(rule.endpoint, chosen)
    after = f"?after=a0.{world.ids['task_id']}" if rule.endpoint == "boards.cards" else ""
    return path + after
