"""The administration's pages of people: all of them, and what can be done for or against one."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from taskforge.accounts import (
    session_list,
    sessions_of_others,
    site_admins,
    suspension,
    two_factor,
)
from taskforge.admin.list_filters import read_filter
from taskforge.admin.people.forms import SiteRoleForm, SuspendForm
from taskforge.admin.people.presenters import show_person, show_session
from taskforge.admin.routes import blueprint
from taskforge.admin.security.presenters import show_event
from taskforge.admin.security.queries import list_security_events
from taskforge.http.htmx import go_to
from taskforge.identity import account_links
from taskforge.identity.confirmation import require_confirmation
from taskforge.identity.current import current_actor
from taskforge.identity.site_admins import require_site_admin
from taskforge.stores.actor import Actor
from taskforge.teams import directory
from taskforge.teams.directory import PersonState

SHOWN_EVENTS = 10
STATES = (
    (PersonState.ALL, "Everybody"),
    (PersonState.ACTIVE, "Not suspended"),
    (PersonState.SUSPENDED, "Suspended"),
    (PersonState.SITE_ADMINS, "Site administrators"),
)


@blueprint.get("/users")
def users() -> str:
    """All accounts, by address."""
    require_site_admin()
    asked = read_filter(choices=list(PersonState), max_length=directory.MAX_QUERY_LENGTH)
    rows = directory.list_people(
        query=asked.query, state=asked.choice, after_id=asked.after, limit=directory.PAGE + 1
    )
    return render_template(
        "admin/users.html",
        people=[show_person(row) for row in rows[: directory.PAGE]],
        asked=asked,
        states=STATES,
        next_url=asked.next_url(rows, "user_id", directory.PAGE),
    )


@blueprint.get("/users/<id:user_id>")
def user(user_id: str) -> str:
    """One account: what is known of it, and what can be done."""
    require_site_admin()
    return _page(user_id, SuspendForm(formdata=None))


@blueprint.post("/users/<id:user_id>/suspend")
def suspend(user_id: str) -> ResponseReturnValue:
    """Keep somebody out, at once."""
    require_site_admin()
    require_confirmation()
    actor, form = current_actor(), SuspendForm()
    change = form.attempt(lambda reason: suspension.suspend_person(actor, user_id, reason=reason))
    if change is None:
        return form.refused(_page(user_id, form))
    return _done("They are suspended: their sessions have ended.", user_id)


@blueprint.post("/users/<id:user_id>/lift-suspension")
def lift_suspension(user_id: str) -> ResponseReturnValue:
    """Let somebody in again."""
    require_site_admin()
    require_confirmation()
    suspension.lift_suspension(current_actor(), user_id)
    return _done("The suspension is lifted: they can log in again.", user_id)


@blueprint.post("/users/<id:user_id>/site-role")
def set_site_role(user_id: str) -> ResponseReturnValue:
    """Give somebody the site role, or take it."""
    identity = require_site_admin()
    require_confirmation()
    actor, gives = current_actor(), SiteRoleForm().require()["is_site_admin"]
    if gives:
        site_admins.grant_site_role(actor, user_id)
        return _done("They are a site administrator now.", user_id)
    site_admins.revoke_site_role(actor, user_id)
    if user_id == identity.user_id:
        flash("You are no site administrator any more.", "ok")
        return go_to(url_for("boards.index"))
    return _done("They are no site administrator any more.", user_id)


@blueprint.post("/users/<id:user_id>/reset-link")
def reset_link(user_id: str) -> ResponseReturnValue:
    """Make a one-time link to a new password and show it: this once, as it is stored nowhere."""
    require_site_admin()
    require_confirmation()
    person = directory.get_person(user_id)
    link = account_links.issue_reset_link(current_actor(), email=person["email"])
    return _page(user_id, SuspendForm(formdata=None), link=link)


@blueprint.post("/users/<id:user_id>/two-factor")
def reset_two_factor(user_id: str) -> ResponseReturnValue:
    """Turn off the second factor of somebody who has lost it."""
    require_site_admin()
    require_confirmation()
    directory.get_person(user_id)
    two_factor.reset(current_actor(), user_id)
    return _done("Their two-factor log-in is off. They are told.", user_id)


@blueprint.post("/users/<id:user_id>/sessions/end")
def end_all_sessions(user_id: str) -> ResponseReturnValue:
    """End all sessions of somebody."""
    require_site_admin()
    require_confirmation()
    sessions_of_others.end_all_sessions_of(current_actor(), user_id)
    return _done("Their sessions have ended.", user_id)


@blueprint.post("/users/<id:user_id>/sessions/<id:session_id>/end")
def end_session(user_id: str, session_id: str) -> ResponseReturnValue:
    """End one session of somebody."""
    require_site_admin()
    require_confirmation()
    sessions_of_others.end_session_of(current_actor(), user_id, session_id)
    return _done("That session has ended.", user_id)


def _done(sentence: str, user_id: str) -> ResponseReturnValue:
    flash(sentence, "ok")
    return go_to(url_for("admin.user", user_id=user_id))


def _page(user_id: str, form: SuspendForm, *, link: str | None = None) -> str:
    row = directory.get_person(user_id)
    return render_template(
        "admin/user.html",
        user=show_person(row),
        form=form,
        link=link,
        sessions=[show_session(one) for one in session_list.list_sessions(Actor(user_id=user_id))],
        teams=directory.list_teams_of(user_id),
        events=[
            show_event(event)
            for event in list_security_events(person_id=user_id, limit=SHOWN_EVENTS)
        ],
    )
