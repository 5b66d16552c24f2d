"""Which scope an API token needs for an operation: the one place that says it, for every operation.

What the beginning of the address says comes first (the longest one decides), then the method: reading needs ``read``,
every change ``write``. So a new operation has a scope before anybody thinks of it, and one about the account or the
administration is closed to tokens. `needs_scope` declares an exception on the operation itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Flask, current_app, request
from werkzeug.routing import Rule

from taskforge.accounts.token_identity import Scope, TokenIdentity
from taskforge.errors import Forbidden
from taskforge.http.cross_site import SAFE_METHODS
from taskforge.identity.token_requests import OF_THE_ACCOUNT

View = TypeVar("View", bound=Callable[..., Any])

NEVER = None  # for sessions alone
# By the beginning of an address: what reading and what changing need there.
_READS: Mapping[str, Scope | None] = {
    "/api/": Scope.READ,
    "/api/auth/": NEVER,
    "/api/users/me/": NEVER,
    "/api/admin/": NEVER,
}
_CHANGES: Mapping[str, Scope | None] = {
    "/api/": Scope.WRITE,
    "/api/auth/": NEVER,
    "/api/users/": NEVER,
    "/api/admin/": NEVER,
    "/api/teams": Scope.ADMIN,
    "/api/invitations": Scope.ADMIN,
}
# What belongs to no team, and making a new one: closed to a token that is limited to some.
_OF_NO_TEAM = ("/api/notifications", "/api/invitations", "/api/reminders")
_NEW_TEAM = "/api/teams"

REFUSED = {
    Scope.WRITE: "This API token may only read. What you asked for needs one with the scope write.",
    Scope.ADMIN: "What you asked for needs an API token with the scope admin.",
}
OF_NO_TEAM = "This API token is limited to some teams, and what you asked for belongs to none."


def needs_scope(scope: Scope) -> Callable[[View], View]:
    """Declare the scope of an operation whose address and method say another one."""

    def mark(view: View) -> View:
        view.__dict__["scope"] = scope
        return view

    return mark


def scope_of(rule: Rule, method: str) -> Scope | None:
    """The scope that an operation needs; None for what no token does."""
    view = current_app.view_functions[rule.endpoint]
    declared: Scope | None = getattr(view, "scope", None)
    if declared is not None:
        return declared
    table = _READS if method in SAFE_METHODS else _CHANGES
    return table[max((start for start in table if rule.rule.startswith(start)), key=len)]


def require_scope(token: TokenIdentity) -> None:
    """Let a request with a token pass to its operation.

    Raises:
        Forbidden: its scope is too narrow, no token does this, or it belongs to no team and the token to some.
    """
    rule = request.url_rule
    if rule is None:
        return
    needed = scope_of(rule, request.method)
    if needed is NEVER:
        raise Forbidden(OF_THE_ACCOUNT)
    if not token.scope.covers(needed):
        raise Forbidden(REFUSED[needed])
    if token.team_ids is not None and _is_of_no_team(rule.rule):
        raise Forbidden(OF_NO_TEAM)


def describe_scopes(
    app: Flask, document: dict[str, Any], scheme: str, sessions: list[dict[str, Any]]
) -> None:
    """Write into the OpenAPI document which scope each operation needs of a token; `sessions` are the other ways in."""
    with app.app_context():
        for rule in app.url_map.iter_rules():
            path = re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", rule.rule)
            for method, operation in document["paths"].get(path, {}).items():
                is_of_rule = method.upper() in (rule.methods or ())
                if not is_of_rule or operation.get("security") == []:
                    continue
                if (scope := scope_of(rule, method.upper())) is not NEVER:
                    operation["security"] = [*sessions, {scheme: [scope.value]}]


def _is_of_no_team(path: str) -> bool:
    makes_team = path == _NEW_TEAM and request.method not in SAFE_METHODS
    return makes_team or path.startswith(_OF_NO_TEAM)
