"""One's own account: password, sessions, log-ins."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from taskforge.accounts import api_tokens, session_list, session_records
from taskforge.accounts import login_history as history
from taskforge.events import Event
from taskforge.http.htmx import go_to
from taskforge.identity import current, limited
from taskforge.stores import sql
from taskforge.text.devices import describe_device
from taskforge.web.accounts.forms import ChangePasswordForm
from taskforge.web.accounts.routes import blueprint, leave

OUTCOMES: dict[str, str] = {
    Event.USER_LOGGED_IN: "Logged in",
    Event.USER_LOGIN_FAILED: "Refused: wrong password",
    Event.USER_SECOND_FACTOR_FAILED: "Refused: right password, wrong code",
}
FACTORS = {"app": "with a code", "recovery_code": "with a recovery code", "passkey": "by passkey"}


@blueprint.get("/profile/password")
def password() -> ResponseReturnValue:
    """The form that changes the password."""
    return _password_page(ChangePasswordForm())


@blueprint.post("/profile/password")
def password_submitted() -> ResponseReturnValue:
    """Change the password, end all sessions, and go on in a new one."""
    # No session is spared, not even this one.
    actor = replace(current.current_actor(), session_id=None)
    form = ChangePasswordForm()
    change = form.attempt(
        lambda current_password, new_password, revoke_tokens: limited.change_password(
            actor, current=current_password, new=new_password, revoke_tokens=revoke_tokens
        )
    )
    if change is None:
        return form.refused(_password_page(form))
    current.start_browser_session(actor.user_id)
    flash("Your password is changed. All other sessions have ended.", "ok")
    return go_to(url_for("accounts.profile"))


@blueprint.get("/sessions")
def sessions() -> ResponseReturnValue:
    """Where one is logged in."""
    actor = current.current_actor()
    shown = [show_session(row, actor.session_id) for row in session_list.list_sessions(actor)]
    return render_template("accounts/sessions.html", sessions=shown)


@blueprint.post("/sessions/<id:session_id>/revoke")
def revoke_session(session_id: str) -> ResponseReturnValue:
    """End one of one's sessions."""
    actor = current.current_actor()
    session_records.revoke_session(actor, session_id)
    if session_id == actor.session_id:
        return leave()
    flash("That session has ended.", "ok")
    return go_to(url_for("accounts.sessions"))


@blueprint.post("/sessions/revoke-all")
def logout_everywhere() -> ResponseReturnValue:
    """End all of one's sessions, this one too."""
    session_records.revoke_all_sessions(current.current_actor())
    return leave()


@blueprint.get("/sessions/history")
def login_history() -> ResponseReturnValue:
    """The log-ins of the last months, those that were refused too."""
    found = history.list_logins(current.current_actor().user_id)
    return render_template(
        "accounts/login_history.html",
        logins=[show_login(row) for row in found],
        days=history.SHOWN_FOR.days,
        maximum=history.MAX_LOGINS,
    )


def show_login(row: sql.Row) -> dict[str, Any]:
    """A row of the login history."""
    outcome = OUTCOMES[row["event"]]
    if (row["details"] or {}).get("why") == "suspended":
        outcome = "Refused: the account was suspended"
    factor = FACTORS.get((row["details"] or {}).get("second_factor") or "", "")
    return {
        "at": row["at"],
        "device": describe_device(row["user_agent"]),
        "user_agent": row["user_agent"] or "",
        "ip": row["ip_address"] or "unknown address",
        "kind": (row["details"] or {}).get("kind", "browser"),
        "is_refused": row["event"] != Event.USER_LOGGED_IN,
        "outcome": f"{outcome} {factor}".strip(),
    }


def show_session(row: sql.Row, current_id: str | None) -> dict[str, Any]:
    """A row of the session list."""
    return {
        "id": row["session_id"],
        "current": row["session_id"] == current_id,
        "user_agent": row["user_agent"] or "",
        "device": describe_device(row["user_agent"]),
        "ip": row["ip_address"] or "unknown address",
        "created_at": row["created_at"],
        "last_seen_at": row["last_seen_at"],
        "kind": "api" if row["kind"] == "api" else "web",
    }


def _password_page(form: ChangePasswordForm) -> str:
    actor = current.current_actor()
    others = len(session_list.list_sessions(actor)) - 1
    return render_template(
        "accounts/password.html",
        form=form,
        other_sessions=max(0, others),
        token_count=len(api_tokens.list_tokens(actor.user_id)),
    )
