"""One's own API tokens: the list, making one, revoking one."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from taskforge import clock
from taskforge.accounts import api_tokens
from taskforge.accounts.api_tokens import NewToken
from taskforge.accounts.token_identity import Scope
from taskforge.boards.queries import list_teams
from taskforge.errors import InvalidInput
from taskforge.http.forms import an_id
from taskforge.http.htmx import go_to
from taskforge.http.view_declarations import accept_lists
from taskforge.identity import own_tokens
from taskforge.identity.confirmation import needs_confirmation
from taskforge.identity.current import current_actor
from taskforge.stores.actor import Actor
from taskforge.web.accounts.forms import NewTokenForm
from taskforge.web.accounts.presenters import SCOPE_WORDS, show_token, show_token_change
from taskforge.web.accounts.routes import blueprint


@blueprint.get("/profile/tokens")
def tokens() -> str:
    """The tokens that one has, and what was done with them last."""
    actor = current_actor()
    names = {team["team_id"]: team["name"] for team in list_teams(actor)}
    at = clock.now()
    found = api_tokens.list_tokens(actor.user_id)
    return render_template(
        "accounts/tokens.html",
        tokens=[show_token(row, names, at) for row in found],
        changes=[show_token_change(row) for row in api_tokens.list_changes(actor.user_id)],
        is_full=len(found) >= api_tokens.MAX_TOKENS,
        maximum=api_tokens.MAX_TOKENS,
    )


@blueprint.get("/profile/tokens/new")
@needs_confirmation
def new_token() -> str:
    """The form that makes a token."""
    return _form_page(current_actor(), NewTokenForm(formdata=None))


@blueprint.post("/profile/tokens/new")
@needs_confirmation
@accept_lists("team_id")
def make_token() -> ResponseReturnValue:
    """Make a token, and show it this once."""
    actor, form = current_actor(), NewTokenForm()
    made = form.attempt(
        lambda name, scope, days: own_tokens.make_token(
            actor,
            NewToken(
                name=name,
                scopes=_up_to(scope),
                team_ids=_ticked_teams(),
                expires_at=clock.now() + timedelta(days=int(days)) if days else None,
            ),
        )
    )
    if made is None:
        return form.refused(_form_page(actor, form))
    stored = api_tokens.get_token(actor.user_id, made.token_id)
    names = {team["team_id"]: team["name"] for team in list_teams(actor)}
    return render_template(
        "accounts/token_made.html",
        secret=made.secret,
        token=show_token(stored, names, clock.now()),
        example_url=url_for("api_users.get_profile", _external=True),
    )


@blueprint.post("/profile/tokens/<id:token_id>/revoke")
def revoke_token(token_id: str) -> ResponseReturnValue:
    """Revoke a token."""
    api_tokens.revoke_token(current_actor(), token_id)
    flash("The token is revoked. Programs that have it are refused from now on.", "ok")
    return go_to(url_for("accounts.tokens"))


def _up_to(scope: str) -> list[str]:
    """A scope and those that it includes."""
    return [one.value for one in Scope if Scope(scope).covers(one)]


def _ticked_teams() -> list[str] | None:
    """The teams to which the new token is to be limited; None for no limit."""
    if request.form.get("is_limited") != "1":
        return None
    ticked = request.form.getlist("team_id")
    if len(ticked) > api_tokens.MAX_TEAMS:
        sentence = f"A token can be limited to at most {api_tokens.MAX_TEAMS} teams."
        raise InvalidInput(sentence, {"team_ids": sentence})
    return [an_id(one, field="team_ids") for one in ticked]


def _form_page(actor: Actor, form: NewTokenForm) -> str:
    return render_template(
        "accounts/token_new.html",
        form=form,
        scopes=SCOPE_WORDS.items(),
        teams=[(team["team_id"], team["name"]) for team in list_teams(actor)],
        is_limited=request.form.get("is_limited") == "1",
        ticked=request.form.getlist("team_id"),
    )
