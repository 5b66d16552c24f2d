"""The table of settings names every one of them, with the default that it has."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from taskforge.config import Config

ROOT = Path(__file__).parent.parent.parent
NOT_FOR_PEOPLE = {"testing"}
MADE_ELSEWHERE = {"database_url", "mongodb_uri", "redis_url", "secret_key", "audit_key"}
SETTINGS = {each.name: each.default for each in fields(Config) if each.name not in NOT_FOR_PEOPLE}


def read_table() -> dict[str, str]:
    """The default that the page gives, by the name of the variable."""
    text = (ROOT / "docs" / "operations.md").read_text()
    known: dict[str, str] = {}
    for names, defaults in re.findall(r"^\| (`[A-Z].*?) \| (.*?) \|", text, re.MULTILINE):
        shown = [each.strip("`") for each in defaults.split(", ")]
        for number, name in enumerate(re.findall(r"`([A-Z0-9_]+)`", names)):
            known[name] = shown[number] if number < len(shown) else shown[0]
    return known


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_described_with_its_default(name: str) -> None:
    described = read_table()
    assert name.upper() in described
    default = SETTINGS[name]
    if name in MADE_ELSEWHERE or default in ("", None):
        return
    told = described[name.upper()]
    assert told == default if isinstance(default, str) else float(told) == default


def test_the_example_names_no_setting_that_does_not_exist() -> None:
    named = re.findall(r"^#?([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert named
    assert set(named) <= set(read_table())
