"""The effective settings for the administration's page; the value of a secret is never among them."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields

from taskforge.config import Config

# Beside the settings that `Config` never shows: a name that says so is enough to keep a value off the page.
_SECRET_NAME = re.compile(r"secret|password|token|key|uri|_url", re.IGNORECASE)
_OPEN = frozenset({"public_url"})


@dataclass(frozen=True)
class Setting:
    """A setting: the name of its variable, its value as text, whether it is the default, and whether it is secret."""

    name: str
    value: str
    is_default: bool
    is_secret: bool


def list_settings(config: Config) -> list[Setting]:
    """All settings by name."""
    found = []
    for each in fields(Config):
        value = getattr(config, each.name)
        is_secret = not each.repr or (
            each.name not in _OPEN and _SECRET_NAME.search(each.name) is not None
        )
        shown = ("set" if value else "not set") if is_secret else _as_text(value)
        found.append(Setting(each.name.upper(), shown, value == each.default, is_secret))
    return sorted(found, key=lambda setting: setting.name)


def _as_text(value: object) -> str:
    if value is None or value == "":
        return "not set"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
