"""The administration's page of security events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import render_template, request, url_for

from taskforge.accounts.queries import find_user_id
from taskforge.admin.list_filters import Filter, read_filter
from taskforge.admin.routes import blueprint
from taskforge.admin.security import queries
from taskforge.admin.security.presenters import show_event
from taskforge.admin.security.words import KINDS
from taskforge.errors import InvalidInput
from taskforge.identity.site_admins import require_site_admin
from taskforge.stores import sql
from taskforge.text.moments import at_time
from taskforge.text.values import parse_date

NO_ACCOUNT = "No account has this address."
ALL = "all"


@blueprint.get("/security")
def security_events() -> tuple[str, int]:
    """What happened to accounts: by kind (``show``), person (``q``, an address) and days (``from``, ``to``)."""
    require_site_admin()
    asked = read_filter(choices=[ALL, *KINDS], max_length=254)
    days, problems = _read_days()
    if asked.error:
        problems.append(asked.error)
    person_id = find_user_id(email=asked.query.lower()) if asked.query else None
    if asked.query and person_id is None:
        problems.append(NO_ACCOUNT)
    first, last = days["from"], days["to"]
    rows = (
        queries.list_security_events(
            events=KINDS[asked.choice][1] if asked.choice in KINDS else None,
            person_id=person_id,
            since=_start_of(first),
            until=_start_of(last + timedelta(days=1)) if last else None,
            after_id=asked.after,
            limit=queries.PAGE + 1,
        )
        if not problems
        else ()
    )
    more = len(rows) > queries.PAGE
    page = render_template(
        "admin/security.html",
        events=[show_event(row) for row in rows[: queries.PAGE]],
        asked=asked,
        days={name: request.args.get(name, "") for name in days},
        problems=problems,
        states=[(ALL, "Everything"), *((kind, name) for kind, (name, _) in KINDS.items())],
        next_url=url_for("admin.security_events", **_next(asked, days, rows)) if more else None,
    )
    return page, InvalidInput.status if problems else 200


def _next(
    asked: Filter, days: Mapping[str, date | None], rows: Sequence[sql.Row]
) -> dict[str, Any]:
    """The parameters of the next page's address."""
    given = {name: day.isoformat() for name, day in days.items() if day}
    last = rows[queries.PAGE - 1]["event_id"]
    return {"q": asked.query or None, "show": asked.choice, "after": last, **given}


def _read_days() -> tuple[dict[str, date | None], list[str]]:
    days: dict[str, date | None] = {"from": None, "to": None}
    problems = []
    for name in days:
        if typed := request.args.get(name):
            try:
                days[name] = parse_date(typed, field=name)
            except InvalidInput as error:
                problems.append(error.message)
    return days, problems


def _start_of(day: date | None) -> datetime | None:
    """The first instant of a day in the reader's zone."""
    return at_time(day, time()) if day is not None else None
