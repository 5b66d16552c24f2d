"""How somebody wants to be notified: the profile's ``preferences.notifications``, and their copy in PostgreSQL."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from taskforge.errors import InvalidInput
from taskforge.notification_kinds import Channel, NotificationKind, find_kind

FREQUENCIES = ("immediate", "hourly", "daily", "weekly")
DEFAULTS: Mapping[str, Any] = {
    "email": True,
    "push": True,
    "frequency": "immediate",
    "digest_hour": 8,
    "digest_weekday": 1,
    "quiet_from": None,
    "quiet_until": None,
    "matrix": {},
}
QUIET_HOURS = "Quiet hours need a beginning, and an end at another time."
CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_WRITE_COPY = text("""
    INSERT INTO notification_settings (user_id, email, push, frequency, digest_hour, digest_weekday, quiet_from,
                                       quiet_until, matrix, version, is_ahead)
    VALUES (:user_id, :email, :push, :frequency, :digest_hour, :digest_weekday, CAST(:quiet_from AS time),
            CAST(:quiet_until AS time), CAST(:matrix AS jsonb), :version, :is_ahead)
    ON CONFLICT (user_id) DO UPDATE
    SET    email = excluded.email, push = excluded.push, frequency = excluded.frequency,
           digest_hour = excluded.digest_hour, digest_weekday = excluded.digest_weekday,
           quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until, matrix = excluded.matrix,
           version = excluded.version, is_ahead = excluded.is_ahead
    WHERE  notification_settings.version < excluded.version
""")


def complete(stored: Mapping[str, Any]) -> dict[str, Any]:
    """All preferences, those of a profile that was written before there were so many with their defaults.

    Without choices of kinds and channels that this release does not offer: another one has stored them.
    """
    known = {name: value for name, value in stored.items() if name in DEFAULTS}
    matrix = {name: _offered(name, choices) for name, choices in known.pop("matrix", {}).items()}
    return {
        **DEFAULTS,
        **known,
        "matrix": {name: choices for name, choices in matrix.items() if choices},
    }


def preferences_of(settings: Mapping[str, Any] | None) -> dict[str, Any]:
    """The notification preferences that a row of ``notification_settings``, as JSON, is a copy of."""
    if settings is None:
        return complete({})
    clocks = {
        name: settings[name] and settings[name][: len("22:00")]
        for name in ("quiet_from", "quiet_until")
    }
    return complete({**settings, **clocks})


def spread(stored: Mapping[str, Any]) -> dict[str, Any]:
    """All preferences, with every choice that the kinds offer in their matrix."""
    whole = complete(stored)
    matrix = {
        kind.value: {
            channel.value: is_chosen(whole["matrix"], kind, channel)
            for channel in Channel
            if channel in kind.ways.offered
        }
        for kind in NotificationKind
    }
    return {**whole, "matrix": matrix}


def is_chosen(
    matrix: Mapping[str, Mapping[str, bool]], kind: NotificationKind, channel: Channel
) -> bool:
    """Whether a matrix lets a kind come by a channel: what it does not name is as the kind has it."""
    ways = kind.ways
    if channel in ways.fixed or channel not in ways.offered:
        return channel in ways.fixed
    return bool(matrix.get(kind, {}).get(channel, channel in ways.default))


def check(preferences: Mapping[str, Any]) -> dict[str, Any]:
    """Complete preferences as they are stored: of the matrix only what differs from the kinds' own defaults.

    Raises:
        InvalidInput: half a time of rest, one without a length, or a choice that a kind does not offer.
    """
    start, end = preferences["quiet_from"], preferences["quiet_until"]
    for name in ("quiet_from", "quiet_until"):
        if preferences[name] is not None and not CLOCK_TIME.fullmatch(preferences[name]):
            raise InvalidInput.about(
                f"preferences.notifications.{name}", "is no time such as 22:00"
            )
    if (start is None) != (end is None) or (start is not None and start == end):
        raise InvalidInput(QUIET_HOURS, {"preferences.notifications.quiet_until": QUIET_HOURS})
    return {**preferences, "matrix": _differing(preferences["matrix"])}


def write_copy_statement(
    user_id: str, version: int, preferences: Mapping[str, Any], *, is_ahead: bool = False
) -> tuple[Any, dict[str, Any]]:
    """The statement, with its parameters, that writes the copy of complete preferences of a profile's version.

    `is_ahead`: the profile's document does not have them yet.
    """
    values = {**preferences, "matrix": json.dumps(preferences["matrix"])}
    return _WRITE_COPY, {**values, "user_id": user_id, "version": version, "is_ahead": is_ahead}


def _offered(name: str, choices: Mapping[str, bool]) -> dict[str, bool]:
    """Those choices of a stored matrix's row that a person has."""
    kind = find_kind(name)
    offered = kind.ways.offered - kind.ways.fixed if kind else frozenset()
    return {channel: chosen for channel, chosen in choices.items() if channel in offered}


def _differing(matrix: Mapping[str, Mapping[str, bool]]) -> dict[str, dict[str, bool]]:
    """The choices of a matrix that are not the kinds' own, in the order of the kinds' names."""
    kept = {}
    for name, choices in sorted(matrix.items()):
        kind = find_kind(name)
        field = f"preferences.notifications.matrix.{name}"
        if kind is None:
            raise InvalidInput.about(field, "is no kind of notification")
        for channel in choices:
            if channel not in kind.ways.offered:
                raise InvalidInput.about(f"{field}.{channel}", "is no way by which this kind comes")
        differing = {
            channel.value: bool(choices[channel])
            for channel in Channel
            if channel in choices
            and channel not in kind.ways.fixed
            and choices[channel] != (channel in kind.ways.default)
        }
        if differing:
            kept[name] = differing
    return kept
