"""What differs from run to run without a difference in the code: tokens, fresh ids, hashes and instants of now."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_CSRF = re.compile(r"\bI[\w-]{20,}\.[\w-]{6}\.[\w-]{27}(?![\w-])")
_ASSET = re.compile(r"/assets/[0-9a-f]{12}/")
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)")
_WORDS = re.compile(r"\b\d{1,2} [A-Z][a-z]{2} \d{4}, \d\d:\d\d(?= UTC)")
_UUID_VERSION = 14  # the place of the version's digit in the text


@dataclass(frozen=True)
class Neutraliser:
    """Replaces what belongs to this run: made after `started`, or the address `base` of the server."""

    started: datetime
    base: str

    def __call__(self, text: str) -> str:
        """The text with placeholders such as ``{fresh-id}`` in place of what belongs to this run."""
        text = text.replace(self.base, "{base}").replace(self.base.partition("//")[2], "{host}")
        text = _CSRF.sub("{csrf}", text)
        text = _ASSET.sub("/assets/{hash}/", text)
        text = UUID.sub(self._id, text)
        text = _ISO.sub(self._instant(_read_iso), text)
        return _WORDS.sub(self._instant(_read_words), text)

    def _id(self, found: re.Match[str]) -> str:
        is_fresh = found[0][_UUID_VERSION] == "7" and _made_at(found[0]) >= self.started
        return "{fresh-id}" if is_fresh else found[0]

    def _instant(self, read: Callable[[str], datetime]) -> Callable[[re.Match[str]], str]:
        # Words tell an instant to the minute.
        begin = self.started.replace(second=0, microsecond=0)

        def replace(found: re.Match[str]) -> str:
            return "{now}" if begin <= read(found[0]) < begin + timedelta(hours=2) else found[0]

        return replace


def _made_at(uuid: str) -> datetime:
    milliseconds = int(uuid.replace("-", "")[:12], 16)
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _read_iso(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _read_words(text: str) -> datetime:
    return datetime.strptime(text, "%d %b %Y, %H:%M").replace(tzinfo=UTC)
