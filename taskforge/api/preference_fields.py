"""Fields of requests that say how a person wants to be notified."""

from __future__ import annotations

from taskforge.accounts.notification_preferences import CLOCK_TIME
from taskforge.api.fields import Checked
from taskforge.errors import InvalidInput
from taskforge.notification_kinds import KINDS, NotificationKind


def clock_time() -> Checked:
    """A time of the day such as 22:00; null for none."""

    def check(value: object, *, field: str) -> str:
        if isinstance(value, str) and CLOCK_TIME.fullmatch(value):
            return value
        raise InvalidInput.about(field, "must be a time of the day such as 22:00")

    described = {"type": ["string", "null"], "pattern": f"^{CLOCK_TIME.pattern}$"}
    return Checked(check, described, allow_none=True)


def notification_matrix() -> Checked:
    """An object of kinds of notifications, each an object of channels and whether the kind comes by them."""

    def check(value: object, *, field: str) -> dict[str, dict[str, bool]]:
        if not isinstance(value, dict) or len(value) > len(NotificationKind):
            raise InvalidInput.about(field, "must be an object of kinds of notifications")
        for name, choices in value.items():
            if name not in KINDS:
                raise InvalidInput.about(field, f"has no kind “{str(name)[:40]}”")
            offered = KINDS[name].ways.offered
            if not isinstance(choices, dict) or not all(
                channel in offered and isinstance(chosen, bool)
                for channel, chosen in choices.items()
            ):
                sentence = (
                    f"{name} must be an object of {', '.join(sorted(offered))}, true or false"
                )
                raise InvalidInput.about(field, f"is wrong: {sentence}")
        return value

    choices = {
        kind.value: {
            "type": "object",
            "properties": {one.value: {"type": "boolean"} for one in sorted(kind.ways.offered)},
            "additionalProperties": False,
        }
        for kind in NotificationKind
    }
    return Checked(check, {"type": "object", "properties": choices, "additionalProperties": False})
