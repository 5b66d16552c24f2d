"""How one is notified: a choice for each kind and channel, quiet hours, and when mail comes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from taskforge.accounts.notification_preferences import DEFAULTS, is_chosen
from taskforge.accounts.service import ProfileView, edit_profile, get_profile
from taskforge.extensions import config_of
from taskforge.http.htmx import go_to
from taskforge.identity.current import current_actor
from taskforge.notification_kinds import Channel
from taskforge.notifications.channels import list_channels
from taskforge.notifications.kind_labels import CHANNEL_NAMES, GROUPS
from taskforge.web.notifications.blueprint import blueprint
from taskforge.web.notifications.forms import NotificationSettingsForm

_SINGLE = [name for name in DEFAULTS if name != "matrix"]
_SWITCHES = ("push", "email")


@blueprint.get("/profile/notifications")
def settings() -> ResponseReturnValue:
    """How one is notified, and the form."""
    return _page(get_profile(current_actor()))


@blueprint.post("/profile/notifications")
def settings_submitted() -> ResponseReturnValue:
    """Save it; it holds for what happens from now on."""
    actor = current_actor()
    form = NotificationSettingsForm()
    change = form.attempt(
        lambda version, **_: edit_profile(
            actor, version=version, changes=form.changes(request.form)
        )
    )
    if change is None:
        return form.refused(_page(get_profile(actor), form))
    flash("Your choices are saved.", "ok")
    return go_to(url_for("notifications.settings"))


def _page(view: ProfileView, failed: NotificationSettingsForm | None = None) -> str:
    stored = view.texts["preferences"]["notifications"] if view.texts else DEFAULTS
    form = failed or NotificationSettingsForm(formdata=None, data=_data(stored))
    channels = list_channels()
    return render_template(
        "notifications/settings.html",
        version=view.row["version"],
        form=form,
        switches=_ticked(form) if failed else {name: stored[name] for name in _SWITCHES},
        channels=[(channel, CHANNEL_NAMES[channel]) for channel in channels],
        groups=_groups(stored["matrix"], channels, is_failed=failed is not None),
        has_mail=Channel.MAIL in channels,
        push_key=config_of().vapid_public_key if Channel.PUSH in channels else None,
        time_zone=view.row["time_zone"],
        details_unavailable=view.texts is None and failed is None,
    )


def _data(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {name: "" if stored[name] is None else str(stored[name]) for name in _SINGLE}


def _ticked(form: NotificationSettingsForm) -> dict[str, bool]:
    return {name: form[name].data == "1" for name in _SWITCHES}


def _groups(
    matrix: dict[str, Any], channels: list[Channel], *, is_failed: bool
) -> list[dict[str, Any]]:
    """The kinds with their cells; after a refusal as they were sent."""
    return [
        {
            "name": name,
            "kinds": [
                {
                    "label": label,
                    "cells": [
                        {
                            "name": f"{kind}.{channel}",
                            "channel": CHANNEL_NAMES[channel],
                            "is_offered": channel in kind.ways.offered,
                            "is_fixed": channel in kind.ways.fixed,
                            "is_chosen": f"{kind}.{channel}" in request.form
                            if is_failed
                            else is_chosen(matrix, kind, channel),
                        }
                        for channel in channels
                    ],
                }
                for kind, label in kinds.items()
            ],
        }
        for name, kinds in GROUPS.items()
    ]
