"""What differs from run to run without a difference in the code: tokens, fresh ids, hashes and instants of now."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_CSRF = re.compile(r"\bI[\w-]{20,}\.[\w-]{6}\.[\w-]{27}(?![\w-])")
_ASSET = re.compile(r"/assets/[0-9a-f]{12}/")
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?")
_WORDS = re.compile(r"\b\d{1,2}\s+[A-Z][a-z]{2}\s+\d{4},\s+\d\d:\d\d(?=\s+UTC)")
_SENTENCE = re.compile(r"\b\d\d:\d\d\s+UTC\s+on\s+\d{1,2}\s+[A-Z][a-z]{2}\b")
_DAY_AT = re.compile(r"\b\d{1,2}\s+[A-Z][a-z]{2}\s+\d{4}\s+at\s+\d\d:\d\d(?=\s+UTC)")
_MILLISECONDS = re.compile(r"\b1[789]\d{11}\b")
RUN = timedelta(hours=2)  # longer than any
LIFETIMES = (timedelta(0), timedelta(days=14), timedelta(days=30))  # of sessions that begin now
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
        for pattern, read in self._readers.items():
            text = pattern.sub(self._instant(read), text)
        return text

    @property
    def _readers(self) -> dict[re.Pattern[str], Callable[[str], datetime]]:
        return {
            _ISO: _read_iso,
            _WORDS: lambda text: datetime.strptime(text, "%d %b %Y, %H:%M").replace(tzinfo=UTC),
            _DAY_AT: lambda text: datetime.strptime(text, "%d %b %Y at %H:%M").replace(tzinfo=UTC),
            _SENTENCE: lambda text: datetime.strptime(
                f"{text} {self.started.year}", "%H:%M UTC on %d %b %Y"
            ).replace(tzinfo=UTC),
            _MILLISECONDS: lambda text: datetime.fromtimestamp(int(text) / 1000, UTC),
        }

    def _id(self, found: re.Match[str]) -> str:
        is_fresh = found[0][_UUID_VERSION] == "7" and _made_at(found[0]) >= self.started
        return "{fresh-id}" if is_fresh else found[0]

    def _instant(self, read: Callable[[str], datetime]) -> Callable[[re.Match[str]], str]:
        begin = self.started.replace(second=0, microsecond=0)  # words tell it to the minute

        def replace(found: re.Match[str]) -> str:
            age = read(found[0]) - begin
            is_of_now = any(lifetime <= age < lifetime + RUN for lifetime in LIFETIMES)
            return "{now}" if is_of_now else found[0]

        return replace


def _made_at(uuid: str) -> datetime:
    milliseconds = int(uuid.replace("-", "")[:12], 16)
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _read_iso(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
